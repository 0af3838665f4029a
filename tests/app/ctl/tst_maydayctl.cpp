// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/ctlfixture.h"
#include "support/testmain.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>

using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// The words of the program: help, usage, and the form of what it prints.
class TestMaydayctl : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void helpNamesEveryCommandAndEveryCode();
    void eachCommandHasItsHelp_data();
    void eachCommandHasItsHelp();
    void helpIsNeverAnAction();
    void saysItsVersion();
    void badUsageIs64_data();
    void badUsageIs64();
    void withJsonThereIsOneDocumentWhateverHappens_data();
    void withJsonThereIsOneDocumentWhateverHappens();
    void withoutJsonTheAdviceIsASentence();
    void aProfileThatCannotBeWrittenIsSaidAndNotFatal();
    void aPasswordIsNeverRepeated_data();
    void aPasswordIsNeverRepeated();

private:
    Ctl m_ctl;
};

void TestMaydayctl::helpNamesEveryCommandAndEveryCode()
{
    const Answer help = m_ctl.run({u"--help"_s});
    QCOMPARE(help.code, 0);
    QVERIFY(help.err.isEmpty());
    for (const char *word : {"inspect FILE", "restore FILE", "put-back", "status",
                             "runbook check FILE", "--json", "--progress json", "--profile",
                             "--yes", "PGPASSWORD", "  0  ", "  1  ", "  2  ", "  3  ", "  64 "})
        QVERIFY2(help.out.contains(word), word);
    for (const QByteArray &line : help.out.split('\n'))
        QVERIFY2(line.size() <= 100, line.constData());
    QCOMPARE(m_ctl.run({u"-h"_s}).out, help.out);
}

void TestMaydayctl::eachCommandHasItsHelp_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("usage");
    QTest::addColumn<QByteArrayList>("options");
    QTest::newRow("inspect")
        << QStringList{u"inspect"_s, u"--help"_s}
        << QByteArray("Usage: maydayctl inspect FILE [--again] [--objects|--show NAME "
                      "[--with-rows]]\n")
        << QByteArrayList{"--again"};
    QTest::newRow("dump") << QStringList{u"dump"_s, u"--help"_s}
                          << QByteArray("Usage: maydayctl dump --target CONNINFO --file FILE")
                          << QByteArrayList{"--target", "--file", "--schema"};
    QTest::newRow("restore") << QStringList{u"restore"_s, u"--help"_s}
                             << QByteArray("Usage: maydayctl restore FILE --target")
                             << QByteArrayList{"--target", "--yes"};
    QTest::newRow("put-back") << QStringList{u"put-back"_s, u"-h"_s}
                              << QByteArray("Usage: maydayctl put-back --target")
                              << QByteArrayList{"--target", "--restore", "--yes"};
    QTest::newRow("status") << QStringList{u"--help"_s, u"status"_s}
                            << QByteArray("Usage: maydayctl status") << QByteArrayList{"--stack"};
    QTest::newRow("runbook") << QStringList{u"runbook"_s, u"check"_s, u"--help"_s}
                             << QByteArray("Usage: maydayctl runbook check FILE\n")
                             << QByteArrayList{};
}

void TestMaydayctl::eachCommandHasItsHelp()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, usage);
    QFETCH(QByteArrayList, options);
    const Answer help = m_ctl.run(arguments);
    QCOMPARE(help.code, 0);
    QVERIFY2(help.out.startsWith(usage), help.all());
    for (const QByteArray &option : options + QByteArrayList{"--json", "Exit codes:"})
        QVERIFY2(help.out.contains("\n  " + option) || help.out.contains('\n' + option),
                 option.constData());
}

void TestMaydayctl::helpIsNeverAnAction()
{
    const QString target = m_ctl.liveDatabase(u"asked_for_help"_s);
    const Answer help = m_ctl.run({u"restore"_s, m_ctl.write(u"ok.sql"_s, smallDump), u"--target"_s,
                                   target, u"--yes"_s, u"--help"_s});
    QCOMPARE(help.code, 0);
    QCOMPARE(m_ctl.products(u"asked_for_help"_s), u"99"_s);
}

void TestMaydayctl::saysItsVersion()
{
    const Answer text = m_ctl.run({u"--version"_s});
    QCOMPARE(text.code, 0);
    const QString version =
        m_ctl.run({u"--version"_s, u"--json"_s}).json()["version"_L1].toString();
    QVERIFY(version.count(u'.') == 2);
    QCOMPARE(text.out, "maydayctl " + version.toUtf8() + '\n');
}

