// SPDX-License-Identifier: GPL-3.0-or-later
#include "practice/practicecloud.h"
#include "support/testmain.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::practice;

namespace {

struct Answer {
    int status = 0;
    QString contentType;
    QByteArray body;
    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(body).object(); }
};

} // namespace

class TestPracticeCloud final : public QObject {
    Q_OBJECT

private:
    Answer fetch(const QString &path)
    {
        const std::unique_ptr<QNetworkReply> reply(
            m_network.get(QNetworkRequest(QUrl(m_cloud->baseUrl().toString() + path))));
        QSignalSpy finished(reply.get(), &QNetworkReply::finished);
        if (!reply->isFinished())
            finished.wait(5000);
        return {.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(),
                .contentType = reply->header(QNetworkRequest::ContentTypeHeader).toString(),
                .body = reply->readAll()};
    }

    QNetworkAccessManager m_network;
    std::unique_ptr<PracticeCloud> m_cloud;

private Q_SLOTS:
    void init()
    {
        m_cloud = std::make_unique<PracticeCloud>();
        QVERIFY(m_cloud->baseUrl().isEmpty());
        QVERIFY(m_cloud->start().has_value());
        QCOMPARE(m_cloud->baseUrl().host(), u"127.0.0.1"_s);
    }

    void everyProviderIsFineAtFirst_data()
    {
        QTest::addColumn<QString>("provider");
        for (const char *provider : {"vercel", "supabase", "github"})
            QTest::newRow(provider) << QString::fromLatin1(provider);
    }
    void everyProviderIsFineAtFirst()
    {
        QFETCH(QString, provider);
        const Answer answer = fetch(u"/%1/api/v2/summary.json"_s.arg(provider));
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.contentType, u"application/json; charset=utf-8"_s);
        const QJsonObject json = answer.json();
        QCOMPARE(json["status"_L1]["indicator"_L1].toString(), u"none"_s);
        QVERIFY(json["incidents"_L1].toArray().isEmpty());
        QVERIFY(json["components"_L1].toArray().size() >= 4);
        const auto updated =
            QDateTime::fromString(json["page"_L1]["updated_at"_L1].toString(), Qt::ISODateWithMs);
        QVERIFY(std::abs(updated.secsTo(QDateTime::currentDateTimeUtc())) < 10);
    }

    void hasTheKeysOfARealPage()
    {
        QVERIFY(m_cloud->setProviderState(u"supabase"_s, PageState::Critical).has_value());
        const QJsonObject json = fetch(u"/supabase/api/v2/summary.json"_s).json();
        QCOMPARE(json.keys(), (QStringList{u"components"_s, u"incidents"_s, u"page"_s,
                                           u"scheduled_maintenances"_s, u"status"_s}));
        QCOMPARE(json["page"_L1].toObject().keys(),
                 (QStringList{u"id"_s, u"name"_s, u"time_zone"_s, u"updated_at"_s, u"url"_s}));
        QCOMPARE(json["components"_L1][0].toObject().keys(),
                 (QStringList{u"created_at"_s, u"description"_s, u"group"_s, u"group_id"_s, u"id"_s,
                              u"name"_s, u"only_show_if_degraded"_s, u"page_id"_s, u"position"_s,
                              u"showcase"_s, u"start_date"_s, u"status"_s, u"updated_at"_s}));
        QVERIFY(json["incidents"_L1][0]["incident_updates"_L1][0]["body"_L1].toString().contains(
            "Database"_L1));
    }

    void outagesShow_data()
    {
        QTest::addColumn<int>("state");
        QTest::addColumn<QString>("indicator");
        QTest::addColumn<QString>("component");
        QTest::addColumn<int>("incidents");
        QTest::newRow("minor") << int(PageState::Minor) << u"minor"_s << u"degraded_performance"_s
                               << 1;
        QTest::newRow("major") << int(PageState::Major) << u"major"_s << u"partial_outage"_s << 1;
        QTest::newRow("critical") << int(PageState::Critical) << u"critical"_s << u"major_outage"_s
                                  << 1;
        QTest::newRow("maintenance")
            << int(PageState::Maintenance) << u"maintenance"_s << u"under_maintenance"_s << 0;
    }
    void outagesShow()
    {
        QFETCH(int, state);
        QVERIFY(m_cloud->setProviderState(u"vercel"_s, PageState(state)).has_value());
        QCOMPARE(m_cloud->providerState(u"vercel"_s), PageState(state));
        const QJsonObject json = fetch(u"/vercel/api/v2/summary.json"_s).json();
        QTEST(json["status"_L1]["indicator"_L1].toString(), "indicator");
        QTEST(json["components"_L1][0]["status"_L1].toString(), "component");
        QTEST(int(json["incidents"_L1].toArray().size()), "incidents");
        QCOMPARE(json["scheduled_maintenances"_L1].toArray().size(),
                 PageState(state) == PageState::Maintenance);
        m_cloud->heal();
        QCOMPARE(
            fetch(u"/vercel/api/v2/summary.json"_s).json()["status"_L1]["indicator"_L1].toString(),
            u"none"_s);
    }

    void badPagesAnswerHtml()
    {
        QVERIFY(m_cloud->setProviderState(u"github"_s, PageState::BadPage).has_value());
        const Answer bad = fetch(u"/github/api/v2/summary.json"_s);
        QCOMPARE(bad.status, 200);
        QVERIFY(bad.contentType.startsWith("text/html"_L1));
        QVERIFY(m_cloud->setProviderState(u"github"_s, PageState::Broken).has_value());
        QCOMPARE(fetch(u"/github/api/v2/summary.json"_s).status, 500);
    }

    void backendSaysHowItIs()
    {
        QCOMPARE(fetch(u"/backend/health"_s).status, 200);
        m_cloud->setBackendHealthy(false, u"the table products is empty"_s);
        const Answer sick = fetch(u"/backend/health"_s);
        QCOMPARE(sick.status, 503);
        QCOMPARE(sick.json()["status"_L1].toString(), u"error"_s);
        QCOMPARE(sick.json()["database"_L1].toString(), u"the table products is empty"_s);
        m_cloud->setBackendHealthy(true);
        QCOMPARE(fetch(u"/backend/health"_s).status, 200);
    }

    void frontEndStands()
    {
        const Answer answer = fetch(u"/frontend/"_s);
        QCOMPARE(answer.status, 200);
        QVERIFY(answer.body.contains("Marketplace"));
    }

    void strangersAreNotFound()
    {
        QCOMPARE(fetch(u"/nobody/api/v2/summary.json"_s).status, 404);
        QCOMPARE(fetch(u"/etc/passwd"_s).status, 404);
        QCOMPARE(m_cloud->setProviderState(u"nobody"_s, PageState::Minor).error().kind,
                 ErrorKind::NotFound);
    }
};

MAYDAY_TEST(TestPracticeCloud);
#include "tst_practicecloud.moc"
