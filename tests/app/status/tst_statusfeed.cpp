// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/statusfeed.h"
#include "support/testmain.h"

#include "status/statuspagedecoder.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace mayday {

using status::decodeStatuspage;
using status::FeedReading;
using status::Impact;
using status::readFeed;
using status::State;

namespace {

const QDateTime readAt(QDate(2026, 9, 3), QTime(18, 0), QTimeZone::UTC);

QByteArray sample(const QString &name)
{
    QFile file(QStringLiteral(MAYDAY_SOURCE_DIR "/tests/data/status/") + name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no sample %s", qPrintable(name));
    return file.readAll();
}

net::HttpResponse answer(const QByteArray &body, const QByteArray &type = "application/json",
                         int status = 200)
{
    return {.status = status,
            .headers = {{"Content-Type", type}},
            .body = body,
            .elapsed = std::chrono::milliseconds(42)};
}

QByteArray summary(const QJsonObject &more, const QString &indicator = u"none"_s)
{
    QJsonObject root{
        {"status"_L1, QJsonObject{{"indicator"_L1, indicator}, {"description"_L1, "Words"_L1}}}};
    for (auto it = more.begin(); it != more.end(); ++it)
        root.insert(it.key(), it.value());
    return QJsonDocument(root).toJson();
}

QJsonObject component(const QString &name, const QString &state)
{
    return {{"name"_L1, name}, {"status"_L1, state}, {"group"_L1, false}};
}

} // namespace

/// What vendors' pages answer, and what becomes of it.
class TestStatusFeed final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsARealSummary();
    void readsARealStatus();
    void readsIncidentIo();
    void indicators_data();
    void indicators();
    void componentStates_data();
    void componentStates();
    void groupsDoNotCount();
    void onlyTheWantedComponentsCount();
    void wantedComponentsThatAreNotThere();
    void maintenanceUnderWayShows();
    void resolvedIncidentsAreLeftOut();
    void addressesAreWebOnly();
    void failedPollIsUnknown_data();
    void failedPollIsUnknown();
    void otherFormatsAreUnknown_data();
    void otherFormatsAreUnknown();
    void hostileBodies_data();
    void hostileBodies();

private:
    stack::Provider provider(const QString &feed = u"statuspage"_s) const
    {
        stack::Provider one;
        one.name = u"Vercel"_s;
        one.feed = feed;
        return one;
    }
};

void TestStatusFeed::readsARealSummary()
{
    const FeedReading feed = readFeed(
        provider(), answer(sample(u"statuspage-claude-summary-operational.json"_s)), readAt);
    QCOMPARE(feed.reading.state, State::Operational);
    QCOMPARE(feed.reading.word, u"All Systems Operational"_s);
    QCOMPARE(feed.reading.at, readAt);
    QCOMPARE(feed.reading.latency.count(), 42);
    QVERIFY(!feed.reading.error);
    QCOMPARE(feed.impact, Impact::None);
    QCOMPARE(feed.pageName, u"Claude"_s);
    QCOMPARE(feed.components.size(), 4);
    QVERIFY(feed.incidents.isEmpty());
}

void TestStatusFeed::readsARealStatus()
{
    for (const QString &name : {u"statuspage-vercel-status-operational.json"_s,
                                u"incidentio-openai-v2-status-operational.json"_s}) {
        const FeedReading feed = readFeed(provider(), answer(sample(name)), readAt);
        QCOMPARE(feed.reading.state, State::Operational);
        QVERIFY(feed.components.isEmpty());
    }
}

