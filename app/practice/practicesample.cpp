// SPDX-License-Identifier: GPL-3.0-or-later
#include "practice/practicesample.h"

#include "core/atomicfile.h"
#include "postgres/quoting.h"
#include "postgres/session.h"
#include "process/toolbox.h"

#include <QDir>
#include <QFile>

#include <array>

using namespace Qt::StringLiterals;

namespace mayday::practice {

namespace {

constexpr QLatin1StringView database{"shop"};

Result<postgres::Session> open(const postgres::ConnectionString &where, TaskContext &context)
{
    return postgres::Session::connect(where, context, {.applicationName = u"mayday practice"_s});
}

/// Gives the finished file the time it claims and its name; a file of that name is always a whole
/// one.
Result<QString> publish(const QString &unfinished, const QString &path, const QDateTime &taken)
{
    QFile file(unfinished);
    if (!file.open(QIODevice::Append) ||
        !file.setFileTime(taken, QFileDevice::FileModificationTime))
        return failure(errorFromErrno(errno, path));
    file.close();
    QFile::remove(path);
    if (!file.rename(path))
        return failure(errorFromErrno(errno, path));
    return path;
}

} // namespace

PracticeSample::PracticeSample(process::ProcessRunner &runner,
                               const postgres::ConnectionString &server, SampleSize size)
    : m_runner(runner), m_server(server), m_size(size)
{
}

postgres::ConnectionString PracticeSample::shop() const
{
    const QString text = u"host=%1 port=%2 user=shop dbname=%3"_s.arg(m_server.host())
                             .arg(m_server.port())
                             .arg(database);
    return postgres::ConnectionString::parse(text)
        .value_or(postgres::ConnectionString())
        .withPassword(m_server.password());
}

Result<bool> PracticeSample::isFilled(TaskContext &context) const
{
    Result<postgres::Session> session = open(shop(), context);
    if (!session) {
        // Neither the database nor the role is there before the first fill; a DROP that was broken
        // off leaves a database that can only be dropped again.
        const Error &error = session.error();
        const bool notYet = error.kind == ErrorKind::NotFound || error.kind == ErrorKind::Denied ||
                            error.sqlState == "55000"_L1;
        return notYet ? Result<bool>(false) : failure(error);
    }
    return session->query("SELECT to_regclass('public.events') IS NOT NULL", context)
        .transform([](const postgres::Rows &rows) { return rows.isTrue(0, 0); });
}

Result<void> PracticeSample::makeRoles(TaskContext &context) const
{
    Result<postgres::Session> session = open(m_server, context);
    if (!session)
        return failure(session.error());
    const QByteArray password = postgres::quoteLiteral(m_server.password().reveal());
    const std::array<QByteArray, 6> statements{
        "DROP DATABASE IF EXISTS shop WITH (FORCE)",
        "DO $$ BEGIN CREATE ROLE shop; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "DO $$ BEGIN CREATE ROLE shop_readonly; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "ALTER ROLE shop LOGIN PASSWORD " + password,
        "CREATE DATABASE shop OWNER shop TEMPLATE template0 ENCODING 'UTF8'",
        "ALTER DATABASE shop SET timezone TO 'UTC'"};
    for (const QByteArray &statement : statements) {
        if (const auto done = session->execute(statement, context); !done)
            return failure(done.error());
    }
    return {};
}

Result<qint64> PracticeSample::executeInShop(const QByteArray &sql, TaskContext &context) const
{
    return open(shop(), context).and_then([&](postgres::Session session) {
        return session.execute(sql, context);
    });
}

Result<void> PracticeSample::fill(const QDateTime &end, TaskContext &context) const
{
    if (const auto made = makeRoles(context); !made)
        return made;
    // One message is one transaction: the tables are there with all their rows or not at all.
    if (const auto filled = executeInShop(sampleSchemaSql() + sampleRowsSql(end, m_size), context);
        !filled)
        return failure(filled.error());
    return executeInShop("VACUUM (ANALYZE)", context).transform([](qint64) {});
}

Result<QString> PracticeSample::dump(const QString &folder, const QDateTime &taken,
                                     TaskContext &context) const
{
    const Result<QString> program = process::Toolbox::findPostgres(u"pg_dump"_s);
    if (!program)
        return failure(program.error());
    if (!QDir().mkpath(folder))
        return failure(errorFromErrno(errno, folder));
    const QString path =
        QDir(folder).filePath(taken.toLocalTime().toString(u"'shop_'yyyyMMdd_HHmmss'.sql.gz'"_s));
    const QString unfinished = path + u".partial"_s;
    process::CommandLine command{.program = *program,
                                 .arguments = {u"--no-password"_s, u"--format=plain"_s,
                                               u"--compress=6"_s, u"--file="_s + unfinished,
                                               u"--dbname="_s + shop().withoutPassword()}};
    command.environment.emplace_back(u"PGPASSWORD"_s, m_server.password());
    const auto dumped = process::succeeded(m_runner.run(command, context), command);
    if (!dumped) {
        QFile::remove(unfinished);
        return failure(dumped.error());
    }
    return publish(unfinished, path, taken);
}

Result<void> PracticeSample::addNewerRows(const QDateTime &begin, const QDateTime &end,
                                          TaskContext &context) const
{
    return executeInShop(sampleNewerRowsSql(begin, end), context).transform([](qint64) {});
}

Result<qint64> PracticeSample::breakData(BreakKind kind, TaskContext &context) const
{
    switch (kind) {
    case BreakKind::DeleteProducts: return executeInShop("DELETE FROM public.products", context);
    }
    Q_UNREACHABLE_RETURN(0);
}

} // namespace mayday::practice
