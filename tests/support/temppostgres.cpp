// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/temppostgres.h"

#include "postgres/quoting.h"
#include "postgres/session.h"

using namespace Qt::StringLiterals;

namespace mayday::tests {

namespace {

template <typename T>
T must(Result<T> result)
{
    if (!result)
        qFatal("TempPostgres: %s", qUtf8Printable(describe(result.error())));
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

} // namespace

TempPostgres::TempPostgres()
    : m_runner(std::make_unique<process::SystemProcessRunner>()),
      m_cluster(*m_runner, {.folder = m_folder.filePath(u"data"_s),
                            .socketFolder = m_folder.path(),
                            .user = u"postgres"_s,
                            .durable = false}),
      m_password("only-in-tests")
{
    restart();
}

TempPostgres::~TempPostgres()
{
    stop();
}

postgres::ConnectionString TempPostgres::connectionString(const QString &database) const
{
    return m_cluster.connectionString(database);
}

postgres::ConnectionString TempPostgres::socketString(const QString &database) const
{
    return m_cluster.socketString(database);
}

int TempPostgres::port() const
{
    return m_cluster.port();
}

Secret TempPostgres::password() const
{
    return m_password;
}

postgres::ConnectionString TempPostgres::createDatabase(const QString &name)
{
    execute(u"postgres"_s, "CREATE DATABASE " + postgres::quoteIdentifier(name).toUtf8());
    return connectionString(name);
}

void TempPostgres::execute(const QString &database, const QByteArray &sql)
{
    TaskContext context;
    postgres::Session session =
        must(postgres::Session::connect(connectionString(database), context));
    must(session.execute(sql, context));
}

QString TempPostgres::scalar(const QString &database, const QByteArray &sql)
{
    TaskContext context;
    postgres::Session session =
        must(postgres::Session::connect(connectionString(database), context));
    const postgres::Rows rows = must(session.query(sql, context));
    return rows.rowCount() > 0 ? rows.text(0, 0) : QString();
}

void TempPostgres::stop()
{
    TaskContext context;
    must(m_cluster.stop(practice::Cluster::StopMode::Immediate, context));
}

void TempPostgres::restart()
{
    TaskContext context;
    must(m_cluster.start(m_password, context));
}

} // namespace mayday::tests
