// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/backupshelf.h"
#include "support/containers.h"
#include "support/fakeclock.h"
#include "support/gzipbytes.h"
#include "support/keyboardwalk.h"
#include "support/screen.h"
#include "support/scriptedprompter.h"
#include "support/testmain.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/stateglyph.h"
#include "ui/restore/backupmodel.h"
#include "ui/restore/chooseview.h"

#include <QAbstractItemModelTester>
#include <QDropEvent>
#include <QMimeData>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace Qt::StringLiterals;

namespace {

/// What pg_dump --verbose writes for tables of a given number of rows.
QByteArray dumpOf(const QList<std::pair<QByteArray, int>> &tables, const QByteArray &started = {})
{
    QByteArray text = "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version "
                      "17.11\n-- Dumped by pg_dump version 17.11\n\n";
    if (!started.isEmpty())
        text += "-- Started on " + started + "\n\n";
    text += "SET client_encoding = 'UTF8';\n\n";
    for (const auto &[name, rows] : tables) {
        text += "CREATE TABLE public." + name + " (\n    id integer NOT NULL\n);\n\nCOPY public." +
                name + " (id) FROM stdin;\n";
        for (int row = 1; row <= rows; ++row)
            text += QByteArray::number(row) + '\n';
        text += "\\.\n\n";
    }
    return text + "--\n-- PostgreSQL database dump complete\n--\n\n";
}

} // namespace

class TestChooseView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme.applyTo(*qApp); }
    void init();
    void cleanup();

    void anEmptyShelfSaysWhereToPutFiles();
    void theNewestIsSelectedAndTakenByEnter();
    void whatIsInsideIsTold();
    void onlyAWholeBackupCanBeTaken_data();
    void onlyAWholeBackupCanBeTaken();
    void whatMayLackSomethingSaysSoAndCanBeTaken();
    void whileItIsBeingReadItSaysSo();
    void aSelectedBackupStaysSelected();
    void aSelectedBackupThatGoesGivesWay();
    void aFileFromElsewhereIsAdded();
    void aFileThatIsNotThereChangesNothing();
    void filesAreDropped();
    void packedBackupsAreTaken_data();
    void packedBackupsAreTaken();
    void theDialogShowsPackedBackups();
    void whatCannotBeOpenedSaysWhatToDo();
    void theTableIsCopiedWithFullPaths();
    void tabReachesEverythingAndAllHasAName();
    void nothingIsClipped();

private:
    QString put(const QString &name, const QByteArray &bytes, int hoursOld = 1);
    void look();
    [[nodiscard]] ActionTable &table() const { return *m_view->findChild<ActionTable *>(); }
    [[nodiscard]] QString cell(int row, int column) const
    {
        return table().model()->index(row, column).data().toString();
    }
    [[nodiscard]] ActionButton *take() const { return seenButton(*m_view, u"Use this backup"_s); }

    Theme m_theme;
    FakeClock m_clock;
    QThreadPool m_pool;
    test::ScriptedPrompter m_prompter;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<backup::BackupShelf> m_shelf;
    std::unique_ptr<ChooseView> m_view;
};

void TestChooseView::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(QDir(m_folder->path()).mkdir(u"backups"_s));
    m_shelf = std::make_unique<backup::BackupShelf>(m_folder->filePath(u"backups"_s), m_pool);
    m_view = std::make_unique<ChooseView>(ChooseView::Parts{
        .theme = m_theme, .shelf = *m_shelf, .clock = m_clock, .prompter = m_prompter});
    m_view->resize(900, 500);
    m_view->show();
    QVERIFY(QTest::qWaitForWindowActive(m_view.get()));
    m_view->initialFocus()->setFocus();
}

void TestChooseView::cleanup()
{
    m_view.reset();
    m_shelf.reset();
    m_prompter = {};
}

