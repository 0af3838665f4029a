// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/objectranges.h"
#include "app/restore/roundtrip.h"
#include "dump/dumpobjects.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include <QHash>
#include <QRegularExpression>
#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

namespace {

/// What a receipt has to say when that is left out.
QString wordsFor(const DumpEntry &entry)
{
    if (entry.type == "ACL" && entry.schema == "pg_catalog") {
        // "FUNCTION pg_ls_waldir(OUT name ...)", "COLUMN pg_authid.rolpassword"
        static const QRegularExpression name(u"^\\w+ (\\w+)"_s);
        return u"pg_catalog."_s + name.match(QString::fromUtf8(entry.name)).captured(1);
    }
    if (entry.type == "DEFAULT ACL")
        return u"for "_s + QString::fromUtf8(entry.name).section(u' ', -1).toLower() +
               u" left out"_s;
    if (entry.type == "ACL")
        return u"language plpgsql"_s;
    if (entry.type == "EVENT TRIGGER" || entry.type == "PUBLICATION" ||
        entry.type == "SUBSCRIPTION")
        return QString::fromUtf8(entry.type.toLower() + ' ' + entry.name) + u" left out"_s;
    return {}; // of one of these
}

bool isLongWay()
{
    return qgetenv("MAYDAY_ROUNDTRIP") == "all";
}

/// With all kinds of objects each two of user, format and mode meet, and all three of them in the
/// version matrix; elsewhere, where there is nothing that only one of them can do, in turns. All of
/// them with MAYDAY_ROUNDTRIP=all.
bool meetHere(const QString &source, bool asOwner, int format, RestoreMode mode)
{
    if (isLongWay())
        return true;
    const bool isOdd = format % 2 == 1;
    const bool isDatabase = mode == RestoreMode::ReplaceDatabase;
    if (source == "everything"_L1)
        return isDatabase == (asOwner == isOdd);
    // The second sample as a superuser beside the schema, and as its owner in a database of its
    // own.
    if (source == "bookings"_L1 && format != (isDatabase ? 3 : 0))
        return false;
    return asOwner == isOdd && isDatabase == (format / 2 == 1);
}

/// Over itself the second sample goes in place, as its schemas hang together; each way with
/// MAYDAY_ROUNDTRIP=all.
bool comesOverItselfHere(const QString &source, RestoreMode mode)
{
    if (source == "everything"_L1)
        return mode == RestoreMode::ReplaceDatabase;
    return source != "bookings"_L1 || mode == RestoreMode::InPlace || isLongWay();
}

/// Beside the schema also the order of the rows is what it was.
QByteArray asOrdered(const QByteArray &dump, RestoreMode mode)
{
    return mode == RestoreMode::Replace ? dump : withSortedRows(dump);
}

} // namespace

/// A database, dumped by pg_dump, restored by Mayday and dumped again, is the same database: for
/// everything that pg_dump can write, in every format, as a superuser and as a plain owner. No
/// security labels: PostgreSQL has no provider of them but SELinux.
class TestRoundTrip : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<TripServer>(); }
    void comesBack_data();
    void comesBack();
    void comesBackOverItself_data();
    void comesBackOverItself();
    void whatGoesOnUsingTheOldIsNamed();
    void whatCannotBeReplacedIsRefused_data();
    void whatCannotBeReplacedIsRefused();
    void theIndexKnowsEverything_data();
    void theIndexKnowsEverything();

private:
    QString fileOf(const QString &database, bool asOwner, const BackupFormat &format);
    static void verifyTold(const RestoreReceipt &receipt, const QByteArray &dump, RestoreMode mode);

    std::unique_ptr<TripServer> m_server;
    QTemporaryDir m_folder;
    QHash<QString, QByteArray> m_dumps;
};

QString TestRoundTrip::fileOf(const QString &database, bool asOwner, const BackupFormat &format)
{
    QString path = m_folder.filePath(database + u'_' + format.name + format.suffix);
    if (!QFileInfo::exists(path))
        (void)m_server->dumpOf(database, asOwner,
                               format.options + QStringList{u"--file="_s + path});
    return path;
}

void TestRoundTrip::verifyTold(const RestoreReceipt &receipt, const QByteArray &dump,
                               RestoreMode mode)
{
    const QString notes = receipt.notes.join(u'\n');
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    bool isAll = true;
    for (const DumpEntry &entry : entriesOf(dump)) {
        if (!isLeftOut(entry, mode))
            continue;
        isAll = false;
        QVERIFY2(notes.contains(wordsFor(entry)),
                 qPrintable(wordsFor(entry) + u" is not in\n"_s + notes));
    }
    QVERIFY2(receipt.verdict == (isAll ? Verdict::Proven : Verdict::Differences),
             qPrintable(notes));
}

