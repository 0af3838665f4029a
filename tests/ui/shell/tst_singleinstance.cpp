// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/singleinstance.h"

#include <QCoreApplication>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>

using namespace mayday;
using namespace mayday::ui;
using namespace Qt::StringLiterals;

class TestSingleInstance : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theSecondRaisesTheFirst();
    void profilesDoNotDisturbEachOther();
    void theLockGoesWithItsHolder();
    void aKilledHolderIsReplaced();
    void aLivingHolderInAnotherProcessAnswers();
    void aFolderThatCannotBeMadeIsAnError();

private:
    static SingleInstance::Claim claimed(SingleInstance &instance)
    {
        return instance.claim().value();
    }
    static bool startHolder(QProcess &process, const QString &folder)
    {
        process.start(QCoreApplication::applicationFilePath(), {u"--hold"_s, folder});
        return process.waitForReadyRead(10000) && process.readAll().startsWith("held");
    }
};

void TestSingleInstance::theSecondRaisesTheFirst()
{
    const QTemporaryDir folder;
    SingleInstance first(folder.path());
    QCOMPARE(claimed(first), SingleInstance::Claim::First);
    QSignalSpy raised(&first, &SingleInstance::raiseRequested);
    for (int start = 1; start <= 2; ++start) {
        SingleInstance second(folder.path());
        QCOMPARE(claimed(second), SingleInstance::Claim::HandedOver);
        QTRY_COMPARE(raised.size(), start);
    }
}

void TestSingleInstance::profilesDoNotDisturbEachOther()
{
    const QTemporaryDir folder;
    SingleInstance one(folder.filePath(u"a/state"_s));
    SingleInstance other(folder.filePath(u"b/state"_s));
    QCOMPARE(claimed(one), SingleInstance::Claim::First);
    QCOMPARE(claimed(other), SingleInstance::Claim::First);
}

void TestSingleInstance::theLockGoesWithItsHolder()
{
    const QTemporaryDir folder;
    {
        SingleInstance first(folder.path());
        QCOMPARE(claimed(first), SingleInstance::Claim::First);
    }
    SingleInstance second(folder.path());
    QCOMPARE(claimed(second), SingleInstance::Claim::First);
}

void TestSingleInstance::aKilledHolderIsReplaced()
{
    const QTemporaryDir folder;
    QProcess holder;
    QVERIFY(startHolder(holder, folder.path()));
    QVERIFY(QFile::exists(folder.filePath(u"instance.lock"_s)));
    holder.kill();
    QVERIFY(holder.waitForFinished());
    QVERIFY(QFile::exists(folder.filePath(u"instance.lock"_s))); // it had no time to tidy up
    SingleInstance next(folder.path());
    QCOMPARE(claimed(next), SingleInstance::Claim::First);
    // And it can be called, although the old socket was in the way.
    const QSignalSpy raised(&next, &SingleInstance::raiseRequested);
    SingleInstance third(folder.path());
    QCOMPARE(claimed(third), SingleInstance::Claim::HandedOver);
    QTRY_COMPARE(raised.size(), 1);
}

void TestSingleInstance::aLivingHolderInAnotherProcessAnswers()
{
    const QTemporaryDir folder;
    QProcess holder;
    QVERIFY(startHolder(holder, folder.path()));
    SingleInstance second(folder.path());
    QCOMPARE(claimed(second), SingleInstance::Claim::HandedOver);
    QVERIFY(holder.waitForReadyRead(5000));
    QCOMPARE(holder.readAll().trimmed(), "raised");
    holder.kill();
    QVERIFY(holder.waitForFinished());
}

void TestSingleInstance::aFolderThatCannotBeMadeIsAnError()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    SingleInstance instance(folder.filePath(u"file/state"_s));
    const auto claim = instance.claim();
    QVERIFY(!claim);
    QCOMPARE(claim.error().kind, ErrorKind::Denied);
}

namespace {

void say(const char *word)
{
    std::puts(word);
    std::fflush(stdout);
}

/// The other process: holds a profile until it is killed.
int hold(QCoreApplication &application, const QString &folder)
{
    SingleInstance instance(folder);
    QObject::connect(&instance, &SingleInstance::raiseRequested, &application,
                     [] { say("raised"); });
    const auto claim = instance.claim();
    say(claim && *claim == SingleInstance::Claim::First ? "held" : "refused");
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == "--hold"_L1)
        return hold(application, arguments.value(2));
    TestSingleInstance test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_singleinstance.moc"