QString TestChooseView::put(const QString &name, const QByteArray &bytes, int hoursOld)
{
    QFile file(m_folder->filePath(name.contains(u'/') ? name : u"backups/"_s + name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.flush() ||
        !file.setFileTime(m_clock.now().addSecs(-3600 * hoursOld),
                          QFileDevice::FileModificationTime))
        qFatal("the backup could not be written");
    return file.fileName();
}

void TestChooseView::look()
{
    m_shelf->refresh();
    QTRY_VERIFY(!m_shelf->isReading());
}

void TestChooseView::anEmptyShelfSaysWhereToPutFiles()
{
    QVERIFY(table().accessibleDescription().contains(m_shelf->folder()));
    QVERIFY(!take()->isEnabled());
    const QSignalSpy chosen(m_view.get(), &ChooseView::chosen);
    press(*m_view, Qt::Key_Return);
    QCOMPARE(chosen.size(), 0);
}

void TestChooseView::theNewestIsSelectedAndTakenByEnter()
{
    const QAbstractItemModelTester tester(table().model());
    put(u"old.sql"_s, dumpOf({{"products", 3}}), 30);
    const QString newest = put(u"new.sql.gz"_s, gzipped(dumpOf({{"products", 1200}})), 2);
    look();
    QCOMPARE(cell(0, BackupModel::File), u"new.sql.gz"_s);
    QCOMPARE(cell(0, BackupModel::Taken), u"file 2 h 00 min ago"_s);
    QCOMPARE(cell(0, BackupModel::Rows), u"1,200"_s);
    QCOMPARE(cell(0, BackupModel::State), u"Complete"_s);
    QCOMPARE(cell(1, BackupModel::Taken), u"file 1 day ago"_s);
    const QSignalSpy chosen(m_view.get(), &ChooseView::chosen);
    press(*m_view, Qt::Key_Return);
    press(*m_view, Qt::Key_Down);
    take()->setFocus();
    press(*m_view, Qt::Key_Space);
    QCOMPARE(chosen.size(), 2);
    QCOMPARE(chosen[0][0].toString(), newest);
    QVERIFY(chosen[1][0].toString().endsWith("/old.sql"_L1));
}

void TestChooseView::whatIsInsideIsTold()
{
    put(u"shop.sql"_s, dumpOf({{"a", 1},
                               {"b", 12},
                               {"products", 1200},
                               {"d", 4},
                               {"e", 5},
                               {"f", 6},
                               {"g", 7},
                               {"h", 8}}));
    look();
    QTRY_VERIFY2(
        seenText(*m_view).contains(u"Inside: products 1,200, b 12, h 8, g 7, f 6, e 5, 2 more."_s),
        qPrintable(seenText(*m_view)));
}

void TestChooseView::onlyAWholeBackupCanBeTaken_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("word");
    const QByteArray whole = dumpOf({{"products", 40}});
    const QByteArray packed = gzipped(whole);
    QTest::newRow("cut in the rows") << whole.left(whole.indexOf("\n20\n")) << u"Cut off"_s;
    QTest::newRow("without its last line")
        << whole.left(whole.indexOf("-- PostgreSQL database dump complete")) << u"Cut off"_s;
    QTest::newRow("half a gzip file") << packed.left(packed.size() / 2) << u"Cut off"_s;
    QTest::newRow("nothing in it") << QByteArray() << u"Not a dump"_s;
    QTest::newRow("something else") << QByteArray("<html>Not found</html>\n") << u"Not a dump"_s;
}

void TestChooseView::onlyAWholeBackupCanBeTaken()
{
    QFETCH(QByteArray, bytes);
    put(u"shop.sql"_s, bytes);
    look();
    QTEST(cell(0, BackupModel::State), "word");
    QCOMPARE(table().model()->index(0, BackupModel::State).data(ShapeRole).toInt(),
             static_cast<int>(StateShape::Down));
    QVERIFY(!take()->isEnabled());
    QCOMPARE(take()->toolTip(), u"Only a backup that was read to its end can be used."_s);
    QVERIFY2(!seenText(*m_view).contains(u"Inside:"_s), qPrintable(seenText(*m_view)));
    QVERIFY(seenText(*m_view).contains(u"shop.sql"_s)); // why, in words
    const QSignalSpy chosen(m_view.get(), &ChooseView::chosen);
    press(*m_view, Qt::Key_Return);
    QTest::mouseDClick(table().viewport(), Qt::LeftButton, {},
                       table().visualRect(table().model()->index(0, 0)).center());
    QCOMPARE(chosen.size(), 0);
}