void TestStatusFeed::readsIncidentIo()
{
    const FeedReading feed =
        readFeed(provider(u"incident.io"_s),
                 answer(sample(u"incidentio-openai-v2-summary-degraded.json"_s)), readAt);
    QCOMPARE(feed.reading.state, State::Degraded);
    QCOMPARE(feed.impact, Impact::Minor);
    QCOMPARE(feed.components.size(), 4);
    QCOMPARE(feed.components.at(3).state, State::Down);
    QCOMPARE(feed.components.at(3).word, u"major outage"_s);
    QCOMPARE(feed.incidents.size(), 1);
    QCOMPARE(feed.incidents.first().name, u"Increased error rates"_s);
    QCOMPARE(feed.incidents.first().phase, u"monitoring"_s);
    QCOMPARE(feed.incidents.first().latestText, u"Mitigation applied"_s);
    QCOMPARE(feed.incidents.first().startedAt,
             QDateTime(QDate(2026, 8, 10), QTime(14, 4, 37), QTimeZone::UTC));
    QVERIFY2(feed.reading.detail.contains(u"Increased error rates (monitoring)"_s),
             qPrintable(feed.reading.detail));
}

void TestStatusFeed::indicators_data()
{
    QTest::addColumn<QString>("indicator");
    QTest::addColumn<State>("state");
    QTest::addColumn<Impact>("impact");
    QTest::newRow("none") << u"none"_s << State::Operational << Impact::None;
    QTest::newRow("minor") << u"minor"_s << State::Degraded << Impact::Minor;
    QTest::newRow("major") << u"major"_s << State::Down << Impact::Major;
    QTest::newRow("critical") << u"critical"_s << State::Down << Impact::Critical;
    QTest::newRow("maintenance") << u"maintenance"_s << State::Maintenance << Impact::Maintenance;
    QTest::newRow("new word") << u"apocalypse"_s << State::Unknown << Impact::Unknown;
    QTest::newRow("empty") << QString() << State::Unknown << Impact::Unknown;
}

void TestStatusFeed::indicators()
{
    QFETCH(QString, indicator);
    const FeedReading feed = decodeStatuspage(summary({}, indicator), {}, readAt);
    QTEST(feed.reading.state, "state");
    QTEST(feed.impact, "impact");
}

void TestStatusFeed::componentStates_data()
{
    QTest::addColumn<QString>("word");
    QTest::addColumn<State>("state");
    QTest::newRow("well") << u"operational"_s << State::Operational;
    QTest::newRow("slow") << u"degraded_performance"_s << State::Degraded;
    QTest::newRow("partial") << u"partial_outage"_s << State::Degraded;
    QTest::newRow("major") << u"major_outage"_s << State::Down;
    QTest::newRow("full") << u"full_outage"_s << State::Down;
    QTest::newRow("maintenance") << u"under_maintenance"_s << State::Maintenance;
    QTest::newRow("new word") << u"on_fire"_s << State::Unknown;
}

void TestStatusFeed::componentStates()
{
    QFETCH(QString, word);
    const FeedReading feed =
        decodeStatuspage(summary({{"components"_L1, QJsonArray{component(u"Database"_s, word)}}}),
                         {u"database"_s}, readAt);
    QTEST(feed.reading.state, "state");
    QCOMPARE(feed.components.first().word, QString(word).replace(u'_', u' '));
}

void TestStatusFeed::groupsDoNotCount()
{
    QJsonObject group = component(u"Region"_s, u"major_outage"_s);
    group.insert("group"_L1, true);
    const FeedReading feed = decodeStatuspage(
        summary({{"components"_L1, QJsonArray{group, component(u"API"_s, u"operational"_s)}}}), {},
        readAt);
    QCOMPARE(feed.components.size(), 1);
    QCOMPARE(feed.components.first().name, u"API"_s);
}

void TestStatusFeed::onlyTheWantedComponentsCount()
{
    const QJsonArray rows{component(u"Sydney"_s, u"major_outage"_s),
                          component(u"Database"_s, u"operational"_s),
                          component(u"Auth"_s, u"degraded_performance"_s)};
    const QByteArray body = summary({{"components"_L1, rows}}, u"critical"_s);
    const FeedReading well = decodeStatuspage(body, {u"Database"_s}, readAt);
    QCOMPARE(well.reading.state, State::Operational);
    QCOMPARE(well.impact, Impact::None);
    const FeedReading slow = decodeStatuspage(body, {u"Database"_s, u"AUTH"_s}, readAt);
    QCOMPARE(slow.reading.state, State::Degraded);
    QCOMPARE(slow.components.size(), 2);
    QVERIFY(slow.reading.detail.contains(u"Auth: degraded performance"_s));
}

