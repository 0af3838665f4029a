// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"
#include "ui/status/restorecard.h"

#include "ui/kit/textlabel.h"
#include "ui/kit/theme.h"

#include <QTest>

using namespace mayday;
using namespace mayday::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QDateTime now(QDate(2026, 3, 4), QTime(9, 30), QTimeZone::UTC);

RestoreOutlook proven()
{
    return {.backupName = u"shop_20260304_0815.sql.gz"_s,
            .takenAt = now.addSecs(-75 * 60),
            .isComplete = true,
            .isProven = true,
            .provenTime = 94s,
            .promisedLoss = 24h,
            .promisedTime = 15min,
            .shelfFolder = u"/backups"_s};
}

} // namespace

/// The card answers: if we had to restore now, what would we lose, how long would it take, and may
/// we believe it?
class TestRestoreCard : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aProvenBackupIsToldWithItsPromises();
    void whatIsWeakIsSaid_data();
    void whatIsWeakIsSaid();
    void agesGrowByThemselves();
    void aClockThatIsBehindMakesNoNegativeAge();
    void promisesAreLeftOutWhenThereAreNone();
    void hoursAndMinutesOfPromises_data();
    void hoursAndMinutesOfPromises();
    void withoutABackupItSaysWhatToDo();
    void namesAreNotMarkup();
    void aFirstBackupReplacesTheAdvice();

private:
    [[nodiscard]] QString said(const RestoreOutlook &outlook, const QDateTime &at = now)
    {
        m_card.setOutlook(outlook);
        m_card.refresh(at);
        return m_card.plainText();
    }

    Theme m_theme;
    RestoreCard m_card{m_theme};
};

void TestRestoreCard::aProvenBackupIsToldWithItsPromises()
{
    QCOMPARE(said(proven()),
             u"Newest proven backup is 1 h 15 min old (promise: 24 h). Proven restore time 1 min "
             "34 s (promise: 15 min).\nshop_20260304_0815.sql.gz"_s);
}

void TestRestoreCard::whatIsWeakIsSaid_data()
{
    QTest::addColumn<RestoreOutlook>("outlook");
    QTest::addColumn<QString>("first");
    QTest::addColumn<QString>("warning");

    RestoreOutlook reading = proven();
    reading.isComplete = reading.isProven = false;
    reading.isReading = true;
    QTest::newRow("still being read")
        << reading << u"Newest backup is"_s << u"Being read now, to see whether it is complete."_s;

    RestoreOutlook broken = proven();
    broken.isComplete = broken.isProven = false;
    QTest::newRow("incomplete")
        << broken << u"Newest backup is"_s
        << u"It is not whole, or it is empty or too small. Choose another one."_s;

    RestoreOutlook old = proven();
    old.promisedLoss = 1h;
    QTest::newRow("older than promised")
        << old << u"Newest proven backup is"_s << u"Older than promised. Take a new backup."_s;

    RestoreOutlook named = old;
    named.ageIs = AgeIs::AtMost;
    QTest::newRow("perhaps older than promised")
        << named << u"Newest proven backup is at most 1 h 15 min old (promise: 1 h)"_s
        << u"It may be older than promised. Take a new backup."_s;

    // A copy is as new to the file system as a backup of this minute.
    RestoreOutlook copied = proven();
    copied.ageIs = AgeIs::AtLeast;
    QTest::newRow("only the file's time")
        << copied << u"Newest proven backup is at least 1 h 15 min old (promise: 24 h)"_s
        << u"It does not say when its data was taken; the file may be a copy of an older one."_s;

    RestoreOutlook untried = proven();
    untried.isProven = false;
    untried.provenTime = std::nullopt;
    QTest::newRow("never restored") << untried << u"Newest complete backup is"_s
                                    << u"Nobody has restored it yet. A drill proves it."_s;

    // What makes it useless is said before what makes it merely old.
    RestoreOutlook brokenAndOld = broken;
    brokenAndOld.promisedLoss = 1h;
    QTest::newRow("incomplete and old")
        << brokenAndOld << u"Newest backup is"_s
        << u"It is not whole, or it is empty or too small. Choose another one."_s;
}

