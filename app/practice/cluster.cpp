// SPDX-License-Identifier: GPL-3.0-or-later
#include "practice/cluster.h"

#include "core/atomicfile.h"
#include "postgres/session.h"
#include "process/toolbox.h"

#include <QDir>
#include <QFile>
#include <QTcpServer>

using namespace Qt::StringLiterals;

namespace mayday::practice {

namespace {

using namespace std::chrono_literals;

constexpr int launchAttempts = 4;
constexpr int takeOverAttempts = 100;
constexpr auto initialiseLimit = 2min;
constexpr auto controlLimit = 1min;

/// A port that was free a moment ago; somebody may take it before we do, so launching is repeated.
int freePort()
{
    QTcpServer probe;
    return probe.listen(QHostAddress::LocalHost, 0) ? probe.serverPort() : 0;
}

QByteArray quoted(const QString &value)
{
    return '\'' + QString(value).replace(u'\'', u"''"_s).toUtf8() + '\'';
}

} // namespace

Cluster::Cluster(process::ProcessRunner &runner, ClusterOptions options)
    : m_runner(runner), m_options(std::move(options))
{
}

QString Cluster::file(const QString &name) const
{
    return m_options.folder + u'/' + name;
}

Result<QString> Cluster::program(const QString &name) const
{
    return m_options.programs.isEmpty() ? process::Toolbox::findPostgres(name)
                                        : Result<QString>(m_options.programs + u'/' + name);
}

bool Cluster::exists() const
{
    return QFile::exists(file(u"PG_VERSION"_s));
}

Result<void> Cluster::start(const Secret &password, TaskContext &context)
{
    m_password = password;
    if (!exists()) {
        if (const auto made = initialise(context); !made)
            return made;
    }
    const Result<bool> taken = takeOver(context);
    if (!taken)
        return failure(taken.error());
    return *taken ? Result<void>() : launch(context);
}

Result<void> Cluster::initialise(TaskContext &context)
{
    const Result<QString> initdb = program(u"initdb"_s);
    if (!initdb)
        return failure(initdb.error());
    // Made beside and renamed, so that a folder with PG_VERSION in it is always a whole one.
    const QString unfinished = m_options.folder + u".new"_s;
    QDir(unfinished).removeRecursively();
    QDir(m_options.folder).removeRecursively();
    if (!QDir().mkpath(unfinished))
        return failure(errorFromErrno(errno, unfinished));
    process::CommandLine command{
        .program = *initdb,
        .arguments = {u"--pgdata="_s + unfinished, u"--username="_s + m_options.user,
                      u"--pwfile=/dev/stdin"_s, u"--auth=scram-sha-256"_s, u"--encoding=UTF8"_s,
                      u"--locale=C"_s, u"--no-sync"_s}};
    // One that is copied a hundred times need not bring 16 MB of an empty log each time.
    command.arguments += m_options.durable ? QStringList() : QStringList{u"--wal-segsize=1"_s};
    // By a pipe: a file would stay behind if we were killed now, with the password in plain text.
    const process::RunOptions limits{.input = m_password.reveal() + '\n',
                                     .timeLimit = initialiseLimit};
    if (const auto made = process::succeeded(m_runner.run(command, limits, context), command);
        !made)
        return failure(made.error());
    QFile settings(unfinished + u"/postgresql.conf"_s);
    if (!settings.open(QIODevice::Append) ||
        settings.write("\ninclude_if_exists 'mayday.conf'\n") < 0)
        return failure(errorFromErrno(errno, settings.fileName()));
    settings.close();
    if (!QDir().rename(unfinished, m_options.folder))
        return failure(errorFromErrno(errno, m_options.folder));
    return {};
}

/// True when a server already runs here and lets us in. A server of a killed application is as good
/// as a new one.
Result<bool> Cluster::takeOver(TaskContext &context)
{
    for (int attempt = 0; attempt < takeOverAttempts; ++attempt) {
        const Result<QByteArray> lock = readWholeFile(file(u"postmaster.pid"_s), 4096);
        if (!lock)
            return false;
        const QByteArrayList lines = lock->split('\n');
        m_port = lines.size() > 3 ? lines.at(3).toInt() : 0;
        if (m_port == 0)
            return false;
        const auto session = postgres::Session::connect(connectionString(u"postgres"_s), context,
                                                        {.connectTimeout = 3s});
        if (session)
            return true;
        if (session.error().kind == ErrorKind::Denied ||
            session.error().kind == ErrorKind::Cancelled)
            return failure(session.error());
        // "Starting up": it recovers from its own crash. Anything else is a file left behind, which
        // the server itself knows best how to judge.
        if (session.error().sqlState != "57P03"_L1)
            return false;
        context.pause(100ms);
    }
    return false;
}

Result<void> Cluster::writeSettings() const
{
    QByteArray text = "port = " + QByteArray::number(m_port) + '\n' +
                      "listen_addresses = '127.0.0.1'\n"
                      "unix_socket_directories = " +
                      quoted(m_options.socketFolder) + '\n' +
                      "max_connections = 40\n"
                      "shared_buffers = 32MB\n"
                      "jit = off\n"
                      "password_encryption = 'scram-sha-256'\n"
                      "log_min_messages = fatal\n"
                      "log_min_error_statement = panic\n";
    if (!m_options.durable)
        text += "fsync = off\nfull_page_writes = off\n";
    return writeFileAtomically(file(u"mayday.conf"_s), text);
}

Result<void> Cluster::launch(TaskContext &context)
{
    Result<void> launched;
    for (int attempt = 0; attempt < launchAttempts; ++attempt) {
        m_port = freePort();
        if (const auto written = writeSettings(); !written)
            return written;
        launched = control({u"start"_s, u"--log="_s + m_options.folder + u".log"_s}, context);
        if (launched || launched.error().kind != ErrorKind::Refused)
            return launched;
    }
    return launched;
}

Result<void> Cluster::control(const QStringList &arguments, TaskContext &context)
{
    const Result<QString> pgCtl = program(u"pg_ctl"_s);
    if (!pgCtl)
        return failure(pgCtl.error());
    const process::CommandLine command{
        .program = *pgCtl,
        .arguments = arguments + QStringList{u"--pgdata="_s + m_options.folder, u"--wait"_s,
                                             u"--timeout=30"_s, u"--silent"_s}};
    const process::RunOptions limits{.timeLimit = controlLimit};
    const auto done = process::succeeded(m_runner.run(command, limits, context), command);
    return done ? Result<void>() : failure(done.error());
}

Result<void> Cluster::stop(StopMode mode, TaskContext &context)
{
    if (!QFile::exists(file(u"postmaster.pid"_s)))
        return {};
    return control({u"stop"_s, mode == StopMode::Fast ? u"--mode=fast"_s : u"--mode=immediate"_s},
                   context);
}

Result<void> Cluster::remove()
{
    if (QDir(m_options.folder).removeRecursively())
        return {};
    return failure(errorFromErrno(errno, m_options.folder));
}

postgres::ConnectionString Cluster::reach(const QString &host, const QString &database) const
{
    const auto value = [](const QString &text) {
        return u'\'' + QString(text).replace(u'\\', u"\\\\"_s).replace(u'\'', u"\\'"_s) + u'\'';
    };
    const QString text = u"host=%1 port=%2 user=%3 dbname=%4"_s.arg(
        value(host), QString::number(m_port), value(m_options.user), value(database));
    return postgres::ConnectionString::parse(text)
        .value_or(postgres::ConnectionString())
        .withPassword(m_password);
}

postgres::ConnectionString Cluster::connectionString(const QString &database) const
{
    return reach(u"127.0.0.1"_s, database);
}

postgres::ConnectionString Cluster::socketString(const QString &database) const
{
    return reach(m_options.socketFolder, database);
}

} // namespace mayday::practice