void TestStatusFeed::wantedComponentsThatAreNotThere()
{
    const QJsonArray rows{component(u"Sydney"_s, u"operational"_s)};
    const FeedReading feed =
        decodeStatuspage(summary({{"components"_L1, rows}}, u"minor"_s), {u"Databse"_s}, readAt);
    QCOMPARE(feed.reading.state, State::Degraded); // the page's own word, rather than silence
    QVERIFY(feed.reading.detail.contains(u"none of the components"_s));
}

void TestStatusFeed::maintenanceUnderWayShows()
{
    const QJsonObject running{{"name"_L1, "Upgrade"_L1},
                              {"status"_L1, "in_progress"_L1},
                              {"impact"_L1, "none"_L1},
                              {"scheduled_for"_L1, "2026-09-03T17:00:00.000+02:00"_L1}};
    const QJsonObject later{{"name"_L1, "Later"_L1}, {"status"_L1, "scheduled"_L1}};
    const FeedReading feed = decodeStatuspage(
        summary({{"scheduled_maintenances"_L1, QJsonArray{running, later}}}), {}, readAt);
    QCOMPARE(feed.reading.state, State::Maintenance);
    QCOMPARE(feed.maintenances.size(), 1);
    QCOMPARE(feed.maintenances.first().phase, u"in progress"_s);
    QCOMPARE(feed.maintenances.first().startedAt.time(), QTime(15, 0));
    const FeedReading quiet =
        decodeStatuspage(summary({{"scheduled_maintenances"_L1, QJsonArray{later}}}), {}, readAt);
    QCOMPARE(quiet.reading.state, State::Operational);
}

void TestStatusFeed::resolvedIncidentsAreLeftOut()
{
    const QJsonArray incidents{
        QJsonObject{{"name"_L1, "Old"_L1}, {"status"_L1, "resolved"_L1}},
        QJsonObject{{"name"_L1, "Older"_L1}, {"status"_L1, "postmortem"_L1}},
        QJsonObject{{"name"_L1, "New"_L1}, {"status"_L1, "investigating"_L1}}};
    const FeedReading feed = decodeStatuspage(summary({{"incidents"_L1, incidents}}), {}, readAt);
    QCOMPARE(feed.incidents.size(), 1);
    QCOMPARE(feed.incidents.first().name, u"New"_s);
}

void TestStatusFeed::addressesAreWebOnly()
{
    const QJsonArray incidents{
        QJsonObject{{"name"_L1, "a"_L1}, {"shortlink"_L1, "https://stspg.io/x"_L1}},
        QJsonObject{{"name"_L1, "b"_L1}, {"shortlink"_L1, "file:///etc/passwd"_L1}},
        QJsonObject{{"name"_L1, "c"_L1}, {"shortlink"_L1, "javascript:alert(1)"_L1}}};
    const FeedReading feed = decodeStatuspage(summary({{"incidents"_L1, incidents}}), {}, readAt);
    QCOMPARE(feed.incidents.at(0).url, QUrl(u"https://stspg.io/x"_s));
    QVERIFY(feed.incidents.at(1).url.isEmpty());
    QVERIFY(feed.incidents.at(2).url.isEmpty());
}

void TestStatusFeed::failedPollIsUnknown_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("says");
    QTest::newRow("503") << 503 << QByteArray("application/json") << summary({})
                         << u"The page answered 503, not status"_s;
    QTest::newRow("404") << 404 << QByteArray("text/html") << QByteArray("<html>")
                         << u"The page answered 404, not status"_s;
    QTest::newRow("html") << 200 << QByteArray("text/html; charset=utf-8")
                          << QByteArray("<!doctype html><html>")
                          << u"The page answered HTML, not status"_s;
    QTest::newRow("html called json")
        << 200 << QByteArray("application/json") << QByteArray(" \n<html>")
        << u"The page answered HTML, not status"_s;
    QTest::newRow("empty") << 200 << QByteArray("application/json") << QByteArray() << QString();
    QTest::newRow("cut off") << 200 << QByteArray("application/json") << summary({}).first(30)
                             << u"no readable JSON"_s;
}