void TestChooseView::whatMayLackSomethingSaysSoAndCanBeTaken()
{
    put(u"shop-1.sql"_s, dumpOf({{"products", 3000}}), 40);
    put(u"shop-2.sql"_s, dumpOf({{"products", 1000}}), 30);
    put(u"hollow.sql"_s, dumpOf({{"products", 0}}), 20);
    put(u"tiny.sql"_s, dumpOf({{"products", 3}}), 10);
    look();
    m_shelf->setFloor(1000);
    const auto shape = [this](int row) {
        return table().model()->index(row, BackupModel::State).data(ShapeRole).toInt();
    };
    struct Row {
        QString state;
        StateShape shape;
        QString said;
    };
    const QList<Row> rows = {
        {u"Too small"_s, StateShape::Down, u"smaller than any backup should be"_s},
        {u"Empty"_s, StateShape::Down, u"no table in it has a row"_s},
        {u"Complete, shrunk"_s, StateShape::Degraded, u"less than half as large as the one"_s},
        {u"Complete"_s, StateShape::Ok, u"Inside: products 3,000."_s}};
    for (int row = 0; row < rows.size(); ++row) {
        QCOMPARE(cell(row, BackupModel::State), rows[row].state);
        QCOMPARE(shape(row), static_cast<int>(rows[row].shape));
        table().setCurrentIndex(table().model()->index(row, 0));
        QVERIFY2(seenText(*m_view).contains(rows[row].said), qPrintable(rows[row].said));
        QVERIFY(take()->isEnabled()); // a dump of the structure alone may be what is wanted
    }
}

void TestChooseView::whileItIsBeingReadItSaysSo()
{
    put(u"shop.sql"_s, dumpOf({{"products", 40}}));
    m_shelf->refresh();
    QCOMPARE(cell(0, BackupModel::State), u"Being read"_s);
    QVERIFY(seenText(*m_view).contains(u"It is being read to its end"_s));
    QVERIFY(!take()->isEnabled());
    QTRY_VERIFY(take()->isEnabled()); // by itself, without a word or a key
    QVERIFY(take()->toolTip().isEmpty());
}

void TestChooseView::aSelectedBackupStaysSelected()
{
    put(u"a.sql"_s, dumpOf({{"products", 1}}), 1);
    put(u"b.sql"_s, dumpOf({{"products", 2}}), 2);
    put(u"c.sql"_s, dumpOf({{"products", 3}}), 3);
    look();
    press(*m_view, Qt::Key_Down);
    QCOMPARE(cell(table().currentIndex().row(), BackupModel::File), u"b.sql"_s);
    // A nightly job writes a new one; its own time, in the file, makes it the oldest in the end.
    put(u"z.sql"_s, dumpOf({{"products", 4}}, "2025-01-01 02:00:00 UTC"), 0);
    look();
    QCOMPARE(table().model()->rowCount(), 4);
    QCOMPARE(cell(3, BackupModel::File), u"z.sql"_s);
    QCOMPARE(cell(table().currentIndex().row(), BackupModel::File), u"b.sql"_s);
    const QSignalSpy chosen(m_view.get(), &ChooseView::chosen);
    press(*m_view, Qt::Key_Return);
    QVERIFY(chosen[0][0].toString().endsWith("/b.sql"_L1));
}

void TestChooseView::aSelectedBackupThatGoesGivesWay()
{
    put(u"a.sql"_s, dumpOf({{"products", 1}}), 1);
    const QString gone = put(u"b.sql"_s, dumpOf({{"products", 2}}), 2);
    look();
    press(*m_view, Qt::Key_Down);
    QVERIFY(QFile::remove(gone));
    look();
    QCOMPARE(table().model()->rowCount(), 1);
    QCOMPARE(table().currentIndex().row(), 0);
    QVERIFY(QFile::remove(m_folder->filePath(u"backups/a.sql"_s)));
    look();
    QVERIFY(!take()->isEnabled());
    QVERIFY(!seenText(*m_view).contains(u"Inside"_s));
}

