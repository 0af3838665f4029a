// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/unpackfolder.h"

#include "support/environment.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <filesystem>
#include <limits>

using namespace mayday;
using namespace mayday::backup;
using namespace Qt::StringLiterals;

namespace {

const QString subject = u"shop.zip"_s;
constexpr qint64 endless = std::numeric_limits<qint64>::max();

/// Gives out so many bytes.
UnpackFolder::Read bytes(qint64 size)
{
    return [left = size](std::span<char> buffer) mutable -> Result<qsizetype> {
        const auto piece = std::min<qint64>(left, static_cast<qint64>(buffer.size()));
        std::memset(buffer.data(), 'x', static_cast<size_t>(piece));
        left -= piece;
        return piece;
    };
}

const auto nobody = [](qint64) {
};

/// The child: unpacks something, says where, and waits to be killed.
int holdAFolder(const QString &place)
{
    TaskContext context;
    const auto folder = UnpackFolder::create(subject, 0, {.folders = {place}});
    if (!folder || !(*folder)->write(u"archive"_s, bytes(100'000), nobody, context))
        return 3;
    std::printf("%s\n", qPrintable((*folder)->path()));
    std::fflush(stdout);
    (void)std::getchar();
    return 0;
}

void makeOld(const QString &folder)
{
    std::filesystem::last_write_time(folder.toStdString(),
                                     std::filesystem::file_time_type::clock::now() -
                                         std::chrono::hours(2));
}

qint64 roomIn(const QString &folder)
{
    return static_cast<qint64>(std::filesystem::space(folder.toStdString()).available);
}

} // namespace

/// Where a backup is unpacked that has to lie on the disk, and that nothing of it stays.
class TestUnpackFolder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_place = std::make_unique<QTemporaryDir>(); }

    void thePlacesComeInOrder();
    void theFirstPlaceIsTaken();
    void aPlaceThatCannotBeWrittenToIsPassedOver();
    void aPlaceWithoutRoomIsPassedOver();
    void withoutAnyPlaceItSaysSo();
    void roomIsAskedForBefore();
    void aDiskThatFillsUpMeanwhileIsNoticed();
    void itIsForNobodyElse();
    void itGoesWithItsOwner();
    void namesStayInside_data();
    void namesStayInside();
    void aNameComesOnce();
    void anErrorOfTheReaderComesOut();
    void aStopEndsTheWriting();
    void whatAKillLeftIsTakenAway();
    void whatIsInUseStays();
    void whatNobodyLockedGoesWhenItIsOld();
    void linksOfThatNameAreLeftAlone();

private:
    [[nodiscard]] QStringList left() const
    {
        return QDir(m_place->path())
            .entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
    }
    [[nodiscard]] std::unique_ptr<UnpackFolder> made()
    {
        auto folder = UnpackFolder::create(subject, 0, {.folders = {m_place->path()}});
        return folder ? *std::move(folder) : nullptr;
    }

    std::unique_ptr<QTemporaryDir> m_place;
    TaskContext m_context;
};

void TestUnpackFolder::thePlacesComeInOrder()
{
    const tests::Variable cache("XDG_CACHE_HOME", "/somewhere/cache");
    {
        const tests::Variable chosen("TMPDIR", "/scratch");
        QCOMPARE(UnpackPlaces::standard().folders,
                 (QStringList{u"/scratch"_s, u"/somewhere/cache/mayday"_s, u"/tmp"_s}));
    }
    const tests::Variable none("TMPDIR", nullptr);
    QCOMPARE(UnpackPlaces::standard().folders,
             (QStringList{u"/somewhere/cache/mayday"_s, u"/tmp"_s}));
    const tests::Variable noCache("XDG_CACHE_HOME", nullptr);
    QCOMPARE(UnpackPlaces::standard().folders.value(0), QDir::homePath() + u"/.cache/mayday"_s);
}

void TestUnpackFolder::theFirstPlaceIsTaken()
{
    // It is made when it is not there.
    const QString first = m_place->filePath(u"first/of/all"_s);
    const QString second = m_place->filePath(u"second"_s);
    const auto folder = UnpackFolder::create(subject, 1000, {.folders = {first, second}});
    QVERIFY(folder);
    QVERIFY2((*folder)->path().startsWith(first + u'/'), qPrintable((*folder)->path()));
}

void TestUnpackFolder::aPlaceThatCannotBeWrittenToIsPassedOver()
{
    const QString file = m_place->filePath(u"file"_s);
    QVERIFY(QFile(file).open(QIODevice::WriteOnly));
    const QString good = m_place->filePath(u"good"_s);
    const auto folder =
        UnpackFolder::create(subject, 1000, {.folders = {u"/proc/none"_s, file, good}});
    QVERIFY2(folder, folder ? "" : qPrintable(describe(folder.error())));
    QVERIFY((*folder)->path().startsWith(good + u'/'));
}

void TestUnpackFolder::aPlaceWithoutRoomIsPassedOver()
{
    // The tests' own folder may be in memory or on a disk; the other one is where that is not.
    const bool isInMemory = m_place->path().startsWith("/dev/shm/"_L1);
    const QTemporaryDir other(isInMemory ? u"/var/tmp/mayday-test-XXXXXX"_s
                                         : u"/dev/shm/mayday-test-XXXXXX"_s);
    if (!other.isValid())
        QSKIP("there is no second disk here");
    const bool isSmaller = roomIn(other.path()) < roomIn(m_place->path());
    const QString small = isSmaller ? other.path() : m_place->path();
    const QString large = isSmaller ? m_place->path() : other.path();
    const qint64 between = roomIn(small) + (roomIn(large) - roomIn(small)) / 2;
    const auto folder =
        UnpackFolder::create(subject, between, {.folders = {small, large}, .leaveFree = 0});
    QVERIFY2(folder, folder ? "" : qPrintable(describe(folder.error())));
    QVERIFY((*folder)->path().startsWith(large + u'/'));
}

void TestUnpackFolder::withoutAnyPlaceItSaysSo()
{
    const auto folder = UnpackFolder::create(subject, 1000, {.folders = {u"/proc/none"_s}});
    QVERIFY(!folder);
    QCOMPARE(folder.error().kind, ErrorKind::Denied);
    QVERIFY2(folder.error().detail.contains(u"nothing can be written to /proc/none"_s),
             qPrintable(folder.error().detail));
}

void TestUnpackFolder::roomIsAskedForBefore()
{
    for (const qint64 needed : {qint64(1) << 60, endless}) {
        const auto folder = UnpackFolder::create(subject, needed, {.folders = {m_place->path()}});
        QVERIFY(!folder);
        QCOMPARE(folder.error().kind, ErrorKind::NoSpace);
        QCOMPARE(folder.error().subject, subject);
        QCOMPARE(folder.error().advice, Advice::FreeSpace);
        const QString &detail = folder.error().detail;
        QVERIFY2(detail.contains(u"that takes %1 MB"_s.arg(needed / 1'000'000 + 1)) &&
                     detail.contains(u"MB can be had in "_s + m_place->path()),
                 qPrintable(detail));
        QVERIFY(left().isEmpty());
    }
    // What stays free for everybody else is no room.
    const auto folder = UnpackFolder::create(
        subject, 1, {.folders = {m_place->path()}, .leaveFree = qint64(1) << 60});
    QVERIFY(!folder);
    QCOMPARE(folder.error().kind, ErrorKind::NoSpace);
}

/// What a container says of its sizes may be a lie.
void TestUnpackFolder::aDiskThatFillsUpMeanwhileIsNoticed()
{
    constexpr qint64 room = 48 * 1024 * 1024;
    auto folder = UnpackFolder::create(
        subject, 0, {.folders = {m_place->path()}, .leaveFree = roomIn(m_place->path()) - room});
    QVERIFY(folder);
    const auto written = (*folder)->write(u"archive"_s, bytes(20 * room), nobody, m_context);
    QVERIFY(!written);
    QCOMPARE(written.error().kind, ErrorKind::NoSpace);
    QCOMPARE(written.error().advice, Advice::FreeSpace);
    QVERIFY2(written.error().detail.contains(u"left in "_s + m_place->path()),
             qPrintable(written.error().detail));
    folder->reset();
    QVERIFY(left().isEmpty());
}

void TestUnpackFolder::itIsForNobodyElse()
{
    const auto folder = made();
    QVERIFY(folder);
    constexpr QFile::Permissions everybody = QFile::ReadGroup | QFile::WriteGroup |
                                             QFile::ExeGroup | QFile::ReadOther |
                                             QFile::WriteOther | QFile::ExeOther;
    QVERIFY(!(QFile::permissions(folder->path()) & everybody));
}

void TestUnpackFolder::itGoesWithItsOwner()
{
    auto folder = made();
    qint64 told = 0;
    const auto written = folder->write(
        u"archive"_s, bytes(1'000'000), [&told](qint64 piece) { told += piece; }, m_context);
    QVERIFY(written);
    QCOMPARE(*written, 1'000'000);
    QCOMPARE(told, 1'000'000);
    QCOMPARE(QFileInfo(folder->filePath(u"archive"_s)).size(), 1'000'000);
    folder.reset();
    QVERIFY(left().isEmpty());
}

void TestUnpackFolder::namesStayInside_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name : {"", ".", "..", "../outside", "/tmp/outside", "a/b", ".lock"})
        QTest::newRow(name) << QString::fromLatin1(name);
    QTest::newRow("an end inside") << u"a\0b"_s;
}

