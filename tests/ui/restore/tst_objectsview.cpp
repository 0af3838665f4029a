// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/atomicfile.h"
#include "support/keyboardwalk.h"
#include "support/screen.h"
#include "support/testmain.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/copybutton.h"
#include "ui/kit/errorpanel.h"
#include "ui/restore/objectsmodel.h"
#include "ui/restore/objectsview.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace mayday;
using namespace mayday::ui;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

namespace {

const QByteArray insideDump =
    "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\n"
    "CREATE FUNCTION public.audit_all() RETURNS trigger LANGUAGE sql AS 'SELECT 1';\n\n"
    "CREATE TABLE public.orders (\n    id integer\n);\n\n"
    "COPY public.orders (id) FROM stdin;\n1\n2\n\\.\n\n"
    "CREATE TRIGGER audit BEFORE INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION f();\n\n"
    "GRANT USAGE ON SCHEMA public TO reader;\n\n"
    "--\n-- PostgreSQL database dump complete\n--\n\n";

} // namespace

/// What is in a backup, found and read by keyboard.
class TestObjectsView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void everythingIsListed();
    void theSqlOfTheSelectedOne();
    void wordsFind();
    void theLargestComeFirst();
    void theKeyboardDoesAll();
    void theSqlIsCopied();
    void whatIsGoneIsSaid();
    void whatCannotBeReadIsSaid();
    void anotherFileIsListedAnew();
    void theSameOnceMoreIsNoError();
    void lettersNobodyKnowsAreNotCopied();
    void nothingIsClipped();
    void manyScroll();

private:
    [[nodiscard]] QLineEdit *field() const { return m_view->findChild<QLineEdit *>(); }
    [[nodiscard]] ActionTable *table() const { return m_view->findChild<ActionTable *>(); }
    [[nodiscard]] QPlainTextEdit *sql() const { return m_view->findChild<QPlainTextEdit *>(); }
    [[nodiscard]] QString path() const { return m_folder->filePath(u"shop.sql"_s); }
    [[nodiscard]] QString cell(int row, int column) const
    {
        return table()->model()->index(row, column).data().toString();
    }
    void put(const QByteArray &bytes)
    {
        QVERIFY(writeFileAtomically(path(), bytes));
        m_shelf->refresh();
        QTRY_VERIFY_WITH_TIMEOUT(m_shelf->entry(path()) && m_shelf->entry(path())->inspection,
                                 30000);
    }
    void open()
    {
        m_view->showBackup(path());
        QTRY_VERIFY(table()->model()->rowCount() > 0);
        m_view->initialFocus()->setFocus();
    }

    Theme m_theme;
    std::unique_ptr<QTemporaryDir> m_folder;
    QThreadPool m_pool;
    std::unique_ptr<backup::BackupShelf> m_shelf;
    std::unique_ptr<ObjectsView> m_view;
};

void TestObjectsView::init()
{
    m_theme.applyTo(*qApp);
    m_folder = std::make_unique<QTemporaryDir>();
    m_shelf = std::make_unique<backup::BackupShelf>(m_folder->path(), m_pool);
    put(insideDump);
    m_view = std::make_unique<ObjectsView>(m_theme, *m_shelf);
    m_view->resize(768, 520);
    m_view->show();
    QVERIFY(QTest::qWaitForWindowActive(m_view.get()));
}

void TestObjectsView::cleanup()
{
    m_view.reset();
    m_shelf.reset();
    m_pool.waitForDone();
}