void TestMaydayctl::badUsageIs64_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("reason");
    const auto row = [](const char *name, const QStringList &arguments, const QByteArray &reason) {
        QTest::newRow(name) << arguments << reason;
    };
    row("nothing", {}, "Usage: maydayctl COMMAND");
    row("no such command", {u"explode"_s}, "there is no command \"explode\"");
    row("a typing error asks for help", {u"restroe"_s, u"--help"_s}, "no command \"restroe\"");
    row("unknown form of progress", {u"inspect"_s, u"x"_s, u"--progress"_s, u"xml"_s},
        "--progress knows json only, not \"xml\"");
    row("two profiles", {u"inspect"_s, u"x"_s, u"--profile=/y"_s},
        "inspect does not know --profile=/y");
    row("inspect nothing", {u"inspect"_s}, "inspect takes one file");
    row("inspect two files", {u"inspect"_s, u"a"_s, u"b"_s}, "inspect takes one file");
    row("inspect what is no option", {u"inspect"_s, u"--deep"_s}, "inspect does not know --deep");
    row("restore without a target", {u"restore"_s, u"x.sql"_s}, "--target is missing");
    row("restore with half a target", {u"restore"_s, u"x.sql"_s, u"--target"_s, u"--yes"_s},
        "--target is missing");
    row("restore without a file", {u"restore"_s, u"--target"_s, u"dbname=x"_s},
        "restore takes one file");
    row("restore with a typing error",
        {u"restore"_s, u"x.sql"_s, u"--target"_s, u"dbname=x"_s, u"--yess"_s},
        "restore does not know --yess");
    row("a target that names no database", {u"restore"_s, u"x.sql"_s, u"--target=host=db"_s},
        "--target names no database");
    row("put-back without a target", {u"put-back"_s, u"--yes"_s}, "--target is missing");
    row("put-back with a typing error", {u"put-back"_s, u"--target"_s, u"dbname=x"_s, u"--yess"_s},
        "put-back does not know --yess");
    row("put-back nobody knows where", {u"put-back"_s, u"--target"_s, u"host=db"_s, u"--yes"_s},
        "--target names no database");
    row("status of something else", {u"status"_s, u"stack.yaml"_s},
        "status does not know stack.yaml");
    row("runbook without check", {u"runbook"_s, u"x.md"_s}, "it is: runbook check FILE");
    row("runbook with another verb", {u"runbook"_s, u"run"_s, u"x.md"_s},
        "it is: runbook check FILE");
    row("runbook with an option", {u"runbook"_s, u"check"_s, u"x.md"_s, u"--fix"_s},
        "runbook does not know --fix");
}

void TestMaydayctl::badUsageIs64()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, reason);
    const Answer answer = m_ctl.run(arguments);
    QVERIFY2(answer.code == 64, answer.all());
    QVERIFY(answer.out.isEmpty()); // a pipe gets nothing that it could take for an answer
    QVERIFY2(answer.err.contains(reason), answer.all());
    QVERIFY(answer.err.contains("--help"));
}

void TestMaydayctl::withJsonThereIsOneDocumentWhateverHappens_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("kind");
    const QString nowhere = u"host=127.0.0.1 port=1 dbname=x user=y"_s;
    const QString file = m_ctl.write(u"good.sql"_s, smallDump);
    QTest::newRow("nothing") << QStringList{} << 64 << u"refused"_s;
    QTest::newRow("no such command") << QStringList{u"explode"_s} << 64 << u"refused"_s;
    QTest::newRow("bad usage") << QStringList{u"status"_s, u"x"_s} << 64 << u"refused"_s;
    QTest::newRow("inspect no file")
        << QStringList{u"inspect"_s, u"/nowhere/x"_s} << 2 << u"not-found"_s;
    QTest::newRow("restore no file")
        << QStringList{u"restore"_s, u"/nowhere/x"_s, u"--target"_s, nowhere, u"--yes"_s} << 2
        << u"not-found"_s;
    QTest::newRow("restore unasked")
        << QStringList{u"restore"_s, file, u"--target"_s, nowhere} << 2 << u"refused"_s;
    QTest::newRow("restore to nowhere")
        << QStringList{u"restore"_s, file, u"--target"_s, nowhere, u"--yes"_s} << 2
        << u"unreachable"_s;
    QTest::newRow("put-back unasked")
        << QStringList{u"put-back"_s, u"--target"_s, nowhere} << 2 << u"refused"_s;
    QTest::newRow("put-back nowhere")
        << QStringList{u"put-back"_s, u"--target"_s, nowhere, u"--yes"_s} << 2 << u"unreachable"_s;
    QTest::newRow("status of nothing")
        << QStringList{u"status"_s, u"--stack=/nowhere/x"_s} << 2 << u"not-found"_s;
    QTest::newRow("runbook of nothing")
        << QStringList{u"runbook"_s, u"check"_s, u"/nowhere/x"_s} << 2 << u"not-found"_s;
}