void TestRestoreCard::whatIsWeakIsSaid()
{
    QFETCH(const RestoreOutlook, outlook);
    const QStringList lines = said(outlook).split(u'\n');
    QCOMPARE(lines.size(), 3);
    QFETCH(const QString, first);
    QVERIFY2(lines.at(0).startsWith(first), qPrintable(lines.at(0)));
    QCOMPARE(lines.at(1), outlook.backupName);
    QTEST(lines.at(2), "warning");
}

void TestRestoreCard::agesGrowByThemselves()
{
    RestoreOutlook outlook = proven();
    outlook.promisedLoss = 2h;
    QVERIFY(said(outlook).startsWith(u"Newest proven backup is 1 h 15 min old"_s));
    m_card.refresh(now.addSecs(50 * 60));
    QVERIFY2(m_card.plainText().startsWith(u"Newest proven backup is 2 h 05 min old"_s),
             qPrintable(m_card.plainText()));
    QVERIFY(m_card.plainText().contains(u"Older than promised"_s));
}

void TestRestoreCard::aClockThatIsBehindMakesNoNegativeAge()
{
    RestoreOutlook outlook = proven();
    outlook.takenAt = now.addSecs(3600);
    const QString text = said(outlook);
    QVERIFY2(!text.contains(u'-'), qPrintable(text));
    QVERIFY2(text.startsWith(u"Newest proven backup is 0 s old"_s), qPrintable(text));
}

void TestRestoreCard::promisesAreLeftOutWhenThereAreNone()
{
    RestoreOutlook outlook = proven();
    outlook.promisedLoss = {};
    outlook.promisedTime = {};
    QVERIFY2(!said(outlook).contains(u"promise"_s), qPrintable(m_card.plainText()));
    // Nothing was promised, so nothing can be late, however old it is.
    QVERIFY(!said(outlook, now.addDays(400)).contains(u"Older than promised"_s));
}

void TestRestoreCard::hoursAndMinutesOfPromises_data()
{
    QTest::addColumn<int>("minutes");
    QTest::addColumn<QString>("text");
    QTest::newRow("minutes") << 15 << u"(promise: 15 min)"_s;
    QTest::newRow("one hour") << 60 << u"(promise: 1 h)"_s;
    QTest::newRow("hour and a half") << 90 << u"(promise: 90 min)"_s;
    QTest::newRow("a day") << 1440 << u"(promise: 24 h)"_s;
}

void TestRestoreCard::hoursAndMinutesOfPromises()
{
    QFETCH(const int, minutes);
    QFETCH(const QString, text);
    RestoreOutlook outlook = proven();
    outlook.promisedLoss = {};
    outlook.promisedTime = std::chrono::minutes(minutes);
    QVERIFY2(said(outlook).contains(text), qPrintable(m_card.plainText()));
    outlook.provenTime = std::nullopt;
    QVERIFY2(said(outlook).contains(u"No restore has been timed yet "_s + text),
             qPrintable(m_card.plainText()));
}

void TestRestoreCard::withoutABackupItSaysWhatToDo()
{
    RestoreOutlook empty;
    empty.shelfFolder = u"/home/ada/backups"_s;
    QCOMPARE(said(empty),
             u"There is no backup on the shelf.\nPut a file of pg_dump into /home/ada/backups, "
             "compressed or packed if you like (.gz, .zip, .tar, .7z), or open one under "
             "Backups."_s);
    QCOMPARE(said({}), u"There is no backup on the shelf.\nMake one with pg_dump, or open a file "
                       "under Backups."_s);
}

void TestRestoreCard::namesAreNotMarkup()
{
    RestoreOutlook outlook = proven();
    outlook.backupName = u"<b>shop</b>&amp;.sql"_s;
    QCOMPARE(said(outlook).split(u'\n').at(1), u"<b>shop</b>&amp;.sql"_s);
}

void TestRestoreCard::aFirstBackupReplacesTheAdvice()
{
    QVERIFY(said({}).contains(u"There is no backup"_s));
    QVERIFY(!said(proven()).contains(u"There is no backup"_s));
    QVERIFY(said({}).contains(u"There is no backup"_s));
    QVERIFY(!m_card.plainText().contains(u".sql.gz\n"_s));
}

MAYDAY_UI_TEST(TestRestoreCard);
#include "tst_restorecard.moc"