void TestObjectsView::everythingIsListed()
{
    open();
    const QAbstractItemModelTester tester(table()->model(),
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(table()->model()->rowCount(), 4);
    QCOMPARE(cell(0, ObjectsModel::Kind), u"function"_s);
    QCOMPARE(cell(0, ObjectsModel::Name), u"public.audit_all()"_s);
    QCOMPARE(cell(1, ObjectsModel::Name), u"public.orders"_s);
    QCOMPARE(cell(1, ObjectsModel::Rows), u"2"_s);
    QVERIFY2(cell(1, ObjectsModel::Size).endsWith(u" B"_s),
             qPrintable(cell(1, ObjectsModel::Size)));
    QCOMPARE(cell(0, ObjectsModel::Size), QString());
    QVERIFY(table()->isNumberColumn(ObjectsModel::Size));
    QCOMPARE(cell(2, ObjectsModel::Name), u"audit on public.orders"_s);
    QCOMPARE(cell(2, ObjectsModel::Rows), QString());
    QCOMPARE(cell(3, ObjectsModel::Kind), u"schema"_s);
    QVERIFY(seenText(*m_view).contains(u"What is in shop.sql?"_s));
    QVERIFY(seenText(*m_view).contains(u"4 things"_s));
}

void TestObjectsView::theSqlOfTheSelectedOne()
{
    open();
    table()->setCurrentIndex(table()->model()->index(1, 0));
    QTRY_COMPARE(sql()->toPlainText(),
                 u"CREATE TABLE public.orders (\n    id integer\n);\n\n"
                 "CREATE TRIGGER audit BEFORE INSERT ON public.orders FOR EACH ROW EXECUTE "
                 "FUNCTION f();"_s);
    QVERIFY(seenText(*m_view).contains(u"Its 2 rows are not shown here."_s));
    // Nothing of one thing stands beside the name of another.
    table()->setCurrentIndex(table()->model()->index(3, 0));
    QVERIFY(sql()->toPlainText().isEmpty());
    QTRY_COMPARE(sql()->toPlainText(), u"GRANT USAGE ON SCHEMA public TO reader;"_s);
    QVERIFY(seenText(*m_view).contains(u"The backup does not make it"_s));
}

void TestObjectsView::wordsFind()
{
    open();
    field()->setText(u"AUDIT"_s);
    QCOMPARE(table()->model()->rowCount(), 2);
    field()->setText(u"trigger orders"_s);
    QCOMPARE(table()->model()->rowCount(), 1);
    QTRY_VERIFY(sql()->toPlainText().startsWith(u"CREATE TRIGGER audit"_s));
    field()->setText(u"zebra"_s);
    QCOMPARE(table()->model()->rowCount(), 0);
    QVERIFY(sql()->toPlainText().isEmpty());
    field()->clear();
    QCOMPARE(table()->model()->rowCount(), 4);
}

void TestObjectsView::theLargestComeFirst()
{
    const QByteArray stock = "CREATE TABLE public.stock (\n    id text\n);\n\n"
                             "COPY public.stock (id) FROM stdin;\n" +
                             QByteArray(5000, 'x') + "\n\\.\n\n";
    put(QByteArray(insideDump).replace("CREATE TRIGGER", stock + "CREATE TRIGGER"));
    open();
    const QAbstractItemModelTester tester(table()->model(),
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto names = [this] {
        QStringList all;
        for (int row = 0; row < table()->model()->rowCount(); ++row)
            all.append(cell(row, ObjectsModel::Name));
        return all.join(u'|');
    };
    const QString ofTheFile =
        u"public.audit_all()|public.orders|public.stock|audit on public.orders|public"_s;
    QCOMPARE(names(), ofTheFile);
    const QPersistentModelIndex held = table()->model()->index(1, ObjectsModel::Name);
    seenButton(*m_view, u"Largest first"_s)->setFocus();
    press(*m_view, Qt::Key_Space);
    QCOMPARE(names(),
             u"public.stock|public.orders|public.audit_all()|audit on public.orders|public"_s);
    QVERIFY2(cell(0, ObjectsModel::Size).startsWith(u"5"_s),
             qPrintable(cell(0, ObjectsModel::Size)));
    QCOMPARE(held.data().toString(), u"public.orders"_s);
    QCOMPARE(table()->currentIndex().row(), 0);
    QTRY_VERIFY(sql()->toPlainText().startsWith(u"CREATE TABLE public.stock"_s));
    field()->setText(u"orders"_s); // what is found is sorted, too
    QCOMPARE(names(), u"public.orders|audit on public.orders"_s);
    field()->clear();
    seenButton(*m_view, u"As in the file"_s)->click();
    QCOMPARE(names(), ofTheFile);
    // By the header: the smallest that has rows before those that have none.
    table()->sortByColumn(ObjectsModel::Size, Qt::AscendingOrder);
    QVERIFY2(names().startsWith(u"public.orders|public.stock|public.audit_all()"_s),
             qPrintable(names()));
    table()->sortByColumn(ObjectsModel::Name, Qt::DescendingOrder);
    QVERIFY2(names().startsWith(u"public.stock|public.orders|"_s), qPrintable(names()));
    table()->sortByColumn(ObjectsModel::Kind, Qt::AscendingOrder);
    QVERIFY2(names().startsWith(u"public.audit_all()|public|"_s), qPrintable(names()));
    QHeaderView *head = table()->horizontalHeader();
    QTest::mouseClick(head->viewport(), Qt::LeftButton, {},
                      {head->sectionViewportPosition(ObjectsModel::Size) + 20, 10});
    QVERIFY2(names().startsWith(u"public.stock|public.orders|"_s), qPrintable(names()));
    QVERIFY(seenButton(*m_view, u"As in the file"_s));
}

void TestObjectsView::theKeyboardDoesAll()
{
    open();
    QCOMPARE(missedByTab(*m_view), QStringList());
    press(*m_view, Qt::Key_F, Qt::ControlModifier);
    QVERIFY(field()->hasFocus());
    QTest::keyClicks(field(), u"orders"_s);
    press(*m_view, Qt::Key_Return);
    QVERIFY(table()->hasFocus());
    press(*m_view, Qt::Key_Down);
    QCOMPARE(table()->currentIndex().row(), 1);
    press(*m_view, Qt::Key_Return);
    QVERIFY(sql()->hasFocus());
    QTRY_VERIFY(sql()->toPlainText().startsWith(u"CREATE TRIGGER audit"_s));
    const QSignalSpy back(m_view.get(), &ObjectsView::backRequested);
    press(*m_view, Qt::Key_Escape);
    QTRY_COMPARE(back.size(), 1); // a button is pressed, and comes up again
}

void TestObjectsView::theSqlIsCopied()
{
    open();
    QTRY_VERIFY(!sql()->toPlainText().isEmpty());
    const QString text = sql()->toPlainText();
    m_view->findChild<CopyButton *>()->click();
    QCOMPARE(QGuiApplication::clipboard()->text(), text);
    QGuiApplication::clipboard()->clear();
    sql()->setFocus();
    press(*m_view, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), text);
}

void TestObjectsView::whatIsGoneIsSaid()
{
    m_view->showBackup(m_folder->filePath(u"other.sql"_s));
    QVERIFY(m_view->findChild<ErrorPanel *>()->isVisible());
    QVERIFY(seenText(*m_view).contains(u"The file is as it was"_s));
    QVERIFY(seenText(*m_view).contains(u"What is in other.sql?"_s));
    open();
    m_view->showBackup(m_folder->filePath(u"other.sql"_s));
    QVERIFY(!seenText(*m_view).contains(u"shop.sql"_s));
    open();
    QVERIFY(!m_view->findChild<ErrorPanel *>()->isVisible());
}

void TestObjectsView::whatCannotBeReadIsSaid()
{
    open();
    QTRY_VERIFY(!sql()->toPlainText().isEmpty());
    QVERIFY(QFile::remove(path()));
    table()->setCurrentIndex(table()->model()->index(1, 0));
    QTRY_VERIFY(m_view->findChild<ErrorPanel *>()->isVisible());
    QVERIFY(sql()->toPlainText().isEmpty());
    QVERIFY(seenText(*m_view).contains(u"4 things"_s));
}

void TestObjectsView::anotherFileIsListedAnew()
{
    open();
    QTRY_VERIFY(!sql()->toPlainText().isEmpty());
    put(QByteArray(insideDump).replace("public.audit_all()", "public.a()"));
    QTRY_COMPARE(cell(0, ObjectsModel::Name), u"public.a()"_s);
    QTRY_VERIFY(sql()->toPlainText().startsWith(u"CREATE FUNCTION public.a()"_s));
    // Before the shelf has noticed, nothing is cut out at places where other things stand.
    QVERIFY(writeFileAtomically(path(), "-- more\n" + insideDump));
    table()->setCurrentIndex(table()->model()->index(1, 0));
    QTRY_VERIFY(m_view->findChild<ErrorPanel *>()->isVisible());
    QVERIFY(sql()->toPlainText().isEmpty());
}

void TestObjectsView::theSameOnceMoreIsNoError()
{
    m_view->showBackup(path());
    open();
    QTRY_VERIFY(!sql()->toPlainText().isEmpty());
    QVERIFY(!m_view->findChild<ErrorPanel *>()->isVisible());
}

void TestObjectsView::lettersNobodyKnowsAreNotCopied()
{
    put(QByteArray(insideDump).replace("'UTF8'", "'MULE_INTERNAL'"));
    open();
    QTRY_VERIFY(seenText(*m_view).contains(u"MULE_INTERNAL"_s));
    QVERIFY(sql()->toPlainText().isEmpty());
    QVERIFY(!m_view->findChild<CopyButton *>()->isEnabled());
}

void TestObjectsView::nothingIsClipped()
{
    open();
    QTRY_VERIFY(!sql()->toPlainText().isEmpty());
    QCOMPARE(clippedTexts(*m_view), QStringList());
    QVERIFY(table()->height() > 100 && sql()->height() > 80);
}

void TestObjectsView::manyScroll()
{
    QByteArray text = "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n";
    for (int i = 0; i < 20'000; ++i)
        text += "CREATE TABLE public.t" + QByteArray::number(i) + " (id integer);\n";
    put(text + "\n--\n-- PostgreSQL database dump complete\n--\n\n");
    QTRY_COMPARE(m_shelf->entry(path())->inspection->tables.size(), 20'000);
    m_view->showBackup(path());
    QTRY_COMPARE(table()->model()->rowCount(), 20'000);
    QElapsedTimer timer;
    timer.start();
    table()->setFocus();
    for (int page = 0; page < 50; ++page)
        press(*m_view, Qt::Key_PageDown);
    press(*m_view, Qt::Key_End);
    field()->setText(u"t1999"_s);
    QCOMPARE(table()->model()->rowCount(), 11);
    // Fast enough not to be felt, with room for a machine that is busy.
    QVERIFY2(timer.elapsed() < 2000, QByteArray::number(timer.elapsed()));
    QTRY_VERIFY(sql()->toPlainText().contains(u"t1999"_s));
}

MAYDAY_UI_TEST(TestObjectsView);
#include "tst_objectsview.moc"