void TestRoundTrip::comesBack_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<bool>("asOwner");
    QTest::addColumn<int>("format");
    QTest::addColumn<RestoreMode>("mode");
    const QList<BackupFormat> formats = backupFormats();
    tests::Thinned thinned(14);
    for (const QString &source : {u"everything"_s, u"pgbench"_s, u"marketplace"_s, u"bookings"_s}) {
        for (const bool asOwner : {false, true}) {
            for (int format = 0; format < formats.size(); ++format) {
                for (const RestoreMode mode :
                     {RestoreMode::Replace, RestoreMode::ReplaceDatabase}) {
                    if (meetHere(source, asOwner, format, mode) && thinned.takesNext())
                        QTest::addRow("%s, %s, %s, %s", qPrintable(source),
                                      asOwner ? "owner" : "superuser",
                                      qPrintable(formats[format].name), qPrintable(modeKey(mode)))
                            << source << asOwner << format << mode;
                }
            }
        }
    }
}

void TestRoundTrip::comesBack()
{
    QFETCH(QString, source);
    QFETCH(bool, asOwner);
    QFETCH(int, format);
    QFETCH(RestoreMode, mode);
    const QString original = m_server->filled(source, asOwner);
    if (!m_dumps.contains(original))
        m_dumps.insert(original, m_server->dumpOf(original, asOwner));
    const QByteArray dump = m_dumps.value(original);
    const QString database = m_server->freshDatabase();

    const RestoreReceipt receipt = restoredFrom(fileOf(original, asOwner, backupFormats()[format]),
                                                m_server->at(database, asOwner), mode);

    verifyTold(receipt, dump, mode);
    if (QTest::currentTestFailed())
        return;
    discardLeft(receipt, *m_server, database);
    const QByteArray wrong = differences(asOrdered(withoutLeftOut(dump, mode), mode),
                                         asOrdered(m_server->dumpOf(database, asOwner), mode));
    QVERIFY2(wrong.isEmpty(), wrong + receipt.notes.join(u'\n').toUtf8());
    m_server->dropDatabase(database);
}

void TestRoundTrip::comesBackOverItself_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<RestoreMode>("mode");
    tests::Thinned thinned(6);
    for (const QString &source : {u"pgbench"_s, u"marketplace"_s, u"everything"_s, u"bookings"_s}) {
        for (const RestoreMode mode :
             {RestoreMode::Replace, RestoreMode::ReplaceDatabase, RestoreMode::InPlace}) {
            if (comesOverItselfHere(source, mode) && thinned.takesNext())
                QTest::addRow("%s, %s", qPrintable(source), qPrintable(modeKey(mode)))
                    << source << mode;
        }
    }
}

void TestRoundTrip::comesBackOverItself()
{
    QFETCH(QString, source);
    QFETCH(RestoreMode, mode);
    const QString database = m_server->filled(source, true);
    const QByteArray dump = m_server->dumpOf(database, true);
    const RestoreReceipt receipt = restoredFrom(fileOf(database, true, backupFormats()[0]),
                                                m_server->at(database, true), mode);
    verifyTold(receipt, dump, mode);
    if (QTest::currentTestFailed())
        return;
    // First with what is kept beside it, then without: neither hangs on the other.
    const QByteArray before = asOrdered(dump, mode);
    const QByteArray beside = m_server->dumpOf(database, true, {u"--exclude-schema=*_before_2*"_s});
    const QByteArray wrongBeside = differences(before, asOrdered(beside, mode));
    QVERIFY2(wrongBeside.isEmpty(), wrongBeside);
    discardLeft(receipt, *m_server, database);
    const QByteArray wrong = differences(before, asOrdered(m_server->dumpOf(database, true), mode));
    QVERIFY2(wrong.isEmpty(), wrong);
}

/// In the database that it is a dump of, where much belongs to the database and to no schema.
void TestRoundTrip::whatGoesOnUsingTheOldIsNamed()
{
    const QString database = m_server->filled(u"everything"_s, false);
    const QByteArray before = m_server->dumpOf(database, false);
    const RestoreReceipt receipt =
        restoredFrom(fileOf(database, false, backupFormats()[0]), m_server->at(database, false),
                     RestoreMode::Replace);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Differences);
    const QString notes = receipt.notes.join(u'\n');
    for (const QString &words : {u"large objects that are there already stay"_s,
                                 u"Event trigger on_drop goes on using the old schema"_s,
                                 u"Publication of_parts goes on using the old schema"_s,
                                 u"Language pluntrusted goes on using the old schema"_s,
                                 u"server far is there already and stays as it is"_s,
                                 u"subscription Sub \"q\" left out"_s})
        QVERIFY2(notes.contains(words), qPrintable(words + u" is not in\n"_s + notes));
    const auto comparable = [](const QByteArray &dump) {
        // Sorted: what a language needs stands elsewhere in a dump than what nothing needs.
        QByteArrayList texts;
        for (const DumpEntry &entry : entriesOf(dump)) {
            const bool usesOld = entry.type.startsWith("PUBLICATION") ||
                                 entry.type == "EVENT TRIGGER" ||
                                 entry.type == "PROCEDURAL LANGUAGE";
            // Casts are in no schema, so pg_dump takes along those of the kept one.
            if (!usesOld && !entry.name.contains("_before_2"))
                texts.append(entry.text);
        }
        std::ranges::sort(texts);
        return texts.join();
    };
    const QByteArray after = m_server->dumpOf(database, false, {u"--exclude-schema=*_before_2*"_s});
    const QByteArray wrong = differences(comparable(before), comparable(after));
    QVERIFY2(wrong.isEmpty(), wrong + notes.toUtf8());
}

