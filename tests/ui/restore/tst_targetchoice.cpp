// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/keyboardwalk.h"
#include "support/testmain.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/banner.h"
#include "ui/kit/facttable.h"
#include "ui/restore/backupspage.h"
#include "ui/restore/keptview.h"
#include "ui/restore/restorepanelfixture.h"
#include "ui/restore/targetchoice.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QWheelEvent>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace mayday::ui::test;
using namespace Qt::StringLiterals;

namespace {

/// A backup whose manifest says what it was made of; empty: it has none.
backup::BackupEntry madeOf(const QString &database)
{
    backup::BackupEntry entry;
    entry.manifest.database = database;
    return entry;
}

} // namespace

/// Into which of the databases of the stack a restore goes, outside of an incident.
class TestTargetChoice : public QObject, protected RestorePanelFixture {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        startServer();
        m_stock = std::make_unique<restore::test::Shop>(*m_server);
    }
    void init() { setUp(); }
    void cleanup()
    {
        m_page.reset();
        tearDown();
    }

    void whichOneIsUsual();
    void oneIsNamedWithoutABox();
    void noneSaysWhatToDo();
    void aPersonChoosesByKeyboard();
    void aWheelOrALetterChoosesNothing();
    void whatIsChosenIsPlannedAndRestored();
    void whatIsKeptFollows();
    void theShelfFollows();

private:
    [[nodiscard]] RestoreTarget targetOf(const restore::test::Shop &shop, const QString &id,
                                         const QString &name) const
    {
        RestoreTarget target = this->target();
        target.database = id;
        target.name = name;
        target.described = shop.target();
        target.connection = [&shop]() -> Result<postgres::ConnectionString> {
            return shop.target();
        };
        return target;
    }
    [[nodiscard]] RestoreTargets both() const
    {
        return {.all = {targetOf(*m_shop, u"main"_s, u"shop"_s),
                        targetOf(*m_stock, u"stock"_s, u"stock"_s)}};
    }
    void open(const RestoreTargets &targets)
    {
        m_panel.reset();
        m_page = std::make_unique<BackupsPage>(parts());
        m_page->setTargets(targets);
        m_page->resize(888, 620);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
        m_page->initialFocus()->setFocus();
    }
    /// Through its list, as a person does.
    void chooseByKeyboard(Qt::Key towards)
    {
        QTRY_VERIFY(box().isEnabled()); // the statistics are gathered behind a verdict
        press(*m_page, Qt::Key_I, Qt::AltModifier);
        QVERIFY(box().hasFocus());
        press(*m_page, Qt::Key_Down);
        QTRY_VERIFY(box().view()->isVisible());
        QTest::keyClick(box().view(), towards);
        QTest::keyClick(box().view(), Qt::Key_Return);
        QTRY_VERIFY(!box().view()->isVisible());
        m_page->activateWindow(); // without a window manager nobody does
        QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
    }
    void putManifest(const QString &name, const QString &database)
    {
        const QString path = m_folder->filePath(u"backups/"_s + name);
        const backup::Manifest manifest{.takenAt = m_clock.now(),
                                        .database = database,
                                        .bytes = QFileInfo(path).size(),
                                        .sha256 = QByteArray(64, 'a'),
                                        .ends = backup::endsOf(path)};
        QFile file(backup::manifestFileOf(path));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QJsonDocument(backup::toJson(manifest)).toJson());
    }
    [[nodiscard]] QComboBox &box() const { return *m_page->findChild<QComboBox *>(); }
    [[nodiscard]] QString seenPage() const { return seenText(*m_page); }
    [[nodiscard]] QString planFacts() const
    {
        return m_page->findChild<PlanView *>()->findChild<FactTable *>()->plainText();
    }

    std::unique_ptr<restore::test::Shop> m_stock;
    std::unique_ptr<BackupsPage> m_page;
};

void TestTargetChoice::whichOneIsUsual()
{
    RestoreTargets targets = both();
    targets.all[0].described = targets.all[0].described.withDatabase(u"shop_db"_s);
    targets.all[1].described = targets.all[1].described.withDatabase(u"stock_db"_s);
    const auto usual = [&targets](const QString &lastUsed, const QStringList &shelf) {
        targets.lastUsed = lastUsed;
        QList<backup::BackupEntry> entries;
        for (const QString &database : shelf)
            entries.append(madeOf(database));
        return usualTarget(targets, entries);
    };
    QCOMPARE(usual({}, {}), u"main"_s); // nobody knows
    QCOMPARE(usual(u"stock"_s, {QString()}), u"stock"_s);
    QCOMPARE(usual(u"gone"_s, {}), u"main"_s);
    QCOMPARE(usual(u"main"_s, {QString(), u"stock_db"_s}), u"stock"_s);     // it is its shelf
    QCOMPARE(usual(u"stock"_s, {u"shop_db"_s, u"stock_db"_s}), u"stock"_s); // it is of both
    QCOMPARE(usual({}, {u"stock_db"_s, u"old"_s}), u"main"_s);
    QCOMPARE(usual(u"stock"_s, {u"old"_s}), u"stock"_s);
    QCOMPARE(usualTarget({}, {}), QString());
}

