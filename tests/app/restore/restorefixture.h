// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "postgres/catalog.h"
#include "restore/restorerunner.h"
#include "support/temppostgres.h"

#include <QFile>
#include <QHash>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QTest>

namespace mayday::restore::test {

/// What a receipt says, for the message of a check that fails.
QByteArray why(const auto &receipt)
{
    if (receipt.error)
        return describe(*receipt.error).toUtf8();
    if constexpr (requires { receipt.notes; })
        return receipt.notes.join(u'\n').toUtf8();
    return "no error";
}

/// A shop in a real database, and dumps of it made by the real pg_dump.
class Shop final {
public:
    explicit Shop(tests::TempPostgres &server, int rows = 3000) : m_server(server), m_rows(rows)
    {
        static int number = 0;
        m_database = QStringLiteral("shop%1").arg(++number);
        server.createFilled(
            m_database,
            "CREATE TYPE public.kind AS ENUM ('a', 'b');"
            "CREATE TABLE public.products (id bigserial PRIMARY KEY, name text NOT NULL, kind "
            "public.kind,"
            "  extra jsonb, created_at timestamptz NOT NULL DEFAULT now());"
            "CREATE TABLE public.listings (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            "  product_id bigint NOT NULL REFERENCES public.products ON DELETE CASCADE, price "
            "numeric CHECK (price >= 0));"
            "CREATE TABLE public.empty_one (id integer);"
            "CREATE INDEX ON public.listings (product_id);"
            "CREATE VIEW public.priced AS SELECT p.name, l.price FROM public.products p JOIN "
            "public.listings l ON l.product_id = p.id;"
            "CREATE FUNCTION public.twice(integer) RETURNS integer LANGUAGE sql AS $f$ SELECT $1 * "
            "2; $f$;"
            "INSERT INTO public.products (name, kind, extra) SELECT 'p;''' || g || E'\\t\\\\.', "
            "'a', '{\"a\": 1}' FROM generate_series(1, " +
                QByteArray::number(rows) +
                ") g;"
                "INSERT INTO public.listings (product_id, price) SELECT id, id / 10.0 FROM "
                "public.products;");
    }

    /// For whoever is under test. A sequence is moved on by how many others are connected, so
    /// there are none but the test's own.
    [[nodiscard]] postgres::ConnectionString target() const
    {
        m_server.forgetSessions();
        m_isAsMade = false;
        return m_server.connectionString(m_database);
    }
    [[nodiscard]] const QString &database() const
    {
        m_isAsMade = false;
        return m_database;
    }

    void run(const QByteArray &sql) const
    {
        m_isAsMade = false;
        m_server.execute(m_database, sql);
    }
    [[nodiscard]] QString ask(const QByteArray &sql) const
    {
        m_isAsMade = false;
        return m_server.scalar(m_database, sql);
    }

    /// Everything live, with the identity of each table: equal text, nothing was touched.
    [[nodiscard]] QString liveState() const
    {
        return ask("SELECT string_agg(x, E'\\n' ORDER BY x) FROM ("
                   "SELECT 'schema ' || nspname || oid || coalesce(nspacl::text, '') ||"
                   " coalesce(obj_description(oid, 'pg_namespace'), '') AS x FROM pg_namespace"
                   " WHERE nspname !~ '^pg_(temp|toast)' UNION ALL "
                   "SELECT 'thing ' || relnamespace::regnamespace || '.' || relname || oid"
                   " FROM pg_class WHERE relnamespace::regnamespace::text !~ '^pg_' UNION ALL "
                   "SELECT 'products ' || md5(string_agg(p::text, '' ORDER BY p.id))"
                   " FROM public.products p UNION ALL "
                   "SELECT 'listings ' || md5(string_agg(l::text, '' ORDER BY l.id))"
                   " FROM public.listings l) AS everything");
    }

    /// The live schema as the real pg_dump writes it.
    [[nodiscard]] QByteArray dump(const QStringList &extra = {}) const
    {
        return dumpOf(QStringList{QStringLiteral("--schema=public")} + extra);
    }
    /// By one pg_dump for all shops that are as they were made: it takes as long as a restore.
    [[nodiscard]] QByteArray dumpOf(const QStringList &options) const
    {
        if (!m_isAsMade)
            return freshDump(options);
        static QHash<QString, QByteArray> known;
        QByteArray &dump = known[m_server.socketString().withoutPassword() +
                                 QString::number(m_rows) + options.join(u' ')];
        if (dump.isEmpty())
            dump = freshDump(options);
        return dump;
    }
    QString writeDump(const QByteArray &text,
                      const QString &name = QStringLiteral("shop.sql")) const
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("the dump could not be written");
        return file.fileName();
    }
    /// Of a dump that was written.
    [[nodiscard]] QString path(const QString &name) const { return m_folder.filePath(name); }
    [[nodiscard]] RestorePlan plan(const QString &file) const
    {
        const QDateTime now = SystemClock().now();
        return {.id = freshRestoreId(now),
                .file = file,
                .target = target(),
                .environment = QStringLiteral("test"),
                .plannedAt = now};
    }
    [[nodiscard]] RestoreReceipt restore(const QString &file, TaskContext context = {}) const
    {
        const SystemClock clock;
        return RestoreRunner(plan(file), clock, {}).run(std::nullopt, context);
    }

private:
    [[nodiscard]] QByteArray freshDump(const QStringList &options) const
    {
        QProcess pgDump;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("PGPASSWORD"),
                           QString::fromUtf8(m_server.password().reveal()));
        pgDump.setProcessEnvironment(environment);
        pgDump.start(QStringLiteral("pg_dump"),
                     QStringList{QStringLiteral("--dbname=") +
                                 m_server.connectionString(m_database).withoutPassword()} +
                         options);
        if (!pgDump.waitForFinished() || pgDump.exitCode() != 0)
            qFatal("pg_dump: %s", pgDump.readAllStandardError().constData());
        return pgDump.readAllStandardOutput();
    }

    tests::TempPostgres &m_server;
    const int m_rows;
    QString m_database;
    mutable bool m_isAsMade = true; ///< whoever knows where it is may have changed it
    QTemporaryDir m_folder;
};

/// A dump without what differs on every run: pg_dump's \\restrict key.
[[nodiscard]] inline QByteArray withoutKeys(const QByteArray &dump)
{
    QByteArray out;
    for (const QByteArray &line : dump.split('\n')) {
        if (!line.startsWith("\\restrict") && !line.startsWith("\\unrestrict"))
            out += line + '\n';
    }
    return out;
}

} // namespace mayday::restore::test
