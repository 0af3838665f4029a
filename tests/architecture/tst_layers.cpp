// SPDX-License-Identifier: GPL-3.0-or-later
#include "architecture/sourcetree.h"
#include "support/testmain.h"

#include <QMap>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace mayday::architecture;
using namespace Qt::StringLiterals;

namespace {

/// The table of layers: what each module of app/ may use besides itself. README.md draws it.
const QMap<QString, QSet<QString>> &allowedModules()
{
    static const QMap<QString, QSet<QString>> table = {
        {u"core"_s, {}},
        // adapters: never each other
        {u"net"_s, {u"core"_s}},
        {u"store"_s, {u"core"_s}},
        {u"secrets"_s, {u"core"_s}},
        {u"postgres"_s, {u"core"_s}},
        {u"archive"_s, {u"core"_s}},
        {u"process"_s, {u"core"_s}},
        // facts
        {u"stack"_s, {u"core"_s}},
        {u"dump"_s, {u"core"_s, u"archive"_s}},
        {u"runbook"_s, {u"core"_s, u"stack"_s}},
        // work; an incident is a run of a checklist, so it may use runbook
        {u"status"_s, {u"core"_s, u"store"_s, u"stack"_s, u"net"_s, u"postgres"_s}},
        {u"incident"_s, {u"core"_s, u"store"_s, u"stack"_s, u"runbook"_s}},
        {u"backup"_s,
         {u"core"_s, u"store"_s, u"stack"_s, u"dump"_s, u"postgres"_s, u"archive"_s, u"process"_s,
          u"secrets"_s}},
        // danger
        {u"restore"_s,
         {u"core"_s, u"store"_s, u"dump"_s, u"backup"_s, u"postgres"_s, u"archive"_s,
          u"secrets"_s}},
        // judgement
        {u"report"_s, {u"core"_s, u"store"_s, u"stack"_s, u"runbook"_s, u"incident"_s}},
        {u"practice"_s, {u"core"_s, u"postgres"_s, u"process"_s, u"stack"_s}},
    };
    return table;
}

/// What each feature of ui/ may use of app/: its own modules, and desk where a page talks to all.
const QMap<QString, QSet<QString>> &modulesOfFeature()
{
    static const QMap<QString, QSet<QString>> table = {
        {u"kit"_s, {u"core"_s}},
        {u"status"_s, {u"core"_s, u"status"_s, u"stack"_s, u"runbook"_s}},
        {u"incident"_s, {u"core"_s, u"incident"_s, u"report"_s}},
        {u"restore"_s, {u"core"_s, u"restore"_s, u"backup"_s, u"dump"_s}},
        {u"runbook"_s, {u"core"_s, u"runbook"_s, u"incident"_s, u"desk"_s}},
        {u"settings"_s, {u"core"_s, u"stack"_s, u"desk"_s}},
    };
    return table;
}

/// Headers of libraries, and the only folders that may include them.
struct Library {
    QRegularExpression header;
    QStringList folders;
};

const QList<Library> &libraries()
{
    static const QList<Library> all = {
        {QRegularExpression(u"^curl/"_s), {u"app/net/"_s}},
        {QRegularExpression(u"^sqlite3"_s), {u"app/store/"_s}},
        {QRegularExpression(u"^qt6keychain/"_s), {u"app/secrets/"_s}},
        {QRegularExpression(u"^(libpq-fe|pg_config|postgres_ext)"_s), {u"app/postgres/"_s}},
        {QRegularExpression(u"^(zlib\\.h|K[A-Z]\\w+|karchive)"_s), {u"app/archive/"_s}},
        {QRegularExpression(u"^spdlog/"_s), {u"app/core/log.cpp"_s}},
        {QRegularExpression(u"^cmark"_s), {u"app/runbook/"_s}},
        {QRegularExpression(u"^yaml-cpp/"_s), {u"app/stack/"_s, u"app/runbook/"_s}},
        {QRegularExpression(u"^QHttpServer|^QtHttpServer"_s), {u"app/practice/"_s}},
        {QRegularExpression(u"^QProcess$"_s), {u"app/process/"_s}},
    };
    return all;
}

/// Section 7 of the house. Where: a pattern of paths it holds for; except: paths that may.
struct Never {
    QRegularExpression pattern;
    QString where;
    QString except;
    QString why;
};

const QList<Never> &nevers()
{
    static const auto p = [](const QString &text) {
        return QRegularExpression(text);
    };
    static const QList<Never> all = {
        {p(u"::instance\\(\\)"_s), u"^(app|ui)/"_s, {}, u"no singletons"_s},
        {p(u"\\bQEventLoop\\b|processEvents\\s*\\("_s),
         u"^(app|ui)/"_s,
         {},
         u"no nested event loops"_s},
        {p(u"\\.then\\s*\\("_s), u"^(app|ui)/"_s, {}, u"no continuation chains"_s},
        {p(u"QFuture<[^>]*>::cancel|\\.cancel\\(\\)"_s),
         u"^(app|ui)/"_s,
         {},
         u"requestStop(), never cancel()"_s},
        {p(u"\\bQMessageBox\\b"_s), u"^(app|ui)/"_s, u"^ui/kit/"_s,
         u"questions go through Prompter"_s},
        {p(u"#include <Qt(Core|Gui|Network|Test|Widgets)>|#include <Qt[A-Z]\\w+/"_s),
         u"^(app|ui|tests)/"_s,
         {},
         u"include the class, not the module"_s},
        {p(u"#include <(assert|ctype|errno|float|limits|locale|math|setjmp|signal|stdarg|stddef|"
           "stdint|stdio|stdlib|string|time|wchar)\\.h>"_s),
         u"^(app|ui|tests)/"_s,
         {},
         u"<cstring>, not <string.h>"_s},
        {p(u"\\bmoveToThread\\(this|moveToThread\\(\\s*QThread::currentThread"_s),
         u"^(app|ui)/"_s,
         {},
         u"no self-moving threads"_s},
        {p(u"\\bdelete this\\b"_s), u"^(app|ui)/"_s, {}, u"no self-deleting objects"_s},
        {p(u"\\b(tr|translate)\\(\""_s), u"^app/"_s, {}, u"translated text belongs to ui/"_s},
        {p(u"\\bstd::system\\(|\\bpopen\\(|\"/bin/(ba)?sh\""_s),
         u"^(app|ui)/"_s,
         {},
         u"no shell"_s},
        {p(u"QThread::(m|u)?sleep|sleep_for|sleep_until|\\busleep\\(|QTest::qSleep|QTest::qWait\\("_s),
         u"^(app|ui|tests)/"_s,
         {},
         u"no sleeps"_s},
        {p(u"QColor\\(\\s*(\\d|u?\"#)|\"#[0-9a-fA-F]{6}\"|QRgb\\(0x|Qt::(red|green|blue|white|black|gray|yellow|darkGray|lightGray)\\b"_s),
         u"^ui/"_s, u"^ui/kit/theme"_s, u"colours live in Theme"_s},
        {p(u"\\b(TODO|FIXME|XXX)\\b"_s), u"^(app|ui|tests)/"_s, u"^tests/architecture/"_s,
         u"no TODO without an owner"_s},
    };
    return all;
}

QString codeOf(const QString &line)
{
    const QString trimmed = line.trimmed();
    return trimmed.startsWith("//"_L1) || trimmed.startsWith("*"_L1) ? QString() : line;
}

QStringList breachesOfNever(const SourceFile &file)
{
    QStringList found;
    for (const Never &never : nevers()) {
        if (!file.path.contains(QRegularExpression(never.where)) ||
            (!never.except.isEmpty() && file.path.contains(QRegularExpression(never.except))))
            continue;
        for (qsizetype i = 0; i < file.lines.size(); ++i) {
            if (codeOf(file.lines[i]).contains(never.pattern))
                found.append(u"%1:%2: %3: %4"_s.arg(file.path).arg(i + 1).arg(
                    never.why, file.lines[i].trimmed()));
        }
    }
    return found;
}

/// May a file of `path` include `header`, a header of ours such as "store/journal.h"?
bool mayInclude(const QString &path, const QString &header)
{
    const QStringList from = path.split(u'/');
    const QString module = from.value(1);
    const bool isUi = header.startsWith("ui/"_L1);
    const QString target = isUi ? header.section(u'/', 1, 1) : header.section(u'/', 0, 0);
    if (from.value(0) == "app"_L1) {
        if (isUi)
            return false;
        if (module == target || module == "ctl"_L1)
            return true;
        if (module == "desk"_L1)
            return target != "ctl"_L1;
        return allowedModules().value(module).contains(target);
    }
    const bool isTop = module == "shell"_L1 || from.size() == 2;
    if (!isUi)
        return isTop || modulesOfFeature().value(module).contains(target);
    return isTop || target == "kit"_L1 || target == module;
}

/// <net/transport.h> would be found as well as "net/transport.h".
bool isHeaderOfOurs(const QString &line)
{
    const QString header = line.section(u'<', 1).section(u'>', 0, 0);
    return QFile::exists(top + u"/app/"_s + header) || QFile::exists(top + u'/' + header);
}

QStringList breachesOfLayers(const SourceFile &file)
{
    static const QRegularExpression ours(u"^#include \"([^\"]+)\""_s);
    static const QRegularExpression theirs(u"^#include <([^>]+)>"_s);
    static const QRegularExpression hidden(u"^#include <[a-z]+/[a-z]+\\.h>"_s);
    QStringList found;
    for (const QString &line : file.lines) {
        if (const auto match = ours.match(line); match.hasMatch()) {
            const QString header = match.captured(1);
            // Without its folder a header would be found by accident, whatever room it is from.
            if (!header.contains(u'/') || !mayInclude(file.path, header))
                found.append(file.path + u" may not include "_s + header);
        } else if (hidden.match(line).hasMatch() && isHeaderOfOurs(line)) {
            found.append(file.path + u" hides a header of ours in "_s + line);
        } else if (const auto library = theirs.match(line); library.hasMatch()) {
            for (const Library &known : libraries()) {
                const bool isHome = std::ranges::any_of(known.folders, [&](const QString &folder) {
                    return file.path.startsWith(folder);
                });
                if (library.captured(1).contains(known.header) && !isHome)
                    found.append(file.path + u" may not include "_s + library.captured(1));
            }
        }
    }
    return found;
}

} // namespace