void TestRoundTrip::whatCannotBeReplacedIsRefused_data()
{
    QTest::addColumn<bool>("asOwner");
    QTest::addColumn<RestoreMode>("mode");
    QTest::addColumn<QString>("why");
    QTest::newRow("the schema of an extension, by its owner")
        << true << RestoreMode::Replace << u"only a superuser may move it"_s;
    QTest::newRow("a database with publications")
        << false << RestoreMode::ReplaceDatabase << u"publication everything"_s;
    QTest::newRow("casts, which no dump of the schemas has")
        << true << RestoreMode::InPlace
        << u"in no safety copy: cast (round.address AS pg_catalog.text)"_s;
}

void TestRoundTrip::whatCannotBeReplacedIsRefused()
{
    QFETCH(bool, asOwner);
    QFETCH(RestoreMode, mode);
    QFETCH(QString, why);
    const QString database = m_server->filled(u"everything"_s, asOwner);
    const QByteArray before = m_server->dumpOf(database, asOwner);
    const RestoreReceipt receipt = restoredFrom(fileOf(database, asOwner, backupFormats()[0]),
                                                m_server->at(database, asOwner), mode);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY2(receipt.error->detail.contains(why), qPrintable(describe(*receipt.error)));
    QVERIFY(receipt.left.isEmpty());
    QCOMPARE(differences(before, m_server->dumpOf(database, asOwner)), QByteArray());
}

void TestRoundTrip::theIndexKnowsEverything_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::newRow("plain") << QStringList();
    QTest::newRow("inserts, clean") << QStringList{u"--inserts"_s, u"--clean"_s};
}

/// What pg_dump says of each entry in its comment, held against what is made of the statements.
void TestRoundTrip::theIndexKnowsEverything()
{
    QFETCH(QStringList, options);
    const QString original = m_server->filled(u"everything"_s, false);
    const QString path = m_folder.filePath(u"indexed.sql"_s);
    (void)m_server->dumpOf(original, false, options + QStringList{u"--file="_s + path});
    TaskContext context;
    auto reader = dump::DumpReader::open(path);
    const auto inspection = dump::inspect(*reader, context);
    QVERIFY(inspection && inspection->verdict == dump::DumpVerdict::Complete);
    QCOMPARE(tests::rangesBreach(path, *inspection), QString());

    const dump::DumpObjects objects(inspection->index.objects.entries().value());
    QSet<QString> made;
    for (const dump::DumpObject &object : objects.all()) {
        const QString table = object.kind == dump::StatementClass::Index || object.table.isEmpty()
                                  ? QString()
                                  : object.table + u' ';
        if (object.isMade)
            // In a comment pg_dump writes a name on one line.
            made.insert(
                (dump::kindWord(object.kind) + u' ' + object.schema + u' ' + table + object.name)
                    .replace(u'\n', u' '));
    }
    const QHash<QByteArray, QString> kinds{{"TABLE", u"table"_s},
                                           {"VIEW", u"view"_s},
                                           {"INDEX", u"index"_s},
                                           {"MATERIALIZED VIEW", u"view"_s},
                                           {"TRIGGER", u"trigger"_s},
                                           {"CONSTRAINT", u"constraint"_s},
                                           {"FK CONSTRAINT", u"foreign-key"_s},
                                           {"POLICY", u"policy"_s},
                                           {"RULE", u"rule"_s},
                                           {"TYPE", u"type"_s},
                                           {"DOMAIN", u"type"_s},
                                           {"FOREIGN TABLE", u"table"_s}};
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    int checked = 0;
    for (const DumpEntry &entry : entriesOf(file.readAll())) {
        // A view that came first as a stub is made again, under the name of its rule; triggers of
        // parts are only switched.
        const bool isMade =
            entry.text.contains("\nCREATE ") || entry.text.contains(" ADD CONSTRAINT ");
        if (!kinds.contains(entry.type) || !isMade || entry.name.endsWith(" _RETURN"))
            continue;
        const QString expected =
            kinds.value(entry.type) + u' ' + QString::fromUtf8(entry.schema + ' ' + entry.name);
        QVERIFY2(made.contains(expected), qPrintable(expected));
        ++checked;
    }
    QVERIFY(checked > 30);
}

MAYDAY_TEST(TestRoundTrip);
#include "tst_roundtrip.moc"