void TestTargetChoice::oneIsNamedWithoutABox()
{
    open({.all = {targetOf(*m_shop, u"main"_s, u"shop"_s)}});
    QVERIFY2(seenPage().contains(u"Into shop"_s), qPrintable(seenPage()));
    QVERIFY(seenPage().contains(m_shop->target().display()));
    QVERIFY(!box().isVisible());
    QCOMPARE(missedByTab(*m_page), QStringList());
}

void TestTargetChoice::noneSaysWhatToDo()
{
    putDump(m_shop->dump());
    open({.noneSentence = u"No database is described."_s,
          .noneDetail = u"Describe it under databases: in stack.yaml."_s,
          .noneExample = u"databases:\n"_s});
    const auto *banner = seen<Banner>(*m_page);
    QVERIFY(banner && !box().isVisible() && !seen<FactTable>(*m_page));
    QVERIFY2(seenPage().contains(u"Describe it under databases: in stack.yaml."_s),
             qPrintable(seenPage()));
    QVERIFY(seenButton(*banner, u"Copy an example"_s));
    QCOMPARE(missedByTab(*m_page), QStringList());
    QCOMPARE(clippedTexts(*m_page), QStringList());
    // A backup can be looked at all the same, and why it leads nowhere is said.
    m_page->initialFocus()->setFocus();
    press(*m_page, Qt::Key_Return);
    QTRY_VERIFY2(seenPage().contains(u"This cannot be restored there as it is."_s),
                 qPrintable(seenPage()));
    m_page->setTargets(both());
    QVERIFY(!seen<Banner>(*m_page) && box().isVisible());
}

void TestTargetChoice::aPersonChoosesByKeyboard()
{
    RestoreTargets targets = both();
    targets.lastUsed = u"stock"_s;
    open(targets);
    QCOMPARE(box().currentText(), u"stock"_s);
    QVERIFY2(seenPage().contains(m_stock->target().display()), qPrintable(seenPage()));
    QCOMPARE(box().accessibleName(), u"Into which database"_s);
    QCOMPARE(missedByTab(*m_page), QStringList());
    int named = 0;
    QCOMPARE(namelessFor(*m_page, named), QStringList());
    QCOMPARE(clippedTexts(*m_page), QStringList());
    const QSignalSpy chosen(m_page.get(), &BackupsPage::targetChosen);
    chooseByKeyboard(Qt::Key_Up);
    QCOMPARE(box().currentText(), u"shop"_s);
    QCOMPARE(chosen.size(), 1);
    QCOMPARE(chosen.first().value(0).toString(), u"main"_s);
    QVERIFY(seenPage().contains(m_shop->target().display()));
    m_page->setTargets(targets); // what a person has chosen stays when the stack is read again
    QCOMPARE(box().currentText(), u"shop"_s);
    // Two of one name are told apart.
    targets.all[1].name = u"shop"_s;
    m_page->setTargets(targets);
    QCOMPARE(box().itemText(0), u"shop (main)"_s);
    QCOMPARE(box().itemText(1), u"shop (stock)"_s);
    targets.all.removeFirst();
    m_page->setTargets(targets); // the one that was chosen is gone
    QVERIFY(!box().isVisible());
    QVERIFY(seenPage().contains(m_stock->target().display()));
}

