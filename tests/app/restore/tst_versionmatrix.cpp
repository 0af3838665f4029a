// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/roundtrip.h"
#include "support/testmain.h"

#include <QElapsedTimer>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>
#include <QTextStream>

#include <map>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

namespace {

constexpr std::array versions{13, 15, 17, 18};

/// The folder of that version's programs, as packaging/dev matrix tells it; empty: it is not there.
QString programsOf(int version)
{
    return qEnvironmentVariable(u"MAYDAY_POSTGRES_%1"_s.arg(version).toLatin1().constData());
}

/// What psql, which goes on after errors, makes of the same dump on the same server: what differs
/// from the original here differs because of the version, and not because of Mayday.
struct Reference {
    QByteArray dump;
    QString rights;     ///< on the schema public
    QStringList errors; ///< the server's, without those about settings it does not know
};

struct Journey {
    int from = 0;
    int to = 0;
    QString source;
    bool asOwner = false;
    BackupFormat format;
    RestoreMode mode = RestoreMode::Replace;

    [[nodiscard]] QString name() const
    {
        return u"%1 to %2, %3, %4, %5, %6"_s.arg(QString::number(from), QString::number(to), source,
                                                 asOwner ? u"owner"_s : u"superuser"_s, format.name,
                                                 modeKey(mode));
    }
};

/// Every kind of object, once by each way between each two versions, and what has nothing in public
/// where that belongs to a superuser: what every change has to pass.
bool isInQuickSubset(const Journey &journey)
{
    constexpr int oneBetween = 15;
    if (journey.source == "bookings"_L1 && journey.to == 13)
        return journey.from == (journey.asOwner ? 17 : 13) && journey.format.name == "custom"_L1 &&
               journey.mode == RestoreMode::ReplaceDatabase;
    if (journey.source != "everything"_L1 || journey.from == oneBetween || journey.to == oneBetween)
        return false;
    return journey.mode == RestoreMode::Replace
               ? !journey.asOwner && journey.format.name == "gz"_L1
               : journey.asOwner && journey.format.name == "custom"_L1;
}

/// pg_dump writes those as the change from what initdb gave to the first public, which is not this
/// one after a restore beside it; so they are asked for.
QByteArray withoutRightsOnPublic(const QByteArray &dump)
{
    QByteArray text;
    for (const DumpEntry &entry : entriesOf(dump)) {
        if (entry.type != "ACL" || entry.name != "SCHEMA public")
            text += entry.text;
    }
    return text;
}

QList<Journey> journeysBetween(int from, int to)
{
    QList<Journey> all;
    for (const QString &source : {u"everything"_s, u"pgbench"_s, u"marketplace"_s, u"bookings"_s}) {
        for (const bool asOwner : {false, true}) {
            for (const BackupFormat &format : backupFormats()) {
                // Text, an archive and a folder are enough where every kind of object is tried in
                // each format already.
                const bool isOne = format.name == "gz"_L1 || format.name == "custom"_L1 ||
                                   format.name == "directory"_L1;
                const bool isThere = format.name != "zstd"_L1 || from >= 16;
                if (!isThere || (source != "everything"_L1 && !isOne))
                    continue;
                for (const RestoreMode mode : {RestoreMode::Replace, RestoreMode::ReplaceDatabase})
                    all.append({from, to, source, asOwner, format, mode});
            }
        }
    }
    return all;
}

} // namespace
Q_DECLARE_METATYPE(Journey)

/// The round trip from each version of PostgreSQL to each: dumped by the pg_dump of the one,
/// restored by Mayday to the other, and compared with what psql makes of it there. Skipped where
/// the servers are not told; packaging/dev matrix brings them.
class TestVersionMatrix : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void comesBack_data();
    void comesBack();
    void cleanupTestCase();

