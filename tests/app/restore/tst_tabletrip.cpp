// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "app/restore/roundtrip.h"
#include "postgres/quoting.h"
#include "support/faultshare.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// Every table of a schema with every kind of object, dropped with all that goes with it, comes
/// back from a dump; and whatever then is not as before is named.
class TestTableTrip : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void comesBack_data();
    void comesBack();

private:
    /// A database with everything in it, and its dump.
    struct Source {
        QString database;
        QString file;
        QByteArray dump;
    };
    [[nodiscard]] Source made(bool asOwner);

    std::unique_ptr<TripServer> m_server;
    QTemporaryDir m_folder;
    QHash<bool, Source> m_sources; ///< as owner or not
};

namespace {

/// What the receipt has to say of an entry that is not as before.
QByteArray wordOf(const DumpEntry &entry)
{
    const bool isLast = entry.type == "TRIGGER" || entry.type == "PUBLICATION TABLE";
    return isLast ? entry.name.split(' ').last() : entry.name.split(' ').first();
}

QSet<QByteArray> textsOf(const QByteArray &dump)
{
    QSet<QByteArray> texts;
    for (const DumpEntry &entry : entriesOf(withSortedRows(dump)))
        texts.insert(entry.text);
    return texts;
}

} // namespace

TestTableTrip::Source TestTableTrip::made(bool asOwner)
{
    // Of a copy: subscriptions stay with the database that they were made in.
    Source source;
    source.database = m_server->copyOf(m_server->filled(u"everything"_s, asOwner));
    source.dump = m_server->dumpOf(source.database, asOwner);
    source.file = m_folder.filePath(source.database + u".sql"_s);
    QFile file(source.file);
    if (!file.open(QIODevice::WriteOnly) || file.write(withoutKeys(source.dump)) < 0)
        qFatal("%s cannot be written", qPrintable(source.file));
    return source;
}

void TestTableTrip::initTestCase()
{
    m_server = std::make_unique<TripServer>();
    for (const bool asOwner : {false, true})
        m_sources.insert(asOwner, made(asOwner));
}

void TestTableTrip::comesBack_data()
{
    QTest::addColumn<bool>("asOwner");
    QTest::addColumn<QString>("schema");
    QTest::addColumn<QString>("table");
    const tests::FaultShare share;
    TaskContext context;
    for (const bool asOwner : {false, true}) {
        const auto where = m_server->at(m_sources[asOwner].database, false);
        auto session = postgres::Session::connect(where, context).value();
        const auto rows =
            session
                .query(
                    "SELECT nspname, relname FROM pg_class c JOIN pg_namespace n ON n.oid ="
                    " relnamespace WHERE relkind IN ('r', 'p') AND nspname !~ '^pg_' AND nspname"
                    " <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend WHERE objid ="
                    " c.oid AND deptype = 'e') ORDER BY 1, 2",
                    context)
                .value();
        // As an owner some: it is nearly the same way.
        const int step = (asOwner ? 3 : 1) * tests::thinnedStep(3);
        for (int i = 0; i < rows.rowCount(); i += step) {
            if (!share.takes(i / step))
                continue;
            const QString name = rows.text(i, 0) + u'.' + rows.text(i, 1);
            QTest::newRow(qUtf8Printable((asOwner ? u"owner: "_s : QString()) + name))
                << asOwner << rows.text(i, 0) << rows.text(i, 1);
        }
    }
}

void TestTableTrip::comesBack()
{
    QFETCH(bool, asOwner);
    QFETCH(QString, schema);
    QFETCH(QString, table);
    const Source &source = m_sources[asOwner];
    const QString database = m_server->copyOf(source.database);
    const auto where = m_server->at(database, asOwner);
    runAs(where, u"DROP TABLE %1.%2 CASCADE"_s
                     .arg(postgres::quoteIdentifier(schema), postgres::quoteIdentifier(table))
                     .toUtf8());
    const RestorePlan plan{.id = freshRestoreId(SystemClock().now()),
                           .file = source.file,
                           .target = where,
                           .environment = u"test"_s,
                           .plannedAt = SystemClock().now(),
                           .mode = RestoreMode::Tables,
                           .tables = {{schema, table}}};
    TaskContext context;
    const RestoreReceipt receipt =
        RestoreRunner(plan, SystemClock(), {}).run(std::nullopt, context);
    QVERIFY2(receipt.verdict != Verdict::NotRestored, why(receipt));
    const QByteArray after = m_server->dumpOf(database, asOwner);
    m_server->dropDatabase(database);
    const QSet<QByteArray> before = textsOf(source.dump);
    const QSet<QByteArray> now = textsOf(after);
    const QByteArray notes = receipt.notes.join(u'\n').toUtf8();
    for (const DumpEntry &entry : entriesOf(withSortedRows(after)))
        QVERIFY2(before.contains(entry.text) || notes.contains(wordOf(entry)),
                 "new, and not named: " + entry.text);
    for (const DumpEntry &entry : entriesOf(withSortedRows(source.dump))) {
        if (now.contains(entry.text))
            continue;
        QVERIFY2(notes.contains(wordOf(entry)),
                 "not back, and not named: " + entry.type + ' ' + entry.name);
        // A child by inheritance is a table of its own, which was not asked for.
        const bool isOther = entry.type.startsWith("TABLE") || entry.type == "DEFAULT";
        QVERIFY2(isOther || receipt.verdict == Verdict::Differences,
                 "not back, and proven: " + entry.type + ' ' + entry.name);
    }
}

MAYDAY_TEST(TestTableTrip);
#include "tst_tabletrip.moc"