void TestTargetChoice::aWheelOrALetterChoosesNothing()
{
    open(both());
    const QSignalSpy chosen(m_page.get(), &BackupsPage::targetChosen);
    box().setFocus();
    QWheelEvent wheel({5, 5}, box().mapToGlobal(QPointF(5, 5)), {}, {0, -120}, Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(&box(), &wheel);
    press(*m_page, Qt::Key_S);
    press(*m_page, Qt::Key_End);
    QCOMPARE(box().currentText(), u"shop"_s);
    QVERIFY(chosen.isEmpty());
}

void TestTargetChoice::whatIsChosenIsPlannedAndRestored()
{
    putDump(m_shop->dump());
    open(both());
    press(*m_page, Qt::Key_Return);
    QTRY_VERIFY(seenButton(*m_page, u"Replace schema"_s));
    QVERIFY2(planFacts().contains(u"Into: shop (main in stack.yaml)"_s), qPrintable(planFacts()));
    // At the plan: that of the same backup, for the other one.
    chooseByKeyboard(Qt::Key_Down);
    QTRY_VERIFY(seenButton(*m_page, u"Replace schema public in "_s + m_stock->database()));
    QVERIFY2(planFacts().contains(u"Into: stock (stock in stack.yaml)"_s), qPrintable(planFacts()));
    QVERIFY(planFacts().contains(u"schema public in %1 on "_s.arg(m_stock->database())));
    m_prompter->decisions = {true};
    QList<bool> isFree; // while it runs, and when it has ended
    connect(m_desk.get(), &restore::RestoreDesk::restoreChanged, m_page.get(),
            [&] { isFree.append(box().isEnabled()); });
    seenButton(*m_page, u"Replace schema"_s)->click();
    QTRY_VERIFY_WITH_TIMEOUT(seen<VerdictView>(*m_page), 30000);
    QVERIFY(isFree.size() > 1 && !isFree.first() && isFree.last()); // it goes where it was sent
    QCOMPARE(m_prompter->typed.last().nameToType, m_stock->database());
    QVERIFY(plainValue(m_prompter->typed.last().facts.first()).startsWith(u"stock"_s));
    QCOMPARE(m_desk->records().front().database, u"stock"_s);
    const auto keptIn = [](const restore::test::Shop &shop) {
        return shop.ask("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'public_before%'");
    };
    QCOMPARE(keptIn(*m_stock), u"1"_s);
    QCOMPARE(keptIn(*m_shop), u"0"_s);
    // Its verdict, and with it the way back, is there again after a look at the other.
    chooseByKeyboard(Qt::Key_Up);
    QVERIFY(seen<ChooseView>(*m_page) && !seen<VerdictView>(*m_page));
    chooseByKeyboard(Qt::Key_Down);
    QVERIFY(seen<VerdictView>(*m_page));
    m_prompter->decisions = {true};
    seenButton(*m_page, u"Put back the data as it was before"_s)->click();
    QTRY_VERIFY2(seenPage().contains(u"Put back: the data as it was before"_s),
                 qPrintable(seenPage()));
    QCOMPARE(m_prompter->typed.last().nameToType, m_stock->database());
}

void TestTargetChoice::whatIsKeptFollows()
{
    const auto receipt = m_shop->restore(m_shop->writeDump(m_shop->dump()));
    QCOMPARE(receipt.verdict, restore::Verdict::Proven);
    const QByteArray kept =
        m_shop->ask("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'public_before%'")
            .toUtf8();
    m_stock->run("DO $$ BEGIN EXECUTE (SELECT coalesce(string_agg('DROP SCHEMA ' || nspname || ' "
                 "CASCADE', ';'), 'SELECT 1') FROM pg_namespace WHERE nspname LIKE "
                 "'public_before%'); END $$");
    open(both());
    seenButton(*m_page, u"What restores have kept"_s)->click();
    QTRY_VERIFY2(seenPage().contains(u"Restores keep "_s), qPrintable(seenPage()));
    const auto *list = m_page->findChild<KeptView *>()->findChild<ActionTable *>();
    QTRY_COMPARE(list->model()->rowCount(), 1);
    chooseByKeyboard(Qt::Key_Down);
    // At once, and not when the other server has answered.
    QCOMPARE(list->model()->rowCount(), 0);
    QVERIFY(!seenButton(*m_page, u"Discard..."_s)->isEnabled());
    QTRY_VERIFY2(seenPage().contains(u"Restores keep nothing here."_s), qPrintable(seenPage()));
    chooseByKeyboard(Qt::Key_Up);
    QTRY_COMPARE(list->model()->rowCount(), 1);
    QVERIFY(list->asText().contains(QString::fromUtf8(kept)));
}

void TestTargetChoice::theShelfFollows()
{
    putDump(m_shop->dump(), u"shop.sql"_s);
    putManifest(u"shop.sql"_s, m_shop->database());
    putDump(m_shop->dump() + "\n", u"stock.sql"_s);
    putManifest(u"stock.sql"_s, m_stock->database());
    m_shelf->refresh();
    QTRY_VERIFY(!m_shelf->isReading());
    for (const backup::BackupEntry &entry : m_shelf->entries())
        QVERIFY2(entry.manifest.isUsable, qPrintable(entry.manifest.problems.join(u'\n')));
    open(both());
    const auto *list = m_page->findChild<ChooseView *>()->findChild<ActionTable *>();
    const auto selected = [&] {
        return list->currentIndex().siblingAtColumn(0).data().toString();
    };
    QCOMPARE(selected(), u"shop.sql"_s);
    QVERIFY(!seenPage().contains(u"Made of the database"_s));
    chooseByKeyboard(Qt::Key_Down);
    QCOMPARE(selected(), u"stock.sql"_s);
    // One that a person has moved to stays, and that it is of another is said.
    list->selectionModel()->setCurrentIndex(list->model()->index(1 - list->currentIndex().row(), 0),
                                            QItemSelectionModel::ClearAndSelect |
                                                QItemSelectionModel::Rows);
    QCOMPARE(selected(), u"shop.sql"_s);
    const QString warning =
        u"ade of the database %1, not of %2."_s.arg(m_shop->database(), m_stock->database());
    QVERIFY2(seenPage().contains(warning), qPrintable(seenPage()));
    m_page->initialFocus()->setFocus();
    press(*m_page, Qt::Key_Return);
    QTRY_VERIFY(seenButton(*m_page, u"Replace schema"_s));
    QVERIFY2(planFacts().contains(u"Made of: the database %1, and not of %2"_s.arg(
                 m_shop->database(), m_stock->database())),
             qPrintable(planFacts()));
}

MAYDAY_UI_TEST(TestTargetChoice);
#include "tst_targetchoice.moc"