void TestChooseView::aFileFromElsewhereIsAdded()
{
    QVERIFY(QDir(m_folder->path()).mkdir(u"elsewhere"_s));
    const QString path = put(u"elsewhere/usb.sql"_s, dumpOf({{"products", 7}}));
    m_prompter.texts = {path};
    seenButton(*m_view, u"Add a file"_s)->setFocus();
    press(*m_view, Qt::Key_Return);
    QTRY_COMPARE(table().model()->rowCount(), 1);
    QTRY_VERIFY(!m_shelf->isReading());
    QCOMPARE(cell(0, BackupModel::File), u"usb.sql"_s);
    QCOMPARE(m_prompter.fileQuestions.value(0).folder, m_shelf->folder());
    QVERIFY(QFile::exists(path)); // it stays where it is
    look();
    QCOMPARE(table().model()->rowCount(), 1); // and on the list
}

void TestChooseView::aFileThatIsNotThereChangesNothing()
{
    put(u"a.sql"_s, dumpOf({{"products", 1}}));
    look();
    m_prompter.texts = {m_folder->filePath(u"missing.sql"_s)};
    seenButton(*m_view, u"Add a file"_s)->click();
    seenButton(*m_view, u"Add a file"_s)->click(); // the second time it is cancelled
    QTRY_COMPARE(m_prompter.asked.size(), 2);
    QTRY_VERIFY(!m_shelf->isReading());
    QCOMPARE(table().model()->rowCount(), 1);
    QVERIFY(take()->isEnabled());
}

void TestChooseView::filesAreDropped()
{
    QMimeData dropped;
    dropped.setUrls({QUrl::fromLocalFile(put(u"../one.sql"_s, dumpOf({{"products", 1}}))),
                     QUrl(u"https://example.com/two.sql"_s)});
    QDragEnterEvent enters({5, 5}, Qt::CopyAction, &dropped, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_view.get(), &enters);
    QVERIFY(enters.isAccepted());
    QDropEvent drops({5, 5}, Qt::CopyAction, &dropped, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_view.get(), &drops);
    QTRY_COMPARE(table().model()->rowCount(), 1); // what is not on this disk is left alone
    QMimeData words;
    words.setText(u"shop.sql"_s);
    QDragEnterEvent refused({5, 5}, Qt::CopyAction, &words, Qt::LeftButton, Qt::NoModifier);
    refused.ignore();
    QCoreApplication::sendEvent(m_view.get(), &refused);
    QVERIFY(!refused.isAccepted());
}

void TestChooseView::packedBackupsAreTaken_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("bytes");
    const PackedFiles files{{.name = u"shop/"_s},
                            {.name = u"shop/shop.sql"_s, .bytes = dumpOf({{"products", 40}})}};
    QTest::newRow("zip") << u"shop.zip"_s << zipOf(files);
    QTest::newRow("7z") << u"shop.7z"_s << sevenZipOf(files);
    QTest::newRow("tar") << u"shop.tar"_s << tarOf(files);
    for (const auto &[word, ending] : {std::pair(u"gz"_s, u"tgz"_s), std::pair(u"bz2"_s, u"tbz2"_s),
                                       std::pair(u"xz"_s, u"txz"_s)}) {
        const QByteArray bytes = packed(tarOf(files), word);
        QTest::newRow(qPrintable(ending)) << u"shop."_s + ending << bytes;
        QTest::newRow(qPrintable(word)) << u"shop.tar."_s + word << bytes;
    }
}

