// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/temppostgres.h"

#include "postgres/quoting.h"
#include "process/toolbox.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLockFile>

#include <algorithm>
#include <filesystem>

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

/// A folder with what initdb makes, for one build of the code that calls it.
QString templateFolder(const QString &programs)
{
    const QFileInfo maker(QStringLiteral(MAYDAY_CLUSTER_MAKER));
    const QFileInfo initdb(programs.isEmpty() ? must(process::Toolbox::findPostgres(u"initdb"_s))
                                              : programs + u"/initdb"_s);
    return QStringLiteral(MAYDAY_CLUSTERS "/%1-%2-%3")
        .arg(maker.lastModified().toMSecsSinceEpoch())
        .arg(initdb.lastModified().toMSecsSinceEpoch())
        .arg(qHash(initdb.canonicalFilePath()), 0, 16);
}

/// Nobody waits for an autovacuum here, and one that comes by amid a test holds locks and makes
/// statistics that the next run would not have: a sixteenth of all that the tests compute, too.
/// A test logs in some hundred times; 4,096 rounds of a hash for a password that is no secret are
/// another twentieth. Before PostgreSQL 16 there is no choice about those.
void makeCheap(const practice::Cluster &cluster, const Secret &password)
{
    TaskContext context;
    postgres::Session session =
        must(postgres::Session::connect(cluster.connectionString(u"postgres"_s), context));
    must(session.execute("ALTER SYSTEM SET autovacuum = off", context));
    if (session.facts().versionNumber < 160000)
        return;
    must(session.execute("ALTER SYSTEM SET scram_iterations = 1", context));
    must(session.execute("SET scram_iterations = 1", context));
    must(session.execute(
        "ALTER ROLE postgres PASSWORD " + postgres::quoteLiteral(password.reveal()), context));
}

/// initdb takes a second of a core, a copy of what it made a tenth of that; and there are a hundred
/// of these. Made once, by whoever comes first.
void layOut(const QString &folder, const QString &programs, process::ProcessRunner &runner,
            const Secret &password)
{
    const QString made = templateFolder(programs);
    const QString ready = made + u".ready"_s;
    if (!QDir().mkpath(QStringLiteral(MAYDAY_CLUSTERS)))
        qFatal("no room for " MAYDAY_CLUSTERS);
    QLockFile lock(made + u".lock"_s);
    if (!lock.tryLock(120000))
        qFatal("nobody finishes %s", qPrintable(made));
    if (!QFile::exists(ready)) {
        QDir(made).removeRecursively();
        TaskContext context;
        const QTemporaryDir sockets;
        practice::Cluster first(runner, {.folder = made,
                                         .socketFolder = sockets.path(),
                                         .user = u"postgres"_s,
                                         .durable = false,
                                         .programs = programs});
        must(first.start(password, context));
        makeCheap(first, password);
        must(first.stop(practice::Cluster::StopMode::Fast, context));
        if (QFile file(ready); !file.open(QIODevice::WriteOnly))
            qFatal("%s cannot be written", qPrintable(ready));
    }
    lock.unlock();
    std::error_code failed;
    std::filesystem::copy(made.toStdString(), folder.toStdString(),
                          std::filesystem::copy_options::recursive, failed);
    if (failed)
        qFatal("%s: %s", qPrintable(folder), failed.message().c_str());
}

} // namespace

TempPostgres::TempPostgres(const QString &programs)
    : m_runner(std::make_unique<process::SystemProcessRunner>()),
      m_cluster(*m_runner, {.folder = m_folder.filePath(u"data"_s),
                            .socketFolder = m_folder.path(),
                            .user = u"postgres"_s,
                            .durable = false,
                            .programs = programs}),
      m_password("only-in-tests")
{
    layOut(m_folder.filePath(u"data"_s), programs, *m_runner, m_password);
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
    copyDatabase(name, u"template1"_s);
    return connectionString(name);
}

postgres::ConnectionString TempPostgres::createFilled(const QString &name,
                                                      const QByteArray &statements)
{
    QString &pattern = m_patterns[statements];
    if (pattern.isEmpty()) {
        pattern = u"pattern %1"_s.arg(m_patterns.size());
        createDatabase(pattern);
        execute(pattern, statements);
    }
    copyDatabase(name, pattern);
    return connectionString(name);
}

/// File by file where there is a choice: half the time of page by page, as nothing waits for a
/// disk. Nobody may be connected to what is copied.
void TempPostgres::copyDatabase(const QString &name, const QString &from)
{
    forgetSessionsOf(from);
    TaskContext context;
    postgres::Session session = sessionOf(u"postgres"_s, context);
    QString sql = u"CREATE DATABASE %1 TEMPLATE %2"_s.arg(postgres::quoteIdentifier(name),
                                                          postgres::quoteIdentifier(from));
    if (session.facts().versionNumber >= 150000)
        sql += u" STRATEGY file_copy"_s;
    must(session.execute(sql.toUtf8(), context));
    keepSession(u"postgres"_s, std::move(session));
}

/// A connection costs a thirtieth of a second of a core in a virtual machine (a new process finds
/// none of its pages), and the tests ask some thousand questions.
postgres::Session TempPostgres::sessionOf(const QString &database, TaskContext &context)
{
    std::list<IdleSession> idle;
    {
        const std::scoped_lock lock(m_idleMutex);
        const auto found = std::ranges::find(m_idle, database, &IdleSession::database);
        if (found != m_idle.end())
            idle.splice(idle.begin(), m_idle, found);
    }
    // What is under test may have cut it off since.
    if (!idle.empty() && idle.front().session.execute("DISCARD ALL", context) &&
        idle.front().session.resetSettings(context))
        return std::move(idle.front().session);
    return must(postgres::Session::connect(connectionString(database), context));
}

void TempPostgres::keepSession(const QString &database, postgres::Session session)
{
    constexpr std::size_t kKept = 4;
    if (session.inTransaction())
        return; // with its locks
    const std::scoped_lock lock(m_idleMutex);
    m_idle.push_front({database, std::move(session)});
    if (m_idle.size() > kKept)
        m_idle.pop_back();
}

void TempPostgres::dropDatabase(const QString &name)
{
    forgetSessionsOf(name);
    execute(u"postgres"_s, "DROP DATABASE " + postgres::quoteIdentifier(name).toUtf8());
}

void TempPostgres::forgetSessionsOf(const QString &database)
{
    const std::scoped_lock lock(m_idleMutex);
    m_idle.remove_if([&database](const IdleSession &idle) { return idle.database == database; });
}

void TempPostgres::forgetSessions()
{
    const std::scoped_lock lock(m_idleMutex);
    m_idle.clear();
}

void TempPostgres::execute(const QString &database, const QByteArray &sql)
{
    TaskContext context;
    postgres::Session session = sessionOf(database, context);
    must(session.execute(sql, context));
    keepSession(database, std::move(session));
}

QString TempPostgres::scalar(const QString &database, const QByteArray &sql)
{
    TaskContext context;
    postgres::Session session = sessionOf(database, context);
    const postgres::Rows rows = must(session.query(sql, context));
    keepSession(database, std::move(session));
    return rows.rowCount() > 0 ? rows.text(0, 0) : QString();
}

void TempPostgres::stop()
{
    forgetSessions();
    TaskContext context;
    must(m_cluster.stop(practice::Cluster::StopMode::Immediate, context));
}

void TempPostgres::restart()
{
    TaskContext context;
    must(m_cluster.start(m_password, context));
}

} // namespace mayday::tests