void TestUnpackFolder::namesStayInside()
{
    QFETCH(QString, name);
    const auto folder = made();
    const auto written = folder->write(name, bytes(3), nobody, m_context);
    QVERIFY(!written);
    QCOMPARE(written.error().kind, ErrorKind::Refused);
    QCOMPARE(QDir(folder->path()).entryList(QDir::Files).size(), 0);
    QCOMPARE(left().size(), 1);
}

void TestUnpackFolder::aNameComesOnce()
{
    const auto folder = made();
    QVERIFY(folder->write(u"toc.dat"_s, bytes(3), nobody, m_context));
    const auto again = folder->write(u"toc.dat"_s, bytes(4), nobody, m_context);
    QVERIFY(!again);
    QCOMPARE(again.error().kind, ErrorKind::Corrupt);
    QCOMPARE(QFileInfo(folder->filePath(u"toc.dat"_s)).size(), 3);
}

void TestUnpackFolder::anErrorOfTheReaderComesOut()
{
    auto folder = made();
    const Error broken{.kind = ErrorKind::Corrupt, .subject = subject, .detail = u"x"_s};
    const auto written = folder->write(
        u"archive"_s,
        [&, some = bytes(300'000)](std::span<char> buffer) mutable -> Result<qsizetype> {
            const auto got = some(buffer);
            return *got > 0 ? got : failure(broken);
        },
        nobody, m_context);
    QVERIFY(!written);
    QCOMPARE(written.error(), broken);
    folder.reset();
    QVERIFY(left().isEmpty());
}

void TestUnpackFolder::aStopEndsTheWriting()
{
    std::stop_source stop;
    TaskContext context(stop.get_token());
    auto folder = made();
    qint64 told = 0;
    const auto written = folder->write(
        u"archive"_s, bytes(endless),
        [&](qint64 piece) {
            told += piece;
            if (told > 1'000'000)
                stop.request_stop();
        },
        context);
    QVERIFY(!written);
    QCOMPARE(written.error().kind, ErrorKind::Cancelled);
    QVERIFY2(told < 2'000'000, qPrintable(QString::number(told)));
    folder.reset();
    QVERIFY(left().isEmpty());
}

void TestUnpackFolder::whatAKillLeftIsTakenAway()
{
    for (const bool isStart : {true, false}) {
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(), {u"--hold"_s, m_place->path()});
        QVERIFY(child.waitForReadyRead());
        const QString folder = QString::fromUtf8(child.readLine().trimmed());
        QVERIFY(QFile::exists(folder + u"/archive"_s));
        child.kill();
        QVERIFY(child.waitForFinished());
        QVERIFY(QFile::exists(folder + u"/archive"_s));
        if (isStart) {
            UnpackFolder::removeLeftovers({.folders = {m_place->path()}});
            QVERIFY2(left().isEmpty(), qPrintable(left().join(u' ')));
        } else {
            // Also in a place that is not used this time, for want of room.
            const auto none =
                UnpackFolder::create(subject, qint64(1) << 60, {.folders = {m_place->path()}});
            QVERIFY(!none);
            QVERIFY2(left().isEmpty(), qPrintable(left().join(u' ')));
        }
    }
}

