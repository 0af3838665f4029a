// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/atomicfile.h"
#include "support/temppostgres.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QTest>

using namespace mayday;
using namespace Qt::StringLiterals;

namespace {

struct Answer {
    int code = -1;
    QByteArray out = {};
    QByteArray err = {};

    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
};

const QByteArray smallDump = "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database "
                             "version 17.11\n-- Dumped by pg_dump version 17.11\n\n"
                             "SET client_encoding = 'UTF8';\n\nCREATE TABLE public.products (\n    "
                             "id integer NOT NULL\n);\n\n"
                             "COPY public.products (id) FROM stdin;\n1\n2\n3\n\\.\n\n--\n-- "
                             "PostgreSQL database dump complete\n--\n\n";

} // namespace

class TestMaydayctl : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void helpAndVersion();
    void badUsageIs64_data();
    void badUsageIs64();
    void inspects();
    void inspectsBadFiles_data();
    void inspectsBadFiles();
    void refusesWithoutYes();
    void restoresAndPutsBack();
    void aFailedRestoreSaysWhere();
    void checksRunbooks();
    void statusNeedsAStack();

private:
    Answer run(const QStringList &arguments);
    QString write(const QString &name, const QByteArray &text);

    QTemporaryDir m_folder;
    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestMaydayctl::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
}

Answer TestMaydayctl::run(const QStringList &arguments)
{
    QProcess ctl;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"PGPASSWORD"_s, QString::fromUtf8(m_server->password().reveal()));
    ctl.setProcessEnvironment(environment);
    ctl.start(QStringLiteral(MAYDAY_BINARY_DIR "/bin/maydayctl"),
              QStringList{u"--profile"_s, m_folder.filePath(u"profile"_s)} + arguments);
    if (!ctl.waitForFinished(60000))
        return {};
    return {.code = ctl.exitCode(),
            .out = ctl.readAllStandardOutput(),
            .err = ctl.readAllStandardError()};
}

QString TestMaydayctl::write(const QString &name, const QByteArray &text)
{
    const QString path = m_folder.filePath(name);
    if (!writeFileAtomically(path, text))
        qFatal("%s", qPrintable(path));
    return path;
}

void TestMaydayctl::helpAndVersion()
{
    const Answer help = run({u"--help"_s});
    QCOMPARE(help.code, 0);
    for (const char *word :
         {"inspect", "restore", "put-back", "status", "runbook check", "--json", "64", "--yes"})
        QVERIFY2(help.out.contains(word), word);
    QCOMPARE(run({u"--version"_s}).code, 0);
    QVERIFY(!run({u"--version"_s, u"--json"_s}).json()["version"_L1].toString().isEmpty());
}

void TestMaydayctl::badUsageIs64_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("nothing") << QStringList{};
    QTest::newRow("no such command") << QStringList{u"explode"_s};
    QTest::newRow("inspect without a file") << QStringList{u"inspect"_s};
    QTest::newRow("restore without a target") << QStringList{u"restore"_s, u"x.sql"_s};
    QTest::newRow("runbook without check") << QStringList{u"runbook"_s, u"x.md"_s};
    QTest::newRow("unknown option")
        << QStringList{u"put-back"_s, u"--target"_s, u"host=x"_s, u"--yess"_s};
}

void TestMaydayctl::badUsageIs64()
{
    QFETCH(QStringList, arguments);
    QCOMPARE(run(arguments).code, 64);
}

void TestMaydayctl::inspects()
{
    const Answer answer = run({u"inspect"_s, write(u"ok.sql"_s, smallDump), u"--json"_s});
    QCOMPARE(answer.code, 0);
    const QJsonObject json = answer.json();
    for (const char *key : {"verdict", "format", "serverVersion", "dumpVersion", "encoding",
                            "tables", "objects", "warnings"})
        QVERIFY2(json.contains(QLatin1StringView(key)), key);
    QCOMPARE(json["verdict"_L1].toString(), u"complete"_s);
    QCOMPARE(json["tables"_L1][0]["rows"_L1].toInteger(), 3);
    QVERIFY(run({u"inspect"_s, m_folder.filePath(u"ok.sql"_s)}).out.contains("public.products"));
}

void TestMaydayctl::inspectsBadFiles_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("verdict");
    QTest::newRow("cut off") << smallDump.chopped(60) << u"truncated"_s;
    QTest::newRow("html") << QByteArray("<!DOCTYPE html><html><body>503</body></html>")
                          << u"not-a-dump"_s;
    QTest::newRow("empty") << QByteArray() << u"not-a-dump"_s;
}

void TestMaydayctl::inspectsBadFiles()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, verdict);
    const Answer answer = run({u"inspect"_s, write(u"bad.sql"_s, text), u"--json"_s});
    QCOMPARE(answer.code, 2);
    QCOMPARE(answer.json()["verdict"_L1].toString(), verdict);
}