void TestMaydayctl::withJsonThereIsOneDocumentWhateverHappens()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, code);
    QFETCH(QString, kind);
    const Answer answer = m_ctl.run(arguments + QStringList{u"--json"_s});
    QVERIFY2(answer.code == code, answer.all());
    QVERIFY2(answer.err.isEmpty(), answer.all());
    QJsonParseError parsed;
    QJsonDocument::fromJson(answer.out, &parsed);
    QVERIFY2(parsed.error == QJsonParseError::NoError, answer.all());
    QCOMPARE(answer.error()["kind"_L1].toString(), kind);
    for (const char *key : {"subject", "detail", "line", "sqlstate", "advice"})
        QVERIFY2(answer.error().contains(QLatin1StringView(key)), key);
    QVERIFY(!answer.error()["detail"_L1].toString().isEmpty());
}

void TestMaydayctl::withoutJsonTheAdviceIsASentence()
{
    const Answer answer = m_ctl.run(
        {u"put-back"_s, u"--target"_s, u"host=127.0.0.1 port=1 dbname=x user=y"_s, u"--yes"_s});
    QCOMPARE(answer.code, 2);
    QVERIFY2(answer.out.startsWith("Not put back. Nothing changed.\n"), answer.all());
    QVERIFY2(answer.out.contains("What to do: "), answer.all());
    const Answer missing = m_ctl.run({u"inspect"_s, u"/nowhere/x"_s});
    QVERIFY2(missing.err.startsWith("maydayctl: not-found: /nowhere/x"), missing.all());
    QVERIFY(missing.out.isEmpty());
}

void TestMaydayctl::aProfileThatCannotBeWrittenIsSaidAndNotFatal()
{
    const QString inTheWay = m_ctl.write(u"a-file"_s, "not a folder");
    const QString target = m_ctl.liveDatabase(u"unrecorded"_s);
    const QString file = m_ctl.write(u"ok.sql"_s, smallDump);
    QProcess process;
    process.setProcessEnvironment(m_ctl.environment());
    process.start(Ctl::program(), {u"restore"_s, file, u"--target"_s, target, u"--yes"_s,
                                   u"--profile"_s, inTheWay});
    const Answer done = Ctl::answerOf(process);
    QVERIFY2(done.code == 0, done.all());
    QVERIFY2(done.err.contains("warning: no log: "), done.all());
    QVERIFY2(done.err.contains("warning: nothing is written to the record: "), done.all());
    QCOMPARE(m_ctl.products(u"unrecorded"_s), u"1 2 3"_s);
    process.start(Ctl::program(), {u"inspect"_s, file, u"--profile="_s});
    const Answer nowhere = Ctl::answerOf(process);
    QCOMPARE(nowhere.code, 64);
    QVERIFY2(nowhere.err.contains("--profile wants a folder"), nowhere.all());
}

void TestMaydayctl::aPasswordIsNeverRepeated_data()
{
    QTest::addColumn<QString>("target");
    const QString port = QString::number(m_ctl.server().port());
    QTest::newRow("words") << u"host=127.0.0.1 port=%1 dbname=x user=y password=hunter2"_s.arg(
        port);
    QTest::newRow("address") << u"postgresql://y:hunter2@127.0.0.1:%1/x"_s.arg(port);
    QTest::newRow("broken words") << u"host=127.0.0.1 password=hunter2 and more"_s;
    QTest::newRow("broken address") << u"postgresql://y:hunter2@127.0.0.1:port/x"_s;
    QTest::newRow("in the question") << u"postgresql://127.0.0.1/x?user=y&password=hunter2"_s;
}

void TestMaydayctl::aPasswordIsNeverRepeated()
{
    QFETCH(QString, target);
    const QString file = m_ctl.write(u"ok.sql"_s, smallDump);
    for (const QString &form : {u"--json"_s, u"--progress=json"_s}) {
        const Answer answer =
            m_ctl.run({u"restore"_s, file, u"--target"_s, target, u"--yes"_s, form});
        QVERIFY(answer.code == 2 || answer.code == 64);
        QVERIFY2(!answer.all().contains("hunter2"), answer.all());
    }
    QDirIterator files(m_ctl.profile(), QDir::Files, QDirIterator::Subdirectories);
    int read = 0;
    while (files.hasNext()) {
        QFile one(files.next());
        QVERIFY(one.open(QIODevice::ReadOnly));
        QVERIFY2(!one.readAll().contains("hunter2"), qPrintable(one.fileName()));
        ++read;
    }
    QVERIFY(read > 0); // the log at least
}

MAYDAY_TEST(TestMaydayctl);
#include "tst_maydayctl.moc"
