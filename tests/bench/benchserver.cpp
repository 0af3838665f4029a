// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/benchserver.h"

#include "bench/phaseclock.h"
#include "core/clock.h"
#include "restore/restorerunner.h"

using namespace Qt::StringLiterals;

namespace mayday::bench {

namespace {

/// About 260 bytes a row as pg_dump writes it.
constexpr qint64 rowBytes = 260;

} // namespace

void prepare(QProcess &process, const tests::TempPostgres &server)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"PGPASSWORD"_s, QString::fromUtf8(server.password().reveal()));
    process.setProcessEnvironment(environment);
}

void runOrDie(QProcess &process, const QString &program, const QStringList &arguments)
{
    process.start(program, arguments);
    if (!process.waitForFinished(-1) || process.exitCode() != 0)
        qFatal("%s: %s", qPrintable(program), process.readAllStandardError().constData());
}

void dumpTo(tests::TempPostgres &server, const QString &database, const QString &path,
            const QStringList &options)
{
    QProcess dump;
    prepare(dump, server);
    runOrDie(dump, u"pg_dump"_s,
             options +
                 QStringList{u"--file="_s + path,
                             u"--dbname="_s + server.connectionString(database).withoutPassword()});
}

RestoreTimes restoreProven(restore::RestorePlan plan,
                           const std::optional<dump::DumpInspection> &inspection)
{
    const SystemClock clock;
    plan.id = restore::freshRestoreId(clock.now());
    plan.plannedAt = clock.now();
    TaskContext context;
    const Latest<restore::RestoreProgress> progress;
    PhaseClock phases(progress);
    QElapsedTimer timer;
    timer.start();
    const auto receipt = restore::RestoreRunner(plan, clock, progress).run(inspection, context);
    phases.print();
    if (receipt.verdict != restore::Verdict::Proven)
        qFatal("not proven: %s",
               receipt.error ? qPrintable(describe(*receipt.error)) : "differences");
    return {.untilLive = receipt.seconds, .untilRefined = seconds(timer)};
}

void fillShop(tests::TempPostgres &server, const QString &database, qint64 plainBytes, int tables)
{
    for (int table = 0; table < tables; ++table) {
        const QString name = u"products_%1"_s.arg(table);
        const QString sql =
            u"CREATE TABLE %1 (id bigserial PRIMARY KEY, sku uuid NOT NULL, title text NOT NULL, "
            u"description text,"
            " price numeric(12,2), stock integer, attributes jsonb, updated_at timestamptz);"
            "INSERT INTO %1 (sku, title, description, price, stock, attributes, updated_at)"
            " SELECT md5(g::text || '%1')::uuid, (ARRAY['Blue','Green','Folding','Oak','Steel'])[1 "
            "+ g % 5] || ' ' ||"
            " (ARRAY['chair','lamp','desk','shelf','mug'])[1 + g / 5 % 5] || ' ' || g,"
            " 'Made of ' || (ARRAY['oak','steel','cotton','glass'])[1 + g % 4] || ', tested ' || g "
            "% 97 || ' times. ' ||"
            " substr(md5((g * 7)::text), 1, 12) || ' ships within ' || g % 9 || ' days and can be "
            "returned.',"
            " (random() * 1000)::numeric(12,2), g % 300,"
            " jsonb_build_object('colour', g % 17, 'weight', g % 1013, 'tags', ARRAY['new', "
            "'sale-' || g % 11], 'ref', substr(md5(g::text), 1, 8)),"
            " now() - (g % 100000) * interval '1 minute' FROM generate_series(1, %2) g;"
            "CREATE INDEX ON %1 (title); CREATE INDEX ON %1 (updated_at);"_s.arg(name)
                .arg(plainBytes / rowBytes / tables);
        server.execute(database, sql.toUtf8());
    }
}

} // namespace mayday::bench