void TestUnpackFolder::whatIsInUseStays()
{
    QProcess child;
    child.start(QCoreApplication::applicationFilePath(), {u"--hold"_s, m_place->path()});
    QVERIFY(child.waitForReadyRead());
    const QString theirs = QString::fromUtf8(child.readLine().trimmed());
    const auto ours = made();
    QVERIFY(ours);
    UnpackFolder::removeLeftovers({.folders = {m_place->path()}});
    QVERIFY(QFile::exists(theirs + u"/archive"_s));
    QVERIFY(QFile::exists(ours->path()));
    // Just made, and not locked yet.
    QVERIFY(QDir(m_place->path()).mkdir(u"mayday-unpacked-fresh"_s));
    UnpackFolder::removeLeftovers({.folders = {m_place->path()}});
    QVERIFY(QFile::exists(m_place->filePath(u"mayday-unpacked-fresh"_s)));
    child.closeWriteChannel();
    QVERIFY(child.waitForFinished());
    QVERIFY(!QFile::exists(theirs));
}

/// A kill between making it and locking it, or between unlocking it and taking it away.
void TestUnpackFolder::whatNobodyLockedGoesWhenItIsOld()
{
    const QString folder = m_place->filePath(u"mayday-unpacked-old"_s);
    QVERIFY(QDir().mkdir(folder));
    QVERIFY(QFile(folder + u"/archive"_s).open(QIODevice::WriteOnly));
    makeOld(folder);
    UnpackFolder::removeLeftovers({.folders = {m_place->path()}});
    QVERIFY(left().isEmpty());
}

/// In a place for everybody somebody may lay one to what others own.
void TestUnpackFolder::linksOfThatNameAreLeftAlone()
{
    const QTemporaryDir precious;
    QVERIFY(QFile(precious.filePath(u"photo.jpg"_s)).open(QIODevice::WriteOnly));
    makeOld(precious.path());
    QVERIFY(QFile::link(precious.path(), m_place->filePath(u"mayday-unpacked-evil"_s)));
    UnpackFolder::removeLeftovers({.folders = {m_place->path()}});
    QVERIFY(QFile::exists(precious.filePath(u"photo.jpg"_s)));
}

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == "--hold"_L1)
        return holdAFolder(arguments.value(2));
    TestUnpackFolder test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_unpackfolder.moc"
