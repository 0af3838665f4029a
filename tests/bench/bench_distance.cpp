// SPDX-License-Identifier: GPL-3.0-or-later
// Restores a schema of many small tables over a long way: by Mayday, by "psql -1", by
// "pg_restore -1" and by "pg_restore -j4", in turn, through the same delaying proxy.
#include "backup/dumpopener.h"
#include "bench/benchtable.h"
#include "core/clock.h"
#include "postgres/session.h"
#include "restore/restorerunner.h"
#include "support/delayproxy.h"
#include "support/temppostgres.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>

using namespace mayday;
using namespace Qt::StringLiterals;

namespace {

constexpr int rounds = 3;
/// Than the peers, who wait for an answer to every statement; four of them wait at once.
constexpr double goalFaster = 30;
constexpr double goalFasterThanFour = 18;
constexpr int tables = 100;
constexpr int rowsEach = 20;
constexpr std::chrono::milliseconds roundTrip{50};

QProcessEnvironment withPassword(const tests::TempPostgres &server)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"PGPASSWORD"_s, QString::fromUtf8(server.password().reveal()));
    return environment;
}

double run(const tests::TempPostgres &server, const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.setProcessEnvironment(withPassword(server));
    QElapsedTimer timer;
    timer.start();
    process.start(program, arguments);
    if (!process.waitForFinished(-1) || process.exitCode() != 0)
        qFatal("%s: %s", qPrintable(program), process.readAllStandardError().constData());
    return static_cast<double>(timer.nsecsElapsed()) / 1e9;
}

/// Sequences, keys, indexes, foreign keys, comments and rights: about 17 statements a table.
void fill(tests::TempPostgres &server, const QString &database)
{
    for (int table = 0; table < tables; ++table) {
        const QString sql =
            u"CREATE TABLE t%1 (id bigserial PRIMARY KEY, sku text NOT NULL UNIQUE, title text,"
            " price numeric(12,2) CHECK (price >= 0), attributes jsonb DEFAULT '{}', parent bigint,"
            " updated_at timestamptz DEFAULT now());"
            "INSERT INTO t%1 (sku, title, price, parent) SELECT 'sku ' || g, 'it''s ' || g, g, 1"
            "  FROM generate_series(1, %3) g;"
            "CREATE INDEX ON t%1 (title); CREATE INDEX ON t%1 (updated_at);"
            "CREATE INDEX ON t%1 USING gin (attributes);"
            "ALTER TABLE t%1 ADD FOREIGN KEY (parent) REFERENCES t%2 (id);"
            "COMMENT ON TABLE t%1 IS 'number %1'; COMMENT ON COLUMN t%1.title IS 'shown';"
            "GRANT SELECT ON t%1 TO public; CREATE VIEW v%1 AS SELECT id, title FROM t%1;"_s
                .arg(table)
                .arg(table / 2)
                .arg(rowsEach);
        server.execute(database, sql.toUtf8());
    }
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption json(u"json"_s, u"Where to write the figures"_s, u"FILE"_s);
    parser.addOption(json);
    parser.addHelpOption();
    parser.process(application);

    tests::TempPostgres server;
    const QTemporaryDir folder;
    server.createDatabase(u"source"_s);
    fill(server, u"source"_s);
    const QString plain = folder.filePath(u"source.sql"_s);
    const QString custom = folder.filePath(u"source.dump"_s);
    const QString source = server.connectionString(u"source"_s).withoutPassword();
    run(server, u"pg_dump"_s,
        {u"--schema=public"_s, u"--file="_s + plain, u"--dbname="_s + source});
    run(server, u"pg_dump"_s,
        {u"--schema=public"_s, u"--format=custom"_s, u"--file="_s + custom,
         u"--dbname="_s + source});
    TaskContext context;
    const auto inspection = backup::inspectDump(plain, context);
    if (!inspection || inspection->verdict != dump::DumpVerdict::Complete)
        qFatal("the dump cannot be read");
    std::printf("%lld tables, %lld statements, %d rows each, %lld ms round trip\n",
                static_cast<long long>(inspection->tables.size()),
                static_cast<long long>(inspection->statements), rowsEach,
                static_cast<long long>(roundTrip.count()));

    const tests::DelayProxy proxy(server.port(), roundTrip);
    const SystemClock clock;
    bench::Series ours{u"Mayday, with proof and ANALYZE"_s};
    bench::Series psql{u"psql -1"_s};
    bench::Series parallel{u"pg_restore -j4"_s};
    bench::Series single{u"pg_restore -1"_s};
    int number = 0;
    // A database of its own for each, over the long way.
    const auto far = [&] {
        const QString name = u"target%1"_s.arg(++number);
        server.createDatabase(name);
        return proxy.instead(server.connectionString(name));
    };
    for (int round = 0; round < rounds; ++round) {
        const restore::RestorePlan plan{.id = restore::freshRestoreId(clock.now()),
                                        .file = plain,
                                        .target = far(),
                                        .environment = u"bench"_s,
                                        .plannedAt = clock.now()};
        QElapsedTimer timer;
        timer.start();
        const auto receipt = restore::RestoreRunner(plan, clock, {}).run(*inspection, context);
        ours.seconds.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e9);
        if (receipt.verdict != restore::Verdict::Proven)
            qFatal("not proven: %s",
                   receipt.error ? qPrintable(describe(*receipt.error)) : "differences");
    }
    // Once each: they take minutes, and the way is the same every time.
    const auto empty = [&] {
        const auto target = far();
        server.execute(target.database(), "DROP SCHEMA public"); // they cannot put it aside
        return target.withoutPassword();
    };
    psql.seconds.push_back(run(server, u"psql"_s,
                               {u"-X"_s, u"-q"_s, u"-1"_s, u"-v"_s, u"ON_ERROR_STOP=1"_s, u"-o"_s,
                                u"/dev/null"_s, u"-f"_s, plain, empty()}));
    parallel.seconds.push_back(run(server, u"pg_restore"_s, {u"-j4"_s, u"-d"_s, empty(), custom}));
    single.seconds.push_back(run(server, u"pg_restore"_s, {u"-1"_s, u"-d"_s, empty(), custom}));
    bench::report(u"Many small tables over a long way"_s, {ours, psql, parallel, single},
                  parser.value(json),
                  {{u"statements"_s, inspection->statements},
                   {u"roundTripMilliseconds"_s, static_cast<qint64>(roundTrip.count())},
                   {u"timesFasterThanPsql"_s, psql.median() / ours.median()},
                   {u"timesFasterThanPgRestore"_s, single.median() / ours.median()},
                   {u"timesFasterThanPgRestoreJ4"_s, parallel.median() / ours.median()}},
                  {{.name = u"faster than psql -1"_s,
                    .value = psql.median() / ours.median(),
                    .limit = goalFaster,
                    .unit = u" times"_s,
                    .isAtLeast = true},
                   {.name = u"faster than pg_restore -1"_s,
                    .value = single.median() / ours.median(),
                    .limit = goalFaster,
                    .unit = u" times"_s,
                    .isAtLeast = true},
                   {.name = u"faster than pg_restore -j4"_s,
                    .value = parallel.median() / ours.median(),
                    .limit = goalFasterThanFour,
                    .unit = u" times"_s,
                    .isAtLeast = true}});
    return 0;
}