class TestLayers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyIncludeIsAllowed();
    void nothingForbiddenIsWritten();
    void everyModuleIsInTheTable();
    void aBreachIsFound_data();
    void aBreachIsFound();
    void whatIsAllowedPasses_data();
    void whatIsAllowedPasses();
};

void TestLayers::everyIncludeIsAllowed()
{
    const auto files = sourceFiles(top, {u"app"_s, u"ui"_s});
    QVERIFY(files.size() > 50);
    QStringList found;
    for (const SourceFile &file : files)
        found += breachesOfLayers(file);
    QVERIFY2(found.isEmpty(), qPrintable(found.join(u'\n')));
}

void TestLayers::nothingForbiddenIsWritten()
{
    QStringList found;
    for (const SourceFile &file : sourceFiles(top, {u"app"_s, u"ui"_s, u"tests"_s})) {
        if (!file.path.startsWith("tests/architecture/"_L1))
            found += breachesOfNever(file);
    }
    QVERIFY2(found.isEmpty(), qPrintable(found.join(u'\n')));
}

void TestLayers::everyModuleIsInTheTable()
{
    for (const QString &feature :
         QDir(top + u"/ui"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const bool isKnown = modulesOfFeature().contains(feature) || feature == "shell"_L1;
        QVERIFY2(isKnown, qPrintable(feature));
    }
    const QStringList modules = QDir(top + u"/app"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    QVERIFY(modules.size() > 10);
    for (const QString &module : modules) {
        const bool isKnown =
            allowedModules().contains(module) || module == "desk"_L1 || module == "ctl"_L1;
        QVERIFY2(isKnown, qPrintable(module));
    }
}

void TestLayers::aBreachIsFound_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("line");
    const auto row = [](const char *name, const QString &path, const QString &line) {
        QTest::newRow(name) << path << line;
    };
    row("adapter uses adapter", u"app/net/a.cpp"_s, u"#include \"store/journal.h\""_s);
    row("facts use work", u"app/dump/a.h"_s, u"#include \"restore/proof.h\""_s);
    row("app uses ui", u"app/desk/a.cpp"_s, u"#include \"ui/kit/theme.h\""_s);
    row("feature uses feature", u"ui/runbook/a.cpp"_s, u"#include \"ui/restore/page.h\""_s);
    row("feature uses a module of others", u"ui/status/a.cpp"_s, u"#include \"restore/proof.h\""_s);
    row("feature uses an adapter", u"ui/settings/a.cpp"_s, u"#include \"net/transport.h\""_s);
    row("header without its room", u"app/dump/a.cpp"_s, u"#include \"journal.h\""_s);
    row("header of ours in brackets", u"app/dump/a.cpp"_s, u"#include <core/error.h>"_s);
    row("cancel", u"app/core/a.cpp"_s, u"future.cancel();"_s);
    row("self-moving", u"app/net/a.cpp"_s, u"thread->moveToThread(this);"_s);
    row("self-deleting", u"app/net/a.cpp"_s, u"delete this;"_s);
    row("kit uses domain", u"ui/kit/a.cpp"_s, u"#include \"incident/incident.h\""_s);
    row("kit uses feature", u"ui/kit/a.cpp"_s, u"#include \"ui/status/nowpage.h\""_s);
    row("libpq outside", u"app/restore/a.cpp"_s, u"#include <libpq-fe.h>"_s);
    row("curl outside", u"ui/status/a.cpp"_s, u"#include <curl/curl.h>"_s);
    row("sqlite outside", u"app/desk/a.cpp"_s, u"#include <sqlite3.h>"_s);
    row("instance", u"app/core/a.cpp"_s, u"auto *x = Thing::instance();"_s);
    row("nested loop", u"ui/kit/a.cpp"_s, u"QEventLoop loop;"_s);
    row("continuation", u"app/net/a.cpp"_s, u"future.then(this, f);"_s);
    row("message box", u"ui/shell/a.cpp"_s, u"QMessageBox::warning(this, a, b);"_s);
    row("module include", u"app/core/a.h"_s, u"#include <QtCore/QString>"_s);
    row("whole module", u"tests/app/core/tst_a.cpp"_s, u"#include <QtTest>"_s);
    row("tr in app", u"app/desk/a.cpp"_s, u"return tr(\"Now\");"_s);
    row("shell", u"app/process/a.cpp"_s, u"run(\"/bin/sh\");"_s);
    row("sleep in a test", u"tests/app/core/tst_a.cpp"_s, u"QTest::qWait(100);"_s);
    row("colour", u"ui/status/a.cpp"_s, u"QColor(255, 0, 0)"_s);
    row("todo", u"app/core/a.cpp"_s, u"int x; // TODO"_s);
}

void TestLayers::aBreachIsFound()
{
    QFETCH(QString, path);
    QFETCH(QString, line);
    const SourceFile file{.path = path, .lines = {line}};
    QCOMPARE(breachesOfLayers(file).size() + breachesOfNever(file).size(), 1);
}

void TestLayers::whatIsAllowedPasses_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("line");
    const auto row = [](const char *name, const QString &path, const QString &line) {
        QTest::newRow(name) << path << line;
    };
    row("own module", u"app/restore/a.cpp"_s, u"#include \"restore/proof.h\""_s);
    row("layer above", u"app/restore/a.cpp"_s, u"#include \"dump/dumpreader.h\""_s);
    row("desk uses all", u"app/desk/a.cpp"_s, u"#include \"practice/practicecloud.h\""_s);
    row("feature uses kit", u"ui/restore/a.cpp"_s, u"#include \"ui/kit/page.h\""_s);
    row("shell uses features", u"ui/shell/a.cpp"_s, u"#include \"ui/restore/page.h\""_s);
    row("libpq at home", u"app/postgres/a.cpp"_s, u"#include <libpq-fe.h>"_s);
    row("comment", u"app/core/a.cpp"_s, u"// never QEventLoop"_s);
    row("theme", u"ui/kit/theme.cpp"_s, u"QColor(0x14181F)"_s);
}

void TestLayers::whatIsAllowedPasses()
{
    QFETCH(QString, path);
    QFETCH(QString, line);
    const SourceFile file{.path = path, .lines = {line}};
    QCOMPARE(breachesOfLayers(file) + breachesOfNever(file), QStringList());
}

MAYDAY_TEST(TestLayers);
#include "tst_layers.moc"
