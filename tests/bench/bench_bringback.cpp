// SPDX-License-Identifier: GPL-3.0-or-later
// What came after the backup, of tables of a million rows, one with a key and one without: found
// and brought back by maydayctl, and by psql with the plainest statements that tell the same, in
// turn, on the same server.
#include "backup/inspectionindex.h"
#include "bench/benchserver.h"
#include "bench/benchtable.h"
#include "bench/measuredchild.h"
#include "restore/comparison.h"

#include <QCoreApplication>
#include <QTemporaryDir>

#include <algorithm>
#include <array>

using namespace mayday;
using namespace mayday::bench;
using namespace Qt::StringLiterals;

namespace {

constexpr int rounds = 3;
constexpr int freshRows = 2000;   ///< written after the backup
constexpr int changedRows = 1000; ///< so were those, over others
constexpr int goneRows = 500;

/// Without a key a changed row is one that is gone and a fresh one.
constexpr int keylessFresh = freshRows + changedRows;

void fill(tests::TempPostgres &server, qint64 rows)
{
    for (const char *const table : {"keyed", "keyless"}) {
        const QString sql =
            u"CREATE TABLE %1 (id bigint NOT NULL, name text, price numeric(12,2), extra jsonb,"
            " updated_at timestamptz);"
            "INSERT INTO %1 SELECT g, 'Folding chair ' || md5(g::text), g % 9973 / 100.0,"
            " jsonb_build_object('colour', g % 17, 'tags', ARRAY['new', 'sale-' || g % 11]),"
            " timestamptz '2026-11-01' + g % 100000 * interval '1 minute'"
            " FROM generate_series(1, %2) g"_s.arg(QLatin1StringView(table))
                .arg(rows);
        server.execute(u"shop"_s, sql.toUtf8());
    }
    server.execute(u"shop"_s, "ALTER TABLE keyed ADD PRIMARY KEY (id)");
}

void goOnSelling(tests::TempPostgres &server, qint64 rows)
{
    for (const char *const table : {"keyed", "keyless"}) {
        const QString sql =
            u"DELETE FROM %1 WHERE id <= %2;"
            "UPDATE %1 SET name = 'changed' WHERE id > %2 AND id <= %3;"
            "INSERT INTO %1 SELECT %4 + g, 'fresh', g, NULL, now() FROM generate_series(1, %5) g"_s
                .arg(QLatin1StringView(table))
                .arg(goneRows)
                .arg(goneRows + changedRows)
                .arg(rows)
                .arg(freshRows);
        server.execute(u"shop"_s, sql.toUtf8());
    }
    server.execute(u"shop"_s, "VACUUM ANALYZE");
}

/// What the rounds start with: as restored, nothing brought back.
void takeAway(tests::TempPostgres &server, qint64 rows)
{
    const QByteArray where = " WHERE name = 'changed' OR id > " + QByteArray::number(rows);
    server.execute(u"shop"_s, "DELETE FROM keyed" + where + "; DELETE FROM keyless" + where);
    server.execute(u"shop"_s, "VACUUM ANALYZE");
}

/// Whether the counts are those of what was done.
bool isFoundAsDone(const restore::Comparison &comparison)
{
    for (const restore::TableComparison &table : comparison.tables) {
        const bool isKeyed = table.pair.hasKey();
        const std::array found{table.onlyKept, table.onlyLive, table.different};
        const std::array done =
            isKeyed ? std::array<qint64, 3>{freshRows, goneRows, changedRows}
                    : std::array<qint64, 3>{keylessFresh, goneRows + changedRows, 0};
        if (found != done) {
            qCritical("%s: %lld, %lld and %lld rows are found to differ",
                      qPrintable(table.pair.name), found[0], found[1], found[2]);
            return false;
        }
    }
    return comparison.tables.size() == 2;
}

bool isBroughtBack(tests::TempPostgres &server, qint64 rows)
{
    const QString found = server.scalar(u"shop"_s, "SELECT (SELECT count(*) FROM keyed) || ' ' ||"
                                                   " (SELECT count(*) FROM keyless)");
    const QString expected = u"%1 %2"_s.arg(rows + freshRows).arg(rows + keylessFresh);
    if (found != expected)
        qCritical("%s rows are there, and not %s", qPrintable(found), qPrintable(expected));
    return found == expected;
}

/// The plainest statements that tell or do the same, with the kept schema for %1.
constexpr const char *compareByHand =
    "SELECT count(*) FROM (SELECT * FROM %1.keyed EXCEPT ALL SELECT * FROM public.keyed) t;"
    "SELECT count(*) FROM (SELECT * FROM public.keyed EXCEPT ALL SELECT * FROM %1.keyed) t;"
    "SELECT count(*) FROM (SELECT * FROM %1.keyless EXCEPT ALL SELECT * FROM public.keyless) t;"
    "SELECT count(*) FROM (SELECT * FROM public.keyless EXCEPT ALL SELECT * FROM %1.keyless) t";
constexpr const char *bringBackByHand =
    "BEGIN;"
    "INSERT INTO public.keyed SELECT * FROM %1.keyed k WHERE NOT EXISTS"
    " (SELECT FROM public.keyed l WHERE l.id = k.id);"
    "INSERT INTO public.keyless SELECT * FROM %1.keyless EXCEPT ALL SELECT * FROM public.keyless;"
    "COMMIT";

/// One contender at one work.
struct Contender {
    Series times;
    double megabytes = 0;

