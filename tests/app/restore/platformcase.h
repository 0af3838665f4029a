// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/restore/restorefixture.h"
#include "backup/inspectionindex.h"
#include "process/toolbox.h"
#include "restore/preflight.h"

#include <QProcess>
#include <QTest>

namespace mayday::restore::test {

using namespace Qt::StringLiterals;

/// As on a well-known managed host: "app" is the login one is given, owns the database and public,
/// and is no superuser; the host's services have schemas and roles of their own.
inline const QByteArray hostRoles =
    "CREATE ROLE app LOGIN CREATEROLE PASSWORD 'pw'; CREATE ROLE supabase_admin LOGIN;"
    "CREATE ROLE supabase_auth_admin LOGIN; CREATE ROLE supabase_storage_admin LOGIN;"
    "CREATE ROLE supabase_dashboard LOGIN; GRANT supabase_storage_admin TO app;"
    "CREATE ROLE authenticated; CREATE ROLE bob";

inline const QByteArray hostSchemas =
    "CREATE SCHEMA auth AUTHORIZATION supabase_admin;"
    "CREATE TYPE auth.level AS ENUM ('aal1', 'aal2');"
    "CREATE TABLE auth.users (id integer PRIMARY KEY, email text UNIQUE, level auth.level);"
    "CREATE SEQUENCE auth.tokens_id_seq OWNED BY auth.users.id;"
    "SELECT setval('auth.tokens_id_seq', 70);"
    "CREATE FUNCTION auth.uid() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1';"
    "CREATE FUNCTION auth.find(a integer, b text DEFAULT 'x'::text) RETURNS integer LANGUAGE sql"
    " AS 'SELECT 1';"
    "CREATE FUNCTION auth.find(auth.level) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';"
    "CREATE CAST (auth.level AS integer) WITH FUNCTION auth.find(auth.level);"
    "CREATE DOMAIN auth.mail AS text CHECK (VALUE <> '');"
    "ALTER DOMAIN auth.mail ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%') NOT VALID;"
    "CREATE STATISTICS auth.kinds ON id, level FROM auth.users;"
    "CREATE FUNCTION auth.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
    "CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION auth.watch();"
    "CREATE PUBLICATION supabase_realtime;"
    "CREATE VIEW auth.emails AS SELECT email FROM auth.users;"
    "CREATE INDEX users_level ON auth.users (level);"
    "COMMENT ON TABLE auth.users IS 'who may log in';"
    "COMMENT ON FUNCTION auth.uid() IS 'who asks';"
    "ALTER TABLE auth.users OWNER TO supabase_auth_admin;"
    "ALTER FUNCTION auth.uid() OWNER TO supabase_auth_admin;"
    "ALTER VIEW auth.emails OWNER TO supabase_auth_admin;"
    "ALTER TYPE auth.level OWNER TO supabase_auth_admin;"
    "GRANT USAGE ON SCHEMA auth TO app, authenticated, supabase_auth_admin;"
    "GRANT USAGE ON SCHEMA auth TO supabase_dashboard;"
    "GRANT SELECT ON auth.users TO supabase_dashboard WITH GRANT OPTION;"
    "SET ROLE supabase_dashboard; GRANT SELECT ON auth.users TO authenticated; RESET ROLE;"
    "GRANT ALL ON auth.users TO app; GRANT SELECT ON auth.emails TO authenticated;"
    "ALTER DEFAULT PRIVILEGES FOR ROLE supabase_auth_admin IN SCHEMA auth GRANT SELECT ON TABLES"
    " TO app;"
    "CREATE SCHEMA storage AUTHORIZATION supabase_admin;"
    "CREATE TABLE storage.objects (id integer PRIMARY KEY, owner integer);"
    "CREATE RULE no_deletes AS ON DELETE TO storage.objects DO INSTEAD NOTHING;"
    "ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;"
    "CREATE POLICY mine ON storage.objects FOR SELECT TO authenticated USING (owner = auth.uid());"
    "ALTER TABLE storage.objects OWNER TO supabase_storage_admin;"
    "GRANT ALL ON SCHEMA storage TO app;";

inline const QByteArray ownTables =
    "ALTER SCHEMA public OWNER TO app; SET ROLE app;"
    "CREATE TABLE public.profiles (id integer PRIMARY KEY REFERENCES auth.users, name text);"
    "ALTER TABLE public.profiles ENABLE ROW LEVEL SECURITY;"
    "CREATE POLICY mine ON public.profiles TO authenticated USING (id = auth.uid());"
    "CREATE VIEW public.mails AS SELECT p.name, u.email FROM public.profiles p"
    " JOIN auth.users u USING (id);"
    "RESET ROLE;"
    "INSERT INTO auth.users SELECT g, 'u' || g, 'aal1' FROM generate_series(1, 50) g;"
    "INSERT INTO storage.objects SELECT g, g FROM generate_series(1, 20) g;"
    "INSERT INTO public.profiles SELECT g, 'n' || g FROM generate_series(1, 50) g;";

/// The database of an application on a managed host, which has gone on since its backup.
class PlatformCase {
protected:
    void startServer();
    void makeDatabase();
    void admin(const QByteArray &sql) { m_server->execute(m_database, sql); }
    QString ask(const QByteArray &sql) { return m_server->scalar(m_database, sql); }
    /// The whole database, as pg_dump writes it.
    QByteArray dumpAll(const QStringList &options = {})
    {
        QProcess pgDump;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"PGPASSWORD"_s, QString::fromUtf8(m_server->password().reveal()));
        pgDump.setProcessEnvironment(environment);
        pgDump.start(
            *process::Toolbox::findPostgres(u"pg_dump"_s),
            QStringList{u"--dbname"_s, m_server->connectionString(m_database).withoutPassword()} +
                options);
        if (!pgDump.waitForFinished(60000) || pgDump.exitCode() != 0)
            qFatal("pg_dump: %s", pgDump.readAllStandardError().constData());
        return pgDump.readAllStandardOutput();
    }
    QString write(const QByteArray &text)
    {
        const QString path = m_folder.filePath(u"all%1.sql"_s.arg(++m_files));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("the dump could not be written");
        return path;
    }
    RestorePlan plan(const QString &file, RestoreMode mode = RestoreMode::Replace)
    {
        m_server->forgetSessions();
        const QDateTime now = SystemClock().now();
        return {.id = freshRestoreId(now),
                .file = file,
                .target = postgres::ConnectionString::parse(
                              u"host=127.0.0.1 port=%1 dbname=%2 user=app"_s.arg(m_server->port())
                                  .arg(m_database))
                              ->withPassword(Secret("pw")),
                .environment = u"test"_s,
                .plannedAt = now,
                .mode = mode,
                .leaveOut = {u"auth"_s, u"storage"_s},
                .safetyFolder = m_folder.path()};
    }
    static RestoreReceipt carryOut(const RestorePlan &plan)
    {
        TaskContext context;
        return RestoreRunner(plan, SystemClock(), {}).run(std::nullopt, context);
    }
    static PreflightReport preflight(const RestorePlan &plan)
    {
        TaskContext context;
        const auto inspection = backup::inspectUnlessKnown(plan.file, context);
        if (!inspection)
            qFatal("%s", qPrintable(describe(inspection.error())));
        auto report = runPreflight(plan, *inspection, {SystemClock().now()}, context);
        if (!report)
            qFatal("%s", qPrintable(describe(report.error())));
        return *std::move(report);
    }
    /// What a restore must not touch.
    QString platformState()
    {
        return ask("SELECT string_agg(x, E'\\n' ORDER BY x) FROM ("
                   "SELECT 'thing ' || c.oid || c.relname || c.relowner || coalesce(relacl::text,"
                   " '') AS x FROM pg_class c WHERE relnamespace IN ('auth'::regnamespace,"
                   " 'storage'::regnamespace) UNION ALL "
                   "SELECT 'schema ' || oid || nspname || nspowner || coalesce(nspacl::text, '')"
                   " FROM pg_namespace WHERE nspname IN ('auth', 'storage') UNION ALL "
                   "SELECT 'users ' || u::text FROM auth.users u UNION ALL "
                   "SELECT 'objects ' || o::text FROM storage.objects o UNION ALL "
                   "SELECT 'sequence ' || last_value FROM auth.tokens_id_seq) AS everything");
    }
    /// What the plan says of it, nothing of settings.
    static QString said(MissingNeeds missing)
    {
        missing.settings.clear();
        QStringList all;
        for (const PreflightNote &note : notesOf(missing, u"app"_s, false))
            all.append(note.text);
        return all.join(u'\n');
    }
    static QByteArray reason(const RestoreReceipt &receipt)
    {
        return receipt.error ? describe(*receipt.error).toUtf8()
                             : receipt.notes.join(u'\n').toUtf8() + " (no error)";
    }

    std::unique_ptr<tests::TempPostgres> m_server;
    QTemporaryDir m_folder;
    QString m_database;
    QByteArray m_dump;
    int m_files = 0;
};

inline void PlatformCase::startServer()
{
    m_server = std::make_unique<tests::TempPostgres>();
    m_server->execute(u"postgres"_s, hostRoles);
}

/// The application has gone on since the backup, and so have the host's own tables.
inline void PlatformCase::makeDatabase()
{
    static int number = 0;
    m_database = u"hosted%1"_s.arg(++number);
    m_server->createFilled(m_database, hostSchemas + ownTables);
    m_server->execute(u"postgres"_s, "ALTER DATABASE " + m_database.toUtf8() + " OWNER TO app");
    if (m_dump.isEmpty())
        m_dump = dumpAll();
    admin("INSERT INTO auth.users VALUES (51, 'came after', 'aal2');"
          "INSERT INTO storage.objects VALUES (21, 51);"
          "SELECT setval('auth.tokens_id_seq', 99);"
          "DELETE FROM public.profiles WHERE id > 10");
}

} // namespace mayday::restore::test
