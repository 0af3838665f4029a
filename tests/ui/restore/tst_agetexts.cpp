// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"
#include "ui/restore/agetexts.h"
#include "ui/restore/plantexts.h"

#include <QTest>
#include <QTimeZone>

using namespace mayday;
using namespace mayday::ui;
using namespace Qt::StringLiterals;
using backup::DataTime;
using backup::DataTimeSource;

namespace {

const QDateTime now(QDate(2026, 11, 30), QTime(12, 0), QTimeZone::UTC);

DataTime of(DataTimeSource source)
{
    return {.at = now.addSecs(-7200), .source = source};
}

} // namespace

/// Nothing is said to be younger, or surer, than it is known to be.
class TestAgeTexts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void onlyWhatIsRecordedIsSaidPlainly();
    void theLossPromisesNoMoreThanIsKnown_data();
    void theLossPromisesNoMoreThanIsKnown();
};

void TestAgeTexts::onlyWhatIsRecordedIsSaidPlainly()
{
    for (const DataTimeSource source : {DataTimeSource::Dump, DataTimeSource::Manifest}) {
        QCOMPARE(agetexts::length(of(source), now), u"2 h 00 min"_s);
        QCOMPARE(agetexts::cell(of(source), now), u"2 h 00 min ago"_s);
        QCOMPARE(agetexts::taken(of(source), now), u"taken 2 h 00 min ago"_s);
        QVERIFY(agetexts::doubt(of(source)).isEmpty());
    }
    const DataTime named = of(DataTimeSource::FileName);
    QCOMPARE(agetexts::length(named, now), u"at most 2 h 00 min"_s);
    QCOMPARE(agetexts::taken(named, now), u"of 30 November 2026, 10:00 UTC by its name"_s);
    QVERIFY(agetexts::doubt(named).contains(u"by the file's name"_s));
    const DataTime copied = of(DataTimeSource::FileTime);
    QCOMPARE(agetexts::length(copied, now), u"at least 2 h 00 min"_s);
    QCOMPARE(agetexts::cell(copied, now), u"file 2 h 00 min ago"_s);
    QCOMPARE(agetexts::taken(copied, now), u"file written 2 h 00 min ago"_s);
    QVERIFY(agetexts::doubt(copied).contains(u"may be a copy"_s));
    QCOMPARE(agetexts::sentence(copied, now),
             u"The newest complete backup is a file of 2 h 00 min ago."_s);
    QCOMPARE(agetexts::sentence(named, now),
             u"The newest complete backup is at most 2 h 00 min old."_s);
    QCOMPARE(agetexts::length({.at = now.addSecs(60), .source = DataTimeSource::Dump}, now),
             u"0 s"_s); // a clock that is behind makes no negative age
}

void TestAgeTexts::theLossPromisesNoMoreThanIsKnown_data()
{
    QTest::addColumn<backup::DataTimeSource>("source");
    QTest::addColumn<QString>("nothing");
    QTest::addColumn<QString>("rows");
    using enum backup::DataTimeSource;
    QTest::newRow("written down") << Dump
                                  << u"The changes of the last 56 s; no newer row was found."_s
                                  << u"56 s of changes: 4 rows in 1 table."_s;
    QTest::newRow("with it") << Manifest
                             << u"The changes of the last 56 s; no newer row was found."_s
                             << u"56 s of changes: 4 rows in 1 table."_s;
    QTest::newRow("in the name")
        << FileName
        << u"The changes since 2026-11-29 00:00 UTC, which is in the file's name; no newer row was "
           "found."_s
        << u"The changes since 2026-11-29 00:00 UTC, which is in the file's name: 4 rows in 1 "
           "table."_s;
    QTest::newRow("the file's time alone")
        << FileTime << u"The changes of at least the last 56 s; no newer row was found."_s
        << u"At least 56 s of changes: at least 4 rows in 1 table."_s;
}

void TestAgeTexts::theLossPromisesNoMoreThanIsKnown()
{
    QFETCH(backup::DataTimeSource, source);
    QFETCH(QString, nothing);
    QFETCH(QString, rows);
    restore::LossEstimate loss;
    loss.taken = {.at = QDateTime(QDate(2026, 11, 29), QTime(0, 0), QTimeZone::UTC),
                  .source = source};
    loss.interval = std::chrono::seconds(56);
    QCOMPARE(plantexts::lossSentence(loss), nothing);
    loss.newerRows = 4;
    loss.tables = {{.schema = u"public"_s, .name = u"orders"_s, .rowsLive = 9, .newerRows = 4}};
    QCOMPARE(plantexts::lossSentence(loss), rows);
}

MAYDAY_UI_TEST(TestAgeTexts);
#include "tst_agetexts.moc"
