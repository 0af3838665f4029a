// SPDX-License-Identifier: GPL-3.0-or-later
#include "incident/evidence.h"
#include "support/fakeclock.h"
#include "support/testmain.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/resource.h>
#include <unistd.h>

using namespace mayday;
using namespace mayday::incident;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

namespace {

/// While it lives no file can grow beyond so many bytes, as on a disk that is nearly full.
class NearlyFullDisk final {
public:
    explicit NearlyFullDisk(rlim_t bytes)
    {
        m_handler = std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit small{.rlim_cur = bytes, .rlim_max = m_before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
    }
    ~NearlyFullDisk()
    {
        setrlimit(RLIMIT_FSIZE, &m_before);
        (void)std::signal(SIGXFSZ, m_handler);
    }
    Q_DISABLE_COPY_MOVE(NearlyFullDisk)

private:
    rlimit m_before{};
    sighandler_t m_handler = nullptr;
};

/// Every file below the folder, hidden ones too.
QStringList filesBelow(const QString &folder)
{
    QStringList names;
    QDirIterator all(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (all.hasNext())
        names.append(QFileInfo(all.next()).fileName());
    names.sort();
    return names;
}

QByteArray bytesOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

/// Evidence is kept in the worst hour: on a full disk, in a folder nobody may write to, twice in
/// one second. What is there afterwards is either whole and provable or visibly interrupted.
class TestEvidenceFailures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void aFullDiskLeavesNoHalfFile();
    void aFullDiskAtTheManifestLeavesNoManifest();
    void afterAFullDiskItWorksAgain();
    void theFolderCannotBeMade_data();
    void theFolderCannotBeMade();
    void aBadNameWritesNothing_data();
    void aBadNameWritesNothing();
    void aStopBeforeTheFirstFileWritesNothing();
    void progressNamesEveryFile();
    void aDamagedManifestProvesNothing_data();
    void aDamagedManifestProvesNothing();
    void everyChangeOfAFileIsFound_data();
    void everyChangeOfAFileIsFound();
    void namesAndTextsOfAnyScript();
    void manyInOneSecondDoNotMeet();

private:
    Result<EvidenceFolder> keep(const QList<EvidenceItem> &items)
    {
        return keepEvidence(root(), u"incident-1"_s, m_clock.now(), items, TaskContext());
    }
    [[nodiscard]] QString root() const { return m_folder->path(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    FakeClock m_clock;
};

void TestEvidenceFailures::aFullDiskLeavesNoHalfFile()
{
    const QByteArray large = QByteArray("a line of the log\n").repeated(20'000);
    Result<EvidenceFolder> kept;
    {
        const NearlyFullDisk disk(64 * 1024);
        kept = keep({{u"a.txt"_s, "small"}, {u"b.log"_s, large}, {u"c.txt"_s, "never reached"}});
    }
    QVERIFY(!kept);
    QVERIFY2(kept.error().subject.endsWith(u"/b.log"), qPrintable(kept.error().subject));
    QVERIFY(!kept.error().detail.isEmpty());
    QCOMPARE(filesBelow(root()), QStringList{u"a.txt"_s});
    const QString folder = QFileInfo(kept.error().subject).path();
    QCOMPARE(bytesOf(folder + u"/a.txt"_s), "small");
    QVERIFY(!verifyEvidence(folder)); // without a manifest nothing is proven
}

void TestEvidenceFailures::aFullDiskAtTheManifestLeavesNoManifest()
{
    QList<EvidenceItem> items;
    for (int i = 0; i < 60; ++i)
        items.append({.fileName = u"reading-%1.json"_s.arg(i), .bytes = "{}"});
    Result<EvidenceFolder> kept;
    {
        const NearlyFullDisk disk(4096);
        kept = keep(items);
    }
    QVERIFY(!kept);
    QVERIFY2(kept.error().subject.endsWith(u"/manifest.json"), qPrintable(kept.error().subject));
    QCOMPARE(filesBelow(root()).size(), 60);
    QVERIFY(!filesBelow(root()).contains(u"manifest.json"_s));
}

void TestEvidenceFailures::afterAFullDiskItWorksAgain()
{
    const QByteArray large(200'000, 'x');
    Result<EvidenceFolder> first;
    {
        const NearlyFullDisk disk(64 * 1024);
        first = keep({{u"a.txt"_s, "first"}, {u"b.log"_s, large}});
    }
    QVERIFY(!first);
    const auto second = keep({{u"a.txt"_s, "second"}, {u"b.log"_s, large}});
    QVERIFY(second);
    QVERIFY(second->path != QFileInfo(first.error().subject).path());
    QCOMPARE(verifyEvidence(second->path).value(), QStringList());
    QCOMPARE(bytesOf(QFileInfo(first.error().subject).path() + u"/a.txt"_s), "first");
}

void TestEvidenceFailures::theFolderCannotBeMade_data()
{
    QTest::addColumn<bool>("isFile");
    QTest::newRow("a file is in the way") << true;
    QTest::newRow("nobody may write there") << false;
}

void TestEvidenceFailures::theFolderCannotBeMade()
{
    QFETCH(bool, isFile);
    if (!isFile && geteuid() == 0)
        QSKIP("root may write everywhere");
    const QString place = root() + u"/evidence"_s;
    if (isFile) {
        QFile file(place);
        QVERIFY(file.open(QIODevice::WriteOnly));
    } else {
        QVERIFY(QDir().mkdir(place));
        QVERIFY(QFile::setPermissions(place, QFile::ReadOwner | QFile::ExeOwner));
    }
    const auto kept =
        keepEvidence(place, u"incident-1"_s, m_clock.now(), {{u"a.txt"_s, "x"}}, TaskContext());
    QVERIFY(!kept);
    QCOMPARE(kept.error().kind, ErrorKind::Denied);
    QVERIFY2(kept.error().subject.startsWith(place), qPrintable(kept.error().subject));
    QVERIFY(!filesBelow(root()).contains(u"a.txt"_s));
    QFile::setPermissions(place, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

void TestEvidenceFailures::aBadNameWritesNothing_data()
{
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<QString>("subject");
    QTest::newRow("outside") << QStringList{u"a.txt"_s, u"../../up.txt"_s} << u"../../up.txt"_s;
    QTest::newRow("folder") << QStringList{u"a.txt"_s, u"b/c.txt"_s} << u"b/c.txt"_s;
    QTest::newRow("twice") << QStringList{u"a.txt"_s, u"b.txt"_s, u"a.txt"_s} << u"a.txt"_s;
    QTest::newRow("the manifest") << QStringList{u"a.txt"_s, u"manifest.json"_s}
                                  << u"manifest.json"_s;
    QTest::newRow("none") << QStringList{u"a.txt"_s, QString()} << QString();
}

void TestEvidenceFailures::aBadNameWritesNothing()
{
    QFETCH(QStringList, names);
    QList<EvidenceItem> items;
    for (const QString &name : names)
        items.append({.fileName = name, .bytes = "x"});
    const auto kept = keep(items);
    QVERIFY(!kept);
    QCOMPARE(kept.error().kind, ErrorKind::Refused);
    QTEST(kept.error().subject, "subject");
    QCOMPARE(filesBelow(root()), QStringList());
    QVERIFY(!QDir(root() + u"/incident-1"_s).exists());
}

void TestEvidenceFailures::aStopBeforeTheFirstFileWritesNothing()
{
    std::stop_source stop;
    stop.request_stop();
    const TaskContext context(stop.get_token(), [](qint64, qint64, const QString &) {});
    const auto kept =
        keepEvidence(root(), u"incident-1"_s, m_clock.now(), {{u"a.txt"_s, "1"}}, context);
    QCOMPARE(kept.error().kind, ErrorKind::Cancelled);
    QCOMPARE(filesBelow(root()), QStringList());
}

void TestEvidenceFailures::progressNamesEveryFile()
{
    QStringList told;
    const TaskContext context({}, [&](qint64 done, qint64 total, const QString &phase) {
        told += u"%1/%2 %3"_s.arg(done).arg(total).arg(phase);
    });
    QVERIFY(keepEvidence(root(), u"i"_s, m_clock.now(),
                         {{u"a.txt"_s, "1"}, {u"b.txt"_s, "2"}, {u"c.txt"_s, ""}}, context));
    QCOMPARE(told, QStringList({u"1/3 a.txt"_s, u"2/3 b.txt"_s, u"3/3 c.txt"_s}));
}

void TestEvidenceFailures::aDamagedManifestProvesNothing_data()
{
    QTest::addColumn<QByteArray>("manifest");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("cut off") << QByteArray("{\"files\": [{\"file\": \"a.txt\"");
    QTest::newRow("a list") << QByteArray("[]");
    QTest::newRow("no files") << QByteArray("{\"incident\": \"incident-1\"}");
    QTest::newRow("not a list") << QByteArray("{\"files\": \"a.txt\"}");
    QTest::newRow("zero bytes") << QByteArray(512, '\0');
}

void TestEvidenceFailures::aDamagedManifestProvesNothing()
{
    QFETCH(QByteArray, manifest);
    const auto kept = keep({{u"a.txt"_s, "one"}});
    QFile file(kept->path + u"/manifest.json"_s);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    QCOMPARE(file.write(manifest), manifest.size());
    file.close();
    const auto verified = verifyEvidence(kept->path);
    QVERIFY2(!verified, "a damaged manifest was taken for a proof");
    QCOMPARE(verified.error().kind, ErrorKind::Corrupt);
    QCOMPARE(verified.error().subject, kept->path);
}

void TestEvidenceFailures::everyChangeOfAFileIsFound_data()
{
    QTest::addColumn<QByteArray>("after");
    QTest::newRow("one bit") << QByteArray("03:00 Aea: opened\n");
    QTest::newRow("a line more") << QByteArray("03:00 Ada: opened\n03:01 Bob: hid it\n");
    QTest::newRow("cut off") << QByteArray("03:00 Ada");
    QTest::newRow("emptied") << QByteArray();
    QTest::newRow("line end") << QByteArray("03:00 Ada: opened\r\n");
}

void TestEvidenceFailures::everyChangeOfAFileIsFound()
{
    QFETCH(QByteArray, after);
    const auto kept =
        keep({{u"timeline.txt"_s, "03:00 Ada: opened\n"}, {u"other.txt"_s, "untouched"}});
    QFile file(kept->path + u"/timeline.txt"_s);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write(after);
    file.close();
    QCOMPARE(verifyEvidence(kept->path).value(), QStringList{u"timeline.txt"_s});
}

void TestEvidenceFailures::namesAndTextsOfAnyScript()
{
    const QByteArray text = u"Störung: 障害 🔥\n"_s.toUtf8();
    const auto kept = keep({{u"Protokoll für 障害 🔥.txt"_s, text}, {u"leer.txt"_s, {}}});
    QVERIFY(kept);
    QCOMPARE(bytesOf(kept->path + u"/Protokoll für 障害 🔥.txt"_s), text);
    QCOMPARE(verifyEvidence(kept->path).value(), QStringList());
}

void TestEvidenceFailures::manyInOneSecondDoNotMeet()
{
    QSet<QString> paths;
    for (int i = 0; i < 12; ++i) {
        const auto kept = keep({{u"a.txt"_s, QByteArray::number(i)}});
        QVERIFY(kept);
        paths.insert(kept->path);
        QCOMPARE(bytesOf(kept->path + u"/a.txt"_s), QByteArray::number(i));
    }
    QCOMPARE(paths.size(), 12);
    for (const QString &path : std::as_const(paths))
        QCOMPARE(verifyEvidence(path).value(), QStringList());
}

MAYDAY_TEST(TestEvidenceFailures);
#include "tst_evidencefailures.moc"
