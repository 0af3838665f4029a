// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/stack.h"
#include "support/testmain.h"

#include "stack/nearestname.h"
#include "stack/stackreader.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace mayday {

using stack::nearestName;
using stack::Stack;

/// Names for runbooks, and the nearest one to a misspelling.
class TestStack final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void looksUp_data();
    void looksUp();
    void everyKnownNameHasAValue();
    void findsParts();
    void nearest_data();
    void nearest();

private:
    Stack m_stack;
};

void TestStack::initTestCase()
{
    const QByteArray yaml =
        "stack: {name: Shop, environment: staging}\n"
        "promises: {rto: 1 min, rpo: 1 day}\n"
        "providers:\n"
        "  - {id: railway, name: Railway, status: 'https://s.example/api'}\n"
        "  - {id: plain}\n"
        "services:\n"
        "  - {id: backend, name: API, provider: railway, url: 'https://a.example',"
        " health: /health}\n"
        "databases:\n"
        "  - {id: main, name: shop, provider: railway,"
        " connection: host=db.example user=app, schema: store}\n"
        "contacts:\n"
        "  - {id: lead, name: Lead, phone: '112', url: 'https://c.example'}\n";
    Result<Stack> stack = stack::parseStack(yaml, u"stack.yaml"_s);
    QVERIFY2(stack, stack ? "" : qPrintable(describe(stack.error())));
    m_stack = *stack;
}

void TestStack::looksUp_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("value");
    QTest::newRow("stack") << u"stack.name"_s << u"Shop"_s;
    QTest::newRow("environment") << u"stack.environment"_s << u"staging"_s;
    QTest::newRow("rto") << u"stack.rto"_s << u"1 minute"_s;
    QTest::newRow("rpo") << u"stack.rpo"_s << u"24 hours"_s;
    QTest::newRow("url") << u"service.backend.url"_s << u"https://a.example"_s;
    QTest::newRow("health") << u"service.backend.health"_s << u"https://a.example/health"_s;
    QTest::newRow("service") << u"service.backend.name"_s << u"API"_s;
    QTest::newRow("its provider") << u"service.backend.provider"_s << u"Railway"_s;
    QTest::newRow("database") << u"database.main.name"_s << u"shop"_s;
    QTest::newRow("schema") << u"database.main.schema"_s << u"store"_s;
    QTest::newRow("connection") << u"database.main.connection"_s << u"host=db.example user=app"_s;
    QTest::newRow("contact") << u"contact.lead"_s << u"Lead, 112, https://c.example"_s;
    QTest::newRow("phone") << u"contact.lead.phone"_s << u"112"_s;
    QTest::newRow("provider") << u"provider.railway.name"_s << u"Railway"_s;
    QTest::newRow("page") << u"provider.railway.status"_s << u"https://s.example/api"_s;
    QTest::newRow("left out") << u"contact.lead.note"_s << QString();
    QTest::newRow("no such part") << u"service.frontend.url"_s << QString();
    QTest::newRow("no such field") << u"service.backend.colour"_s << QString();
    QTest::newRow("empty") << QString() << QString();
}

void TestStack::looksUp()
{
    QFETCH(QString, name);
    QFETCH(QString, value);
    const std::optional<QString> found = m_stack.lookup(name);
    QCOMPARE(found.has_value(), !value.isEmpty());
    QCOMPARE(found.value_or(QString()), value);
}

void TestStack::everyKnownNameHasAValue()
{
    const QStringList names = m_stack.knownNames();
    QVERIFY(names.contains(u"service.backend.url"_s));
    QVERIFY(!names.contains(u"contact.lead.note"_s));
    for (const QString &name : names)
        QVERIFY2(m_stack.lookup(name), qPrintable(name));
}

void TestStack::findsParts()
{
    const auto *service = m_stack.service(m_stack.services.first().id);
    QVERIFY(service);
    QCOMPARE(m_stack.provider(service->provider)->name, u"Railway"_s);
    QVERIFY(!m_stack.provider({}));
    QVERIFY(m_stack.database(m_stack.databases.first().id));
    QVERIFY(m_stack.contact(m_stack.contacts.first().id));
}

void TestStack::nearest_data()
{
    QTest::addColumn<QString>("misspelt");
    QTest::addColumn<QString>("meant");
    QTest::newRow("missing letter") << u"helth"_s << u"health"_s;
    QTest::newRow("swapped") << u"heatlh"_s << u"health"_s;
    QTest::newRow("case") << u"Health"_s << u"health"_s;
    QTest::newRow("plural") << u"urls"_s << u"url"_s;
    QTest::newRow("far") << u"banana"_s << QString();
    QTest::newRow("empty") << QString() << QString();
    QTest::newRow("endless") << QString(1000, u'a') << QString();
}

void TestStack::nearest()
{
    QFETCH(QString, misspelt);
    QFETCH(QString, meant);
    QCOMPARE(nearestName(misspelt, {u"id"_s, u"url"_s, u"health"_s, u"expect"_s}), meant);
}

} // namespace mayday

MAYDAY_TEST(mayday::TestStack);
#include "tst_stack.moc"
