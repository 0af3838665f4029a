// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/condition.h"
#include "stack/duration.h"
#include "support/testmain.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace mayday {

using stack::Condition;
using stack::parseCondition;
using stack::parseDuration;

/// The words of `suggest:` lines and of lengths of time, as people write them by hand.
class TestCondition final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsDurations_data();
    void readsDurations();
    void readsConditions_data();
    void readsConditions();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();
};

void TestCondition::readsDurations_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("seconds");
    QTest::newRow("s") << u"90 s"_s << 90;
    QTest::newRow("m") << u"5m"_s << 300;
    QTest::newRow("range") << u"10-30 min"_s << 1800;
    QTest::newRow("dash") << u"1–4 h"_s << 4 * 3600;
    QTest::newRow("to") << u"1 to 4 hours"_s << 4 * 3600;
    QTest::newRow("sum") << u"2 hours 30 min"_s << 9000;
    QTest::newRow("day") << u"2 days"_s << 2 * 86400;
    QTest::newRow("capitals") << u" 3 Min "_s << 180;
    QTest::newRow("a year") << u"366 days"_s << 366 * 86400;
    QTest::newRow("more than a year") << u"366 days 1 s"_s << -1;
    QTest::newRow("too many digits") << u"9999999 s"_s << -1;
    QTest::newRow("words") << u"a while"_s << -1;
    QTest::newRow("bare") << u"15"_s << -1;
    QTest::newRow("too long") << u"999999 days"_s << -1;
    QTest::newRow("empty") << QString() << -1;
    QTest::newRow("negative") << u"-5 min"_s << -1;
    QTest::newRow("open range") << u"5- min"_s << -1;
    QTest::newRow("fraction") << u"1.5 h"_s << -1;
    QTest::newRow("endless") << u"1 s "_s.repeated(5000) << -1;
}

void TestCondition::readsDurations()
{
    QFETCH(QString, text);
    const auto length = parseDuration(text);
    QTEST(length ? int(length->count()) : -1, "seconds");
}

void TestCondition::readsConditions_data()
{
    using Kind = Condition::Kind;
    using Level = Condition::Level;
    QTest::addColumn<QString>("line");
    QTest::addColumn<Condition>("wanted");
    const auto row = [](const char *line, const Condition &wanted) {
        QTest::newRow(line) << QString::fromLatin1(line) << wanted;
    };
    row("probe  database \tfailing 60 s",
        {.kind = Kind::Probe, .target = u"database"_s, .lasting = 60s});
    row("probe main failing", {.kind = Kind::Probe, .target = u"main"_s});
    row("probe main failing 1-2 min", {.kind = Kind::Probe, .target = u"main"_s, .lasting = 2min});
    row("status supabase major",
        {.kind = Kind::Status, .target = u"supabase"_s, .level = Level::Major});
    row("status any maintenance",
        {.kind = Kind::Status, .target = u"any"_s, .level = Level::Maintenance});
    row("rows products drop", {.kind = Kind::Rows, .target = u"products"_s});
    row("rows products dropped", {.kind = Kind::Rows, .target = u"products"_s});
    row("rows products empty", {.kind = Kind::Rows, .target = u"products"_s, .onlyEmpty = true});
    row("deployment backend failed", {.kind = Kind::Deployment, .target = u"backend"_s});
}

void TestCondition::readsConditions()
{
    QFETCH(QString, line);
    const auto condition = parseCondition(line);
    QVERIFY2(condition, condition ? "" : qPrintable(condition.error().why));
    QTEST(*condition, "wanted");
}

void TestCondition::saysWhatIsWrong_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("why");
    QTest::addColumn<QString>("nearest");
    const auto row = [](const char *line, const char *why, const char *nearest = "") {
        QTest::newRow(line) << QString::fromLatin1(line) << QString::fromLatin1(why)
                            << QString::fromLatin1(nearest);
    };
    row("", "begins with");
    row("moon is full", "begins with");
    row("prob database failing", "begins with", "probe");
    row("probe", "after the probe comes");
    row("probe main", "after the probe comes");
    row("probe database 60 s", "after the probe comes");
    row("probe database faling", "after the probe comes", "failing");
    row("probe main failing soon", "such as 60 s");
    row("probe main failing 60", "such as 60 s");
    row("status supabase", "a provider and a level");
    row("status supabase major now", "a provider and a level");
    row("status supabase majr", "unknown level majr", "major");
    row("status supabase huge", "unknown level huge");
    row("rows products", "\"dropped\" or \"empty\"");
    row("rows products droped", "unknown word droped", "dropped");
    row("rows products dr", "unknown word dr");
    row("deployment backend", "a service and \"failed\"");
    row("deployment backend faild", "unknown word faild", "failed");
}

void TestCondition::saysWhatIsWrong()
{
    QFETCH(QString, line);
    QFETCH(QString, why);
    const auto condition = parseCondition(line);
    QVERIFY(!condition);
    QVERIFY2(condition.error().why.contains(why), qPrintable(condition.error().why));
    QTEST(condition.error().nearest, "nearest");
}

} // namespace mayday

MAYDAY_TEST(mayday::TestCondition);
#include "tst_condition.moc"
