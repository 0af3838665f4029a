// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/archive/readwhole.h"
#include "archive/bytesource.h"
#include "archive/digest.h"
#include "archive/filesource.h"
#include "core/atomicfile.h"
#include "support/testmain.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace mayday;
using namespace mayday::archive;
using namespace mayday::archive::test;
using namespace Qt::StringLiterals;

namespace {

/// A file of the system whose first byte cannot be read by anybody.
const QString brokenFile = u"/proc/self/mem"_s;

} // namespace

/// Real files, also those that change or fail while they are read.
class TestFileSource : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void whatIsNoFileIsRefusedAtOnce_data();
    void whatIsNoFileIsRefusedAtOnce();
    void aLinkIsFollowed();
    void aFileNobodyMayRead();
    void peekingTakesNothing();
    void whatGrowsIsReadToItsNewEnd();
    void whatIsCutMeanwhileEnds();
    void whatIsDeletedMeanwhileIsStillRead();
    void whatFailsIsNoEnd();
    void digestIsThatOfTheBytes_data();
    void digestIsThatOfTheBytes();
    void digestTellsProgress();
    void digestStopsInTheMiddle();
    void digestOfWhatFails();

private:
    QString written(const QByteArray &bytes);

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestFileSource::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

QString TestFileSource::written(const QByteArray &bytes)
{
    const QString path = m_folder->filePath(u"backup.sql"_s);
    if (!writeFileAtomically(path, bytes))
        qFatal("the test's own file cannot be written");
    return path;
}

void TestFileSource::whatIsNoFileIsRefusedAtOnce_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("kind");
    const auto row = [](const char *name, const QString &path, ErrorKind kind) {
        QTest::newRow(name) << path << static_cast<int>(kind);
    };
    row("missing", u"none.sql"_s, ErrorKind::NotFound);
    row("in a missing folder", u"none/none.sql"_s, ErrorKind::NotFound);
    row("a folder", u"."_s, ErrorKind::Refused);
    row("a pipe nobody writes to", u"pipe"_s, ErrorKind::Refused);
    row("a device without end", u"/dev/zero"_s, ErrorKind::Refused);
    row("a link to nothing", u"dangling"_s, ErrorKind::NotFound);
    row("a link to itself", u"loop"_s, ErrorKind::NotFound);
    row("no name", QString(), ErrorKind::NotFound);
}

void TestFileSource::whatIsNoFileIsRefusedAtOnce()
{
    QFETCH(QString, path);
    QFETCH(int, kind);
    QCOMPARE(::mkfifo(QFile::encodeName(m_folder->filePath(u"pipe"_s)).constData(), 0600), 0);
    QVERIFY(QFile::link(m_folder->filePath(u"none"_s), m_folder->filePath(u"dangling"_s)));
    QVERIFY(QFile::link(m_folder->filePath(u"loop"_s), m_folder->filePath(u"loop"_s)));
    const bool isWhole = path.isEmpty() || QDir::isAbsolutePath(path);
    const QString whole = isWhole ? path : m_folder->filePath(path);
    const auto source = openSource(whole);
    QVERIFY(!source);
    QVERIFY2(static_cast<int>(source.error().kind) == kind, qPrintable(describe(source.error())));
    QCOMPARE(source.error().subject, whole);
    QVERIFY(!source.error().detail.isEmpty());
    const auto digest = sha256OfFile(whole, TaskContext());
    QVERIFY(!digest);
    QCOMPARE(digest.error(), source.error());
}

void TestFileSource::aLinkIsFollowed()
{
    const QString path = written("text\n");
    const QString link = m_folder->filePath(u"latest.sql"_s);
    QVERIFY(QFile::link(path, link));
    const auto source = openSource(link);
    QVERIFY(source);
    QCOMPARE((*source)->total(), 5);
    QCOMPARE(readAll(**source).bytes, QByteArray("text\n"));
}

void TestFileSource::aFileNobodyMayRead()
{
    const QString path = written("text\n");
    QVERIFY(QFile::setPermissions(path, {}));
    const auto source = openSource(path);
    QVERIFY(!source);
    QCOMPARE(source.error().kind, ErrorKind::Denied);
    QCOMPARE(source.error().subject, path);
}

