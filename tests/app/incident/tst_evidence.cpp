// SPDX-License-Identifier: GPL-3.0-or-later
#include "incident/evidence.h"
#include "support/fakeclock.h"
#include "support/testmain.h"

#include <QCryptographicHash>
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace mayday;
using namespace mayday::incident;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// Evidence is written once, provable, and without secrets.
class TestEvidence : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void itIsWrittenWithAManifest();
    void aChangeIsFound();
    void nothingIsOverwritten();
    void secretsAreTakenOut();
    void badNamesAreRefused_data();
    void badNamesAreRefused();
    void aStopLeavesNoManifest();
    void anUnwritableFolderIsAnError();

private:
    Result<EvidenceFolder> keep(const QList<EvidenceItem> &items)
    {
        return keepEvidence(m_folder.path(), u"incident-1"_s, m_clock.now(), items, TaskContext());
    }
    static QByteArray bytesOf(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    QTemporaryDir m_folder;
    FakeClock m_clock;
};

void TestEvidence::itIsWrittenWithAManifest()
{
    const auto kept =
        keep({{u"readings.json"_s, "[1]"}, {u"timeline.txt"_s, "03:00 Ada: opened\n"}});
    QVERIFY(kept.has_value());
    QVERIFY(kept->path.endsWith("/incident-1/20260301T030000Z"_L1));
    QCOMPARE(kept->files, QStringList({u"readings.json"_s, u"timeline.txt"_s}));
    QCOMPARE(bytesOf(kept->path + u"/timeline.txt"_s), "03:00 Ada: opened\n");
    const QByteArray manifest = bytesOf(kept->path + u"/manifest.json"_s);
    QCOMPARE(kept->manifestHash.toLatin1(),
             QCryptographicHash::hash(manifest, QCryptographicHash::Sha256).toHex());
    const QJsonArray files = QJsonDocument::fromJson(manifest)["files"_L1].toArray();
    QCOMPARE(files.size(), 2);
    QCOMPARE(files[0]["bytes"_L1].toInteger(), 3);
    QCOMPARE(verifyEvidence(kept->path).value(), QStringList());
}

void TestEvidence::aChangeIsFound()
{
    const auto kept = keep({{u"a.txt"_s, "one"}, {u"b.txt"_s, "two"}, {u"c.txt"_s, "three"}});
    QFile file(kept->path + u"/b.txt"_s);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write("TWO");
    file.close();
    QVERIFY(QFile::remove(kept->path + u"/c.txt"_s));
    QCOMPARE(verifyEvidence(kept->path).value(), QStringList({u"b.txt"_s, u"c.txt"_s}));
    QVERIFY(!verifyEvidence(m_folder.path() + u"/nowhere"_s).has_value());
}

void TestEvidence::nothingIsOverwritten()
{
    const auto first = keep({{u"a.txt"_s, "one"}});
    const auto second = keep({{u"a.txt"_s, "two"}});
    QVERIFY(first->path != second->path);
    QCOMPARE(bytesOf(first->path + u"/a.txt"_s), "one");
    QCOMPARE(bytesOf(second->path + u"/a.txt"_s), "two");
}

void TestEvidence::secretsAreTakenOut()
{
    const auto kept = keep({{u"mayday.log"_s, "connecting to postgres://app:hunter2@db/shop\n"}});
    QVERIFY(!bytesOf(kept->path + u"/mayday.log"_s).contains("hunter2"));
    QCOMPARE(verifyEvidence(kept->path).value(), QStringList());
}

void TestEvidence::badNamesAreRefused_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name : {"", "../up.txt", "a/b.txt", ".hidden", "manifest.json"})
        QTest::addRow("'%s'", name) << QString::fromLatin1(name);
}

void TestEvidence::badNamesAreRefused()
{
    QFETCH(QString, name);
    const auto kept = keep({{name, "x"}});
    QVERIFY(!kept.has_value());
    QCOMPARE(kept.error().kind, ErrorKind::Refused);
}

void TestEvidence::aStopLeavesNoManifest()
{
    std::stop_source stop;
    QTemporaryDir folder;
    const TaskContext context(stop.get_token(),
                              [&](qint64, qint64, const QString &) { stop.request_stop(); });
    const auto kept = keepEvidence(folder.path(), u"i"_s, m_clock.now(),
                                   {{u"a.txt"_s, "1"}, {u"b.txt"_s, "2"}}, context);
    QCOMPARE(kept.error().kind, ErrorKind::Cancelled);
    const QString place = kept.error().subject;
    QVERIFY(QFile::exists(place + u"/a.txt"_s));
    QVERIFY(!QFile::exists(place + u"/b.txt"_s));
    QVERIFY(!QFile::exists(place + u"/manifest.json"_s));
}

void TestEvidence::anUnwritableFolderIsAnError()
{
    QVERIFY(
        !keepEvidence(u"/proc/mayday"_s, u"i"_s, m_clock.now(), {{u"a.txt"_s, "1"}}, TaskContext())
             .has_value());
}

MAYDAY_TEST(TestEvidence);
#include "tst_evidence.moc"