private:
    [[nodiscard]] TripServer &server(int version);
    [[nodiscard]] QString fileOf(const Journey &journey, const QString &original);
    [[nodiscard]] const Reference &referenceOf(const Journey &journey, const QString &original);
    /// What came of it: "same", "refused" or what is wrong.
    [[nodiscard]] QString outcomeOf(const Journey &journey, QString &detail);

    std::map<int, std::unique_ptr<TripServer>> m_servers;
    QTemporaryDir m_folder;
    QHash<QString, Reference> m_references;
    QJsonArray m_results;
    std::map<std::pair<int, int>, QHash<QString, int>> m_counts;
};

void TestVersionMatrix::initTestCase()
{
    if (std::ranges::all_of(versions, [](int version) { return programsOf(version).isEmpty(); }))
        QSKIP("no MAYDAY_POSTGRES_<version> is set: `packaging/dev matrix` runs this");
}

TripServer &TestVersionMatrix::server(int version)
{
    auto &server = m_servers[version];
    if (!server)
        server = std::make_unique<TripServer>(programsOf(version));
    return *server;
}

QString TestVersionMatrix::fileOf(const Journey &journey, const QString &original)
{
    QString path = m_folder.filePath(u"%1_%2_%3%4"_s.arg(
        QString::number(journey.from), original, journey.format.name, journey.format.suffix));
    if (!QFile::exists(path))
        (void)server(journey.from)
            .dumpOf(original, journey.asOwner,
                    journey.format.options + QStringList{u"--file="_s + path});
    return path;
}

const Reference &TestVersionMatrix::referenceOf(const Journey &journey, const QString &original)
{
    const QString key = u"%1 %2 %3"_s.arg(journey.from).arg(journey.to).arg(original);
    if (m_references.contains(key))
        return m_references[key];
    TripServer &target = server(journey.to);
    const QString database = target.freshDatabase();
    // As the superuser: to an owner psql cannot give what belongs to a role that may make nothing
    // yet.
    const auto where = target.at(database, false);
    Journey plain = journey;
    plain.format = backupFormats()[0];
    const QString errors =
        QString::fromUtf8(runPsql(target.program(u"psql"_s), fileOf(plain, original), where));
    Reference reference{.dump = target.dumpOf(database, false),
                        .rights = target.rightsOnPublic(database),
                        .errors = {}};
    for (const QString &line : errors.split(u'\n')) {
        if (line.contains("ERROR:"_L1) && !line.contains("unrecognized configuration parameter"_L1))
            reference.errors.append(line.section(u"ERROR:"_s, 1).trimmed());
    }
    // It stays: psql has made subscriptions in it.
    return m_references.insert(key, reference).value();
}

QString TestVersionMatrix::outcomeOf(const Journey &journey, QString &detail)
{
    const QString original = server(journey.from).filled(journey.source, journey.asOwner);
    const QString file = fileOf(journey, original);
    const Reference &reference = referenceOf(journey, original);
    TripServer &target = server(journey.to);
    const QString database = target.freshDatabase();
    const QByteArray empty = target.dumpOf(database, false);

    const RestoreReceipt receipt =
        restoredFrom(file, target.at(database, journey.asOwner), journey.mode);

    const auto now = [&] {
        return target.dumpOf(database, false);
    };
    QString outcome = u"same"_s;
    if (receipt.verdict == Verdict::NotRestored) {
        detail = receipt.error ? describe(*receipt.error) : u"no reason is told"_s;
        outcome = u"refused"_s;
        const bool isBefore15 =
            journey.to < 15 && journey.asOwner && detail.contains("before PostgreSQL 15"_L1);
        if (reference.errors.isEmpty() && !isBefore15)
            outcome = u"refused without need"_s;
        else if (now() != empty || !receipt.left.isEmpty())
            outcome = u"refused, and something is left"_s;
    } else {
        discardLeft(receipt, target, database);
        const auto comparable = [](const QByteArray &dump) {
            return withSortedRows(withoutRightsOnPublic(dump));
        };
        detail = QString::fromUtf8(differences(
            comparable(withoutLeftOut(reference.dump, journey.mode)), comparable(now())));
        // Where public is not filled it is no part of a restore beside it, and an owner may not
        // make it what it was before 15; both are said.
        const QString notes = receipt.notes.join(u'\n');
        const bool isTold = notes.contains("schema public at line"_L1) ||
                            notes.contains("schema public belongs to"_L1);
        const QString rights = target.rightsOnPublic(database);
        if (rights != reference.rights && !isTold)
            detail += u"public has the rights %1, not %2"_s.arg(rights, reference.rights);
        if (!detail.isEmpty())
            outcome = u"different"_s;
    }
    target.dropDatabase(database);
    return outcome;
}