/// From the shelf's own folder, and dropped from elsewhere.
void TestChooseView::packedBackupsAreTaken()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, bytes);
    QVERIFY(QDir(m_folder->path()).mkdir(u"elsewhere"_s));
    put(name, bytes);
    QMimeData dropped;
    dropped.setUrls({QUrl::fromLocalFile(put(u"elsewhere/"_s + name, bytes, 2))});
    QDragEnterEvent enters({5, 5}, Qt::CopyAction, &dropped, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_view.get(), &enters);
    QDropEvent drops({5, 5}, Qt::CopyAction, &dropped, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_view.get(), &drops);
    look();
    QCOMPARE(table().model()->rowCount(), 2);
    for (int row = 0; row < 2; ++row) {
        table().setCurrentIndex(table().model()->index(row, 0));
        QVERIFY2(take()->isEnabled(), qPrintable(seenText(*m_view)));
        QVERIFY(seenText(*m_view).contains(u"Inside: products 40."_s));
    }
}

void TestChooseView::theDialogShowsPackedBackups()
{
    m_prompter.texts = {m_folder->filePath(u"missing.sql"_s)};
    seenButton(*m_view, u"Add a file"_s)->click();
    QTRY_COMPARE(m_prompter.fileQuestions.size(), 1);
    const QString filter = m_prompter.fileQuestions[0].filters.value(0);
    const QStringList patterns =
        filter.section(u'(', 1).section(u')', 0, 0).split(u' ', Qt::SkipEmptyParts);
    for (const QString &name :
         {u"a.sql"_s, u"a.sql.gz"_s, u"a.sql.gz.gz"_s, u"a.dump"_s, u"a.zip"_s, u"a.tar"_s,
          u"a.tar.gz"_s, u"a.tar.zst"_s, u"a.tgz"_s, u"a.tbz2"_s, u"a.txz"_s, u"a.7z"_s})
        QVERIFY2(QDir::match(patterns, name), qPrintable(name));
    QVERIFY(!QDir::match(patterns, u"a.png"_s));
}

void TestChooseView::whatCannotBeOpenedSaysWhatToDo()
{
    QVERIFY(QFile::copy(QStringLiteral(MAYDAY_SOURCE_DIR "/tests/data/wrapped/encrypted.zip"),
                        m_folder->filePath(u"backups/shop.zip"_s)));
    look();
    QVERIFY(!take()->isEnabled());
    const QString text = seenText(*m_view);
    QVERIFY2(text.contains(u"shop.sql in this zip cannot be read: it is encrypted"_s),
             qPrintable(text));
    QVERIFY2(text.contains(u"Unpack it with the program it was packed with"_s), qPrintable(text));
}

void TestChooseView::theTableIsCopiedWithFullPaths()
{
    const QString path = put(u"a.sql"_s, dumpOf({{"products", 1}}));
    look();
    QVERIFY2(table().asText().contains(path), qPrintable(table().asText()));
    QVERIFY(table().asText().contains(u"Complete"_s));
}

void TestChooseView::tabReachesEverythingAndAllHasAName()
{
    put(u"a.sql"_s, dumpOf({{"products", 1}}));
    look();
    QCOMPARE(tabStops(*m_view).size(), 4);
    const QStringList missed = missedByTab(*m_view);
    QVERIFY2(missed.isEmpty(), qPrintable(missed.join(u", "_s)));
    int seen = 0;
    const QStringList nameless = namelessFor(*m_view, seen);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u", "_s)));
}

void TestChooseView::nothingIsClipped()
{
    put(u"a-name-that-is-much-longer-than-any-sensible-person-would-give-to-a-backup-of-a-shop-"
        "from-the-second-of-november.sql"_s,
        dumpOf({{"a_table_with_a_long_name_one", 1},
                {"a_table_with_a_long_name_two", 2},
                {"a_table_with_a_long_name_three", 3},
                {"a_table_with_a_long_name_four", 4}}));
    look();
    m_view->resize(600, 400);
    QTRY_COMPARE(m_view->size(), QSize(600, 400));
    const QStringList clipped = clippedTexts(*m_view);
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(u" | "_s)));
}

MAYDAY_UI_TEST(TestChooseView);
#include "tst_chooseview.moc"