void TestFileSource::peekingTakesNothing()
{
    const auto source = FileSource::open(written("0123456789"));
    QVERIFY(source);
    QCOMPARE((*source)->peek(4), QByteArray("0123"));
    QCOMPARE((*source)->consumed(), 0);
    std::array<char, 3> three = {};
    QCOMPARE((*source)->read(three).value(), 3);
    QCOMPARE((*source)->peek(100), QByteArray("3456789"));
    QCOMPARE((*source)->consumed(), 3);
    QCOMPARE(readAll(**source).bytes, QByteArray("3456789"));
    QCOMPARE((*source)->peek(4), QByteArray());
}

/// A backup that is still being written.
void TestFileSource::whatGrowsIsReadToItsNewEnd()
{
    const QString path = written("one\n");
    const auto source = openSource(path);
    QVERIFY(source);
    QFile more(path);
    QVERIFY(more.open(QIODevice::Append));
    more.write("two\n");
    more.close();
    QCOMPARE(readAll(**source, 3).bytes, QByteArray("one\ntwo\n"));
    QCOMPARE((*source)->consumed(), 8);
}

void TestFileSource::whatIsCutMeanwhileEnds()
{
    const QString path = written(QByteArray(100'000, 'x'));
    const auto source = openSource(path);
    QVERIFY(source);
    std::array<char, 10> ten = {};
    QCOMPARE((*source)->read(ten).value(), 10);
    QVERIFY(QFile::resize(path, 50));
    const Outcome rest = readAll(**source);
    QVERIFY(!rest.error);
    QCOMPARE(rest.bytes.size(), 40);
    QCOMPARE((*source)->total(), 100'000); // so that somebody can see that bytes are missing
}

void TestFileSource::whatIsDeletedMeanwhileIsStillRead()
{
    const QString path = written("text\n");
    const auto source = openSource(path);
    QVERIFY(source);
    QVERIFY(QFile::remove(path));
    QCOMPARE(readAll(**source).bytes, QByteArray("text\n"));
}

void TestFileSource::whatFailsIsNoEnd()
{
    const auto source = openSource(brokenFile);
    QVERIFY(source);
    const Outcome outcome = readAll(**source);
    QVERIFY(outcome.error);
    QCOMPARE(outcome.error->kind, ErrorKind::Unreachable);
    QCOMPARE(outcome.error->subject, brokenFile);
    QVERIFY2(outcome.error->detail.startsWith(u"reading failed at byte 0: "_s),
             qPrintable(outcome.error->detail));
    QVERIFY(!(*source)->endedEarly());
    QCOMPARE(readAll(**source).error, outcome.error);
}

void TestFileSource::digestIsThatOfTheBytes_data()
{
    QTest::addColumn<qsizetype>("size");
    for (const qsizetype size : {0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3'000'000})
        QTest::addRow("%lld bytes", static_cast<long long>(size)) << size;
}

void TestFileSource::digestIsThatOfTheBytes()
{
    QFETCH(qsizetype, size);
    QByteArray bytes(size, '\0');
    for (qsizetype i = 0; i < size; ++i)
        bytes[i] = static_cast<char>(i * 31 % 253);
    const auto digest = sha256OfFile(written(bytes), TaskContext());
    QVERIFY(digest);
    QCOMPARE(*digest, QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex());
}

void TestFileSource::digestTellsProgress()
{
    QList<qint64> steps;
    const TaskContext context({}, [&](qint64 done, qint64 total, const QString &phase) {
        QCOMPARE(total, 1'000'000);
        QCOMPARE(phase, u"digest"_s);
        steps.append(done);
    });
    QVERIFY(sha256OfFile(written(QByteArray(1'000'000, 'x')), context));
    QVERIFY(steps.size() > 1);
    QVERIFY(std::ranges::is_sorted(steps));
    QCOMPARE(steps.last(), 1'000'000);
}

void TestFileSource::digestStopsInTheMiddle()
{
    std::stop_source stop;
    int calls = 0;
    const TaskContext context(stop.get_token(), [&](qint64, qint64, const QString &) {
        ++calls;
        stop.request_stop();
    });
    const QString path = written(QByteArray(1'000'000, 'x'));
    const auto digest = sha256OfFile(path, context);
    QVERIFY(!digest);
    QCOMPARE(digest.error().kind, ErrorKind::Cancelled);
    QCOMPARE(digest.error().subject, path);
    QCOMPARE(digest.error().detail, u"nothing was changed"_s);
    QCOMPARE(calls, 1);
}

void TestFileSource::digestOfWhatFails()
{
    const auto digest = sha256OfFile(brokenFile, TaskContext());
    QVERIFY(!digest);
    QCOMPARE(digest.error().kind, ErrorKind::Unreachable);
}

MAYDAY_TEST(TestFileSource);
#include "tst_filesource.moc"