void TestStatusFeed::failedPollIsUnknown()
{
    QFETCH(int, status);
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, body);
    QFETCH(QString, says);
    const FeedReading feed = readFeed(provider(), answer(body, type, status), readAt);
    QCOMPARE(feed.reading.state, State::Unknown);
    QVERIFY(feed.reading.error);
    QVERIFY2(feed.reading.detail.contains(says), qPrintable(feed.reading.detail));

    const FeedReading silent = readFeed(
        provider(), failure({.kind = ErrorKind::Timeout, .subject = u"x"_s, .detail = {}}), readAt);
    QCOMPARE(silent.reading.state, State::Unknown);
    QCOMPARE(silent.reading.error->kind, ErrorKind::Timeout);
}

void TestStatusFeed::otherFormatsAreUnknown_data()
{
    QTest::addColumn<QString>("file");
    QTest::newRow("instatus") << u"instatus-perplexity-summary-up.json"_s;
    QTest::newRow("widget") << u"incidentio-groq-v1-summary-shape.json"_s;
    QTest::newRow("railway") << u"railway-status-api-incident.json"_s;
    QTest::newRow("slack") << u"slack-status-current-ok.json"_s;
}

void TestStatusFeed::otherFormatsAreUnknown()
{
    QFETCH(QString, file);
    const FeedReading asStatuspage = readFeed(provider(), answer(sample(file)), readAt);
    QCOMPARE(asStatuspage.reading.state, State::Unknown);
    const FeedReading honest = readFeed(provider(u"railway"_s), answer(sample(file)), readAt);
    QCOMPARE(honest.reading.state, State::Unknown);
    QCOMPARE(honest.reading.word, u"unsupported feed"_s);
    QCOMPARE(honest.reading.error->kind, ErrorKind::Unsupported);
}

void TestStatusFeed::hostileBodies_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("nested") << QByteArray(1'000'000, '[');
    QTest::newRow("nested objects") << QByteArray("{\"a\":").repeated(200'000);
    QTest::newRow("wrong types") << QByteArray(
        R"({"status":{"indicator":5},"components":{"a":1},"incidents":"x"})");
    QTest::newRow("wrong rows") << QByteArray(
        R"({"status":{"indicator":"none","description":[]},"components":[1,null,[],{"name":7}],)"
        R"("incidents":[1,null],"scheduled_maintenances":[[]],"page":[]})");
    QTest::newRow("array") << QByteArray("[1,2]");
    QTest::newRow("null") << QByteArray("null");
    QTest::newRow("binary") << QByteArray("\0\1\2\xff\xfe", 5);
    QTest::newRow("many") << [] {
        QJsonArray rows;
        for (int i = 0; i < 20'000; ++i)
            rows.append(
                QJsonObject{{"name"_L1, QString(200, u'x')}, {"status"_L1, "investigating"_L1}});
        return summary({{"incidents"_L1, rows}, {"components"_L1, rows}}, u"minor"_s);
    }();
    QTest::newRow("long") << summary(
        {{"incidents"_L1, QJsonArray{QJsonObject{{"name"_L1, QString(1'000'000, u'x')},
                                                 {"status"_L1, "identified"_L1}}}}});
}

void TestStatusFeed::hostileBodies()
{
    QFETCH(QByteArray, body);
    QElapsedTimer timer;
    timer.start();
    const FeedReading feed = readFeed(provider(), answer(body), readAt);
    // Whatever grows with the square of it takes minutes.
    QVERIFY2(timer.elapsed() < 20000, qPrintable(QString::number(timer.elapsed())));
    QVERIFY(feed.incidents.size() <= 50);
    QVERIFY(feed.reading.detail.size() < 5000);
    for (const status::FeedIncident &incident : feed.incidents)
        QVERIFY(incident.name.size() <= 200);
}

} // namespace mayday

MAYDAY_TEST(mayday::TestStatusFeed);
#include "tst_statusfeed.moc"