void TestVersionMatrix::comesBack_data()
{
    QTest::addColumn<Journey>("journey");
    const QString only = qEnvironmentVariable("MAYDAY_MATRIX_ONLY");
    const bool isQuick = qEnvironmentVariableIsSet("MAYDAY_MATRIX_QUICK");
    for (const int from : versions) {
        for (const int to : versions) {
            for (const Journey &journey : journeysBetween(from, to)) {
                if (journey.name().contains(only) && (!isQuick || isInQuickSubset(journey)))
                    QTest::newRow(qPrintable(journey.name())) << journey;
            }
        }
    }
}

void TestVersionMatrix::comesBack()
{
    QFETCH(Journey, journey);
    for (const int version : {journey.from, journey.to}) {
        if (programsOf(version).isEmpty())
            QSKIP(qPrintable(u"MAYDAY_POSTGRES_%1 is not set"_s.arg(version)));
    }
    QElapsedTimer timer;
    timer.start();
    QString detail;
    const QString outcome = outcomeOf(journey, detail);
    m_results.append(QJsonObject{{u"from"_s, journey.from},
                                 {u"to"_s, journey.to},
                                 {u"source"_s, journey.source},
                                 {u"as"_s, journey.asOwner ? u"owner"_s : u"superuser"_s},
                                 {u"format"_s, journey.format.name},
                                 {u"mode"_s, modeKey(journey.mode)},
                                 {u"outcome"_s, outcome},
                                 {u"detail"_s, detail},
                                 {u"seconds"_s, double(timer.elapsed()) / 1000.0}});
    const bool isGood = outcome == "same"_L1 || outcome == "refused"_L1;
    ++m_counts[{journey.from, journey.to}][isGood ? outcome : u"wrong"_s];
    QVERIFY2(isGood, qPrintable(outcome + u": "_s + detail));
}

void TestVersionMatrix::cleanupTestCase()
{
    if (m_results.isEmpty())
        return;
    if (const QString folder = qEnvironmentVariable("MAYDAY_MATRIX"); !folder.isEmpty()) {
        QFile file(folder + u"/matrix.json"_s);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(file.write(QJsonDocument(m_results).toJson()) > 0);
    }
    QTextStream table(stdout);
    table << "\nPostgreSQL from \\ to";
    for (const int to : versions)
        table << qSetFieldWidth(24) << Qt::right << to << qSetFieldWidth(0);
    table << "\n";
    for (const int from : versions) {
        table << qSetFieldWidth(20) << Qt::left << from << qSetFieldWidth(0);
        for (const int to : versions) {
            const QHash<QString, int> counts = m_counts[{from, to}];
            QStringList words;
            for (const QString &outcome : {u"same"_s, u"refused"_s, u"wrong"_s}) {
                if (counts.value(outcome) > 0)
                    words.append(u"%1 %2"_s.arg(counts.value(outcome)).arg(outcome));
            }
            table << qSetFieldWidth(24) << Qt::right
                  << (words.isEmpty() ? u"-"_s : words.join(u", "_s)) << qSetFieldWidth(0);
        }
        table << "\n";
    }
    table << "same: dumped again, it is what psql makes of the dump there; refused: psql meets "
             "errors, and Mayday changes nothing\n";
}

MAYDAY_TEST(TestVersionMatrix);
#include "tst_versionmatrix.moc"
