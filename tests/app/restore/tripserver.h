// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"
#include "practice/samplesql.h"
#include "support/temppostgres.h"

#include <QFile>
#include <QProcess>
#include <QProcessEnvironment>
#include <QSet>

namespace mayday::restore::test {

/// Files below tests/data/roundtrip, one after the other.
[[nodiscard]] inline QByteArray scripts(const QStringList &names)
{
    QByteArray sql;
    for (const QString &name : names) {
        QFile file(QStringLiteral(MAYDAY_SOURCE_DIR "/tests/data/roundtrip/") + name);
        if (!file.open(QIODevice::ReadOnly))
            qFatal("%s is not there", qPrintable(file.fileName()));
        sql += file.readAll() + '\n';
    }
    return sql;
}

/// A text of several statements, in a session of its own; a failure ends the test program.
inline void runAs(const postgres::ConnectionString &where, const QByteArray &sql)
{
    TaskContext context;
    auto session = postgres::Session::connect(where, context);
    if (!session)
        qFatal("%s", qPrintable(describe(session.error())));
    if (const auto done = session->execute(sql, context); !done)
        qFatal("%s in %s", qPrintable(describe(done.error())), sql.first(200).constData());
}

/// What a program of PostgreSQL says that is told where by --dbname or as its last word.
inline QByteArray runClient(const QString &program, const QStringList &arguments,
                            const postgres::ConnectionString &where)
{
    QProcess client;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("PGPASSWORD"), QString::fromUtf8(where.password().reveal()));
    client.setProcessEnvironment(environment);
    client.start(program, arguments);
    if (!client.waitForFinished(120'000) || client.exitCode() != 0)
        qFatal("%s: %s", qPrintable(program), client.readAllStandardError().constData());
    return client.readAllStandardOutput();
}

/// psql with that file, which goes on after errors; what it complains about.
[[nodiscard]] inline QByteArray runPsql(const QString &program, const QString &file,
                                        const postgres::ConnectionString &where)
{
    QProcess psql;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("PGPASSWORD"), QString::fromUtf8(where.password().reveal()));
    psql.setProcessEnvironment(environment);
    psql.setStandardOutputFile(QProcess::nullDevice());
    psql.start(program, {QStringLiteral("--no-psqlrc"), QStringLiteral("--quiet"),
                         QStringLiteral("--file=") + file,
                         QStringLiteral("--dbname=") + where.withoutPassword()});
    if (!psql.waitForFinished(120'000))
        qFatal("psql does not end");
    return psql.readAllStandardError();
}

/// A dump without what differs on every run: the keys of \\restrict and \\unrestrict, made anew by
/// each pg_dump.
[[nodiscard]] inline QByteArray withoutRestrictKeys(const QByteArray &dump)
{
    QByteArray out;
    out.reserve(dump.size());
    for (const QByteArray &line : dump.split('\n')) {
        const qsizetype space = line.indexOf(' ');
        out += line.startsWith("\\restrict ") || line.startsWith("\\unrestrict ")
                   ? line.first(space)
                   : line;
        out += '\n';
    }
    return out;
}

/// A server with the roles of the round trip, and the programs of its version.
class TripServer final {
public:
    /// programs: their folder; empty for the newest on this machine.
    explicit TripServer(const QString &programs = {}) : m_programs(programs), m_server(programs)
    {
        m_server.execute(QStringLiteral("postgres"), scripts({QStringLiteral("roles.sql")}));
        m_version =
            m_server
                .scalar(QStringLiteral("postgres"), "SELECT current_setting('server_version_num')")
                .toInt() /
            10000;
    }

    [[nodiscard]] int version() const { return m_version; }
    [[nodiscard]] QString program(const QString &name) const
    {
        return m_programs.isEmpty() ? name : m_programs + QLatin1Char('/') + name;
    }
    [[nodiscard]] postgres::ConnectionString at(const QString &database, bool asOwner) const
    {
        const QString text =
            QStringLiteral("host=127.0.0.1 port=%1 user=%2 dbname=%3")
                .arg(m_server.port())
                .arg(asOwner ? QStringLiteral("round_owner") : QStringLiteral("postgres"),
                     database);
        return postgres::ConnectionString::parse(text).value().withPassword(m_server.password());
    }
    void createDatabase(const QString &name)
    {
        runAs(at(QStringLiteral("postgres"), false),
              "CREATE DATABASE " + name.toUtf8() + " OWNER round_owner");
        // Since 15 it is the owner of the database who owns it.
        if (m_version < 15)
            runAs(at(name, false), "ALTER SCHEMA public OWNER TO round_owner");
    }
    [[nodiscard]] QString freshDatabase()
    {
        const QString name = QStringLiteral("round%1").arg(++m_databases);
        createDatabase(name);
        return name;
    }
    [[nodiscard]] QString copyOf(const QString &source)
    {
        const QString name = QStringLiteral("round%1").arg(++m_databases);
        runAs(at(QStringLiteral("postgres"), false), "CREATE DATABASE " + name.toUtf8() +
                                                         " TEMPLATE " + source.toUtf8() +
                                                         " STRATEGY file_copy");
        return name;
    }
    void dropDatabase(const QString &name)
    {
        runAs(at(QStringLiteral("postgres"), false),
              "DROP DATABASE " + name.toUtf8() + " WITH (FORCE)"); // a session may still be ending
    }
    [[nodiscard]] QByteArray dumpOf(const QString &database, bool asOwner,
                                    const QStringList &options = {}) const
    {
        const auto where = at(database, asOwner);
        return withoutRestrictKeys(runClient(
            program(QStringLiteral("pg_dump")),
            QStringList{QStringLiteral("--dbname=") + where.withoutPassword()} + options, where));
    }
    [[nodiscard]] QString rightsOnPublic(const QString &database)
    {
        return m_server.scalar(
            database,
            "SELECT (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(coalesce("
            "nspacl, acldefault('n', nspowner))) a) FROM pg_namespace"
            " WHERE nspname = 'public'");
    }
    /// "everything", "pgbench", "marketplace" or "bookings" in a database of its own, made once.
    [[nodiscard]] QString filled(const QString &source, bool asOwner)
    {
        QString name = source + (asOwner ? QStringLiteral("_owner") : QStringLiteral("_superuser"));
        if (m_filled.contains(name))
            return name;
        m_filled.insert(name);
        createDatabase(name);
        fill(source, name, asOwner);
        return name;
    }

private:
    void fill(const QString &source, const QString &name, bool asOwner)
    {
        const auto owner = at(name, true);
        if (source == QStringLiteral("pgbench")) {
            runClient(program(source),
                      {QStringLiteral("--initialize"), QStringLiteral("--quiet"),
                       QStringLiteral("--foreign-keys"), QStringLiteral("--partitions=3"),
                       owner.withoutPassword()},
                      owner);
            runAs(owner, "DELETE FROM pgbench_accounts WHERE aid % 5 > 0");
            return;
        }
        if (source == QStringLiteral("marketplace")) {
            runAs(owner, practice::sampleSchemaSql());
            runAs(owner, practice::sampleRowsSql(QDateTime::currentDateTimeUtc()));
            // Of each kind enough for blocks of every size: it makes this journey some fifty times.
            runAs(owner,
                  "DELETE FROM products WHERE id % 5 > 0; DELETE FROM events WHERE id % 5 > 0");
            return;
        }
        if (source == QStringLiteral("bookings")) {
            runAs(owner, scripts({QStringLiteral("bookings.sql")}));
            return;
        }
        runAs(owner, scripts(ofVersion(QStringLiteral("owner.sql"), QStringLiteral("since"))));
        if (!asOwner)
            runAs(at(name, false),
                  scripts(ofVersion(QStringLiteral("superuser.sql"), QStringLiteral("superuser"))));
    }
    /// first, and what later versions than 13 have added to it, up to this one.
    [[nodiscard]] QStringList ofVersion(const QString &first, const QString &stem) const
    {
        QStringList names{first};
        for (int version = 14; version <= m_version; ++version) {
            const QString name = QStringLiteral("%1%2.sql").arg(stem).arg(version);
            if (QFile::exists(QStringLiteral(MAYDAY_SOURCE_DIR "/tests/data/roundtrip/") + name))
                names.append(name);
        }
        return names;
    }

    QString m_programs;
    tests::TempPostgres m_server;
    QSet<QString> m_filled;
    int m_version = 0;
    int m_databases = 0;
};

} // namespace mayday::restore::test