    void add(const Spent &spent)
    {
        times.seconds.push_back(spent.seconds);
        megabytes = std::max(megabytes, spent.megabytes);
    }
};

/// Comparing, bringing back, and both by hand in the other order: the peer of the first comes last.
void tell(const std::array<Contender, 4> &all, qint64 rows, const QString &json)
{
    std::vector<Series> times;
    for (const Contender &one : all) {
        std::printf("%-44s %6.1f MB at most\n", qPrintable(one.times.name), one.megabytes);
        times.push_back(one.times);
    }
    report(u"Two tables of %1 rows against what is kept, with and without a key"_s.arg(rows), times,
           json,
           {{u"rowsEach"_s, rows},
            {u"compareMegabytes"_s, all[0].megabytes},
            {u"bringBackMegabytes"_s, all[1].megabytes},
            {u"psqlMegabytes"_s, std::max(all[2].megabytes, all[3].megabytes)}});
}

/// The restore that takes the fresh rows away; the name of the schema it keeps.
QString restoreTheBackup(tests::TempPostgres &server, const QString &file)
{
    TaskContext context;
    const auto inspection = backup::inspectAgain(file, context);
    if (!inspection)
        qFatal("the dump cannot be read");
    (void)restoreProven({.id = {},
                         .file = file,
                         .target = server.connectionString(u"shop"_s),
                         .environment = u"bench"_s},
                        *inspection);
    return server.scalar(u"shop"_s,
                         "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'public\\_before%'");
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption json(u"json"_s, u"Where to write the figures"_s, u"FILE"_s);
    const QCommandLineOption size(u"rows"_s, u"Rows of each table"_s, u"ROWS"_s, u"1000000"_s);
    parser.addOptions({json, size});
    parser.addHelpOption();
    parser.process(application);
    const qint64 rows = parser.value(size).toLongLong();

    tests::TempPostgres server;
    qputenv("PGPASSWORD", server.password().reveal());
    const QTemporaryDir folder;
    const auto shop = server.createDatabase(u"shop"_s);
    fill(server, rows);
    const QString file = folder.filePath(u"shop.sql.gz"_s);
    dumpTo(server, u"shop"_s, file, {u"--schema=public"_s, u"--compress=gzip:6"_s});
    goOnSelling(server, rows);
    const QString kept = restoreTheBackup(server, file);
    TaskContext context;
    const auto comparison = restore::compareWithKept(shop, {}, context, {});
    bool isRight = comparison && isFoundAsDone(*comparison);

    const QString maydayctl = besideThis(u"maydayctl"_s);
    const QString target = shop.withoutPassword();
    const QString profile = folder.filePath(u"profile"_s);
    const QStringList psql{u"-X"_s, u"-q"_s, u"-v"_s, u"ON_ERROR_STOP=1"_s,
                           u"-d"_s, target,  u"-c"_s};
    const auto byHand = [&](const char *sql) {
        return psql + QStringList{QString::fromLatin1(sql).arg(kept)};
    };
    Contender comparing{{u"Mayday: compare both tables"_s}};
    Contender comparingByHand{{u"psql: EXCEPT ALL, both ways"_s}};
    Contender bringing{{u"Mayday: bring back, proven"_s}};
    Contender bringingByHand{{u"psql: INSERT ... SELECT, not proven"_s}};
    for (int round = 0; round < rounds; ++round) {
        comparing.add(
            measured(maydayctl, {u"compare"_s, u"--target"_s, target, u"--profile"_s, profile}, 1));
        comparingByHand.add(measured(u"psql"_s, byHand(compareByHand)));
        bringing.add(measured(maydayctl, {u"bring-back"_s, u"--target"_s, target, u"--table"_s,
                                          u"keyed=add"_s, u"--table"_s, u"keyless=add"_s,
                                          u"--yes"_s, u"--profile"_s, profile}));
        isRight = isBroughtBack(server, rows) && isRight;
        takeAway(server, rows);
        bringingByHand.add(measured(u"psql"_s, byHand(bringBackByHand)));
        isRight = isBroughtBack(server, rows) && isRight;
        takeAway(server, rows);
    }
    tell({comparing, bringing, bringingByHand, comparingByHand}, rows, parser.value(json));
    return isRight ? 0 : 1;
}