void TestMaydayctl::refusesWithoutYes()
{
    const auto target = m_server->createDatabase(u"unasked"_s);
    const Answer answer = run({u"restore"_s, write(u"ok.sql"_s, smallDump), u"--target"_s,
                               target.withoutPassword(), u"--json"_s});
    QCOMPARE(answer.code, 2);
    QCOMPARE(answer.json()["error"_L1]["kind"_L1].toString(), u"refused"_s);
    QCOMPARE(
        m_server->scalar(u"unasked"_s, "SELECT count(*) FROM pg_class WHERE relname = 'products'"),
        u"0"_s);
}

void TestMaydayctl::restoresAndPutsBack()
{
    const auto target = m_server->createDatabase(u"shop"_s);
    m_server->execute(u"shop"_s,
                      "CREATE TABLE products (id integer); INSERT INTO products VALUES (99)");
    const Answer restored = run({u"restore"_s, write(u"ok.sql"_s, smallDump), u"--target"_s,
                                 target.withoutPassword(), u"--yes"_s, u"--json"_s});
    QVERIFY2(restored.code == 0, restored.out + restored.err);
    QCOMPARE(restored.json()["verdict"_L1].toString(), u"proven"_s);
    QCOMPARE(restored.json()["tables"_L1][0]["rowsAfter"_L1].toInteger(), 3);
    QCOMPARE(restored.json()["left"_L1].toArray().size(), 1);
    QCOMPARE(m_server->scalar(u"shop"_s, "SELECT count(*) FROM products"), u"3"_s);

    const Answer back =
        run({u"put-back"_s, u"--target"_s, target.withoutPassword(), u"--yes"_s, u"--json"_s});
    QVERIFY2(back.code == 0, back.out + back.err);
    QCOMPARE(m_server->scalar(u"shop"_s, "SELECT id FROM products"), u"99"_s);
    const Answer empty =
        run({u"put-back"_s, u"--target"_s, m_server->createDatabase(u"fresh"_s).withoutPassword(),
             u"--yes"_s, u"--json"_s});
    QCOMPARE(empty.code, 2);
}

void TestMaydayctl::aFailedRestoreSaysWhere()
{
    const auto target = m_server->createDatabase(u"failing"_s);
    QByteArray text = smallDump;
    text.replace("\n2\n", "\ntwo\n");
    const Answer answer = run({u"restore"_s, write(u"bad.sql"_s, text), u"--target"_s,
                               target.withoutPassword(), u"--yes"_s, u"--json"_s});
    QCOMPARE(answer.code, 2);
    const QJsonObject error = answer.json()["error"_L1].toObject();
    QCOMPARE(error["sqlstate"_L1].toString(), u"22P02"_s);
    QCOMPARE(error["line"_L1].toInteger(), text.first(text.indexOf("\ntwo\n") + 1).count('\n') + 1);
    QCOMPARE(error["subject"_L1].toString(), u"public.products"_s);
    QVERIFY(!answer.out.contains("two"));
    QVERIFY(answer.json()["left"_L1].toArray().isEmpty());
    const Answer unreachable =
        run({u"restore"_s, m_folder.filePath(u"ok.sql"_s), u"--target"_s,
             u"host=127.0.0.1 port=1 dbname=x user=y"_s, u"--yes"_s, u"--json"_s});
    QCOMPARE(unreachable.code, 2);
    QCOMPARE(unreachable.json()["error"_L1]["kind"_L1].toString(), u"unreachable"_s);
}

void TestMaydayctl::checksRunbooks()
{
    const Answer good =
        run({u"runbook"_s, u"check"_s,
             QStringLiteral(MAYDAY_SOURCE_DIR "/resources/runbooks/database-corruption.md"),
             u"--json"_s});
    QVERIFY2(good.code == 0, good.out + good.err);
    const QString bad =
        write(u"bad.md"_s, "# X\n\n## Do\n\n- [ ] Go.\n\n  [Now](do:rolback?service=a)\n");
    const Answer found = run({u"runbook"_s, u"check"_s, bad, u"--json"_s});
    QVERIFY(found.code == 1 || found.code == 2);
    QVERIFY2(found.out.contains("rollback"), found.out);
}

void TestMaydayctl::statusNeedsAStack()
{
    const Answer none = run({u"status"_s, u"--json"_s});
    QCOMPARE(none.code, 2);
    QCOMPARE(none.json()["error"_L1]["kind"_L1].toString(), u"not-found"_s);
    const QString stack =
        write(u"stack.yaml"_s, "name: Test\nenvironment: staging\nservices:\n  - id: backend\n    "
                               "name: Backend\n    url: http://127.0.0.1:1/\n");
    const Answer down = run({u"status"_s, u"--stack"_s, stack, u"--json"_s});
    QVERIFY2(down.code == 1, down.out + down.err);
    QCOMPARE(down.json()["probes"_L1].toArray().size(), 1);
    QVERIFY(!down.json()["sentence"_L1].toString().isEmpty());
}

QTEST_GUILESS_MAIN(TestMaydayctl)
#include "tst_maydayctl.moc"
