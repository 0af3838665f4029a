// SPDX-License-Identifier: GPL-3.0-or-later
#include "architecture/sourcetree.h"
#include "support/testmain.h"

#include <QRegularExpression>
#include <QTest>

#include <algorithm>

using namespace mayday::architecture;
using namespace Qt::StringLiterals;

namespace {

/// The hard limits. Function sizes are clang-tidy's (readability-function-size).
qsizetype limitOf(const QString &path)
{
    if (path == "ui/main.cpp"_L1)
        return 60;
    if (path == "ui/shell/mainwindow.cpp"_L1)
        return 300;
    return path.endsWith(".h"_L1) ? 250 : 600;
}

QStringList tooLong(const QList<SourceFile> &files)
{
    QStringList found;
    for (const SourceFile &file : files) {
        if (file.lines.size() > limitOf(file.path))
            found.append(u"%1: %2 lines, at most %3"_s.arg(file.path)
                             .arg(file.lines.size())
                             .arg(limitOf(file.path)));
    }
    return found;
}

/// The paths that REUSE.toml gives a licence, one a line there.
QStringList patternsOfReuse()
{
    QFile file(top + u"/REUSE.toml"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    static const QRegularExpression path(u"^  \"([^\"]+)\",$"_s,
                                         QRegularExpression::MultilineOption);
    QStringList patterns;
    for (const auto &match : path.globalMatch(QString::fromUtf8(file.readAll())))
        patterns.append(match.captured(1));
    return patterns;
}

/// Everything of the project that is not C++, by its path from the top; what builds leave is none.
QStringList otherFiles()
{
    QStringList paths;
    for (const QString &folder : {u"app"_s, u"ui"_s, u"tests"_s, u"packaging"_s, u"resources"_s,
                                  u"translations"_s, u".ci"_s}) {
        QDirIterator at(top + u'/' + folder, QDir::Files | QDir::Hidden,
                        QDirIterator::Subdirectories);
        while (at.hasNext())
            paths.append(QDir(top).relativeFilePath(at.next()));
    }
    for (const QString &name : QDir(top).entryList(QDir::Files | QDir::Hidden))
        paths.append(name);
    paths.removeIf([](const QString &path) {
        return path.endsWith(".h"_L1) || path.endsWith(".cpp"_L1) || path == ".git"_L1;
    });
    return paths;
}

qsizetype linesIn(const QList<SourceFile> &files)
{
    qsizetype lines = 0;
    for (const SourceFile &file : files)
        lines += file.lines.size();
    return lines;
}

} // namespace

class TestSizes : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void noFileIsOverItsLimit();
    void aFileOverItsLimitIsFound();
    void everyFileSaysItsLicence();
    void thereAreEnoughTests();
};

void TestSizes::noFileIsOverItsLimit()
{
    const auto files = sourceFiles(top, {u"app"_s, u"ui"_s, u"tests"_s});
    QVERIFY(files.size() > 50);
    const QStringList found = tooLong(files);
    QVERIFY2(found.isEmpty(), qPrintable(found.join(u'\n')));
}

void TestSizes::aFileOverItsLimitIsFound()
{
    const auto file = [](const QString &path, int lines) {
        return SourceFile{.path = path, .lines = QStringList(lines, u"x"_s)};
    };
    QCOMPARE(tooLong({file(u"app/a.cpp"_s, 600), file(u"app/a.h"_s, 250),
                      file(u"ui/main.cpp"_s, 60), file(u"ui/shell/mainwindow.cpp"_s, 300)})
                 .size(),
             0);
    QCOMPARE(tooLong({file(u"app/a.cpp"_s, 601), file(u"app/a.h"_s, 251),
                      file(u"ui/main.cpp"_s, 61), file(u"ui/shell/mainwindow.cpp"_s, 301)})
                 .size(),
             4);
}

void TestSizes::everyFileSaysItsLicence()
{
    QStringList found;
    for (const SourceFile &file : sourceFiles(top, {u"app"_s, u"ui"_s, u"tests"_s})) {
        if (file.lines.value(0) != "// SPDX-License-Identifier: GPL-3.0-or-later"_L1)
            found.append(file.path);
    }
    // Scripts, build files, settings: within the first lines, or named in REUSE.toml.
    const QStringList patterns = patternsOfReuse();
    QVERIFY(patterns.size() > 5);
    qsizetype seen = 0;
    for (const QString &path : otherFiles()) {
        ++seen;
        QFile file(top + u'/' + path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const bool isNamed = std::ranges::any_of(patterns, [&path](const QString &pattern) {
            return pattern.endsWith("/**"_L1) ? path.startsWith(pattern.chopped(2))
                                              : path == pattern;
        });
        if (!isNamed && !file.read(1000).contains("SPDX-License-Identifier: GPL-3.0-or-later"))
            found.append(path);
    }
    QVERIFY(seen > 30);
    QVERIFY2(found.isEmpty(), qPrintable(found.join(u'\n')));
}

void TestSizes::thereAreEnoughTests()
{
    const auto ratio = [](const QString &tests, const QString &code) {
        return double(linesIn(sourceFiles(top, {tests}))) /
               double(linesIn(sourceFiles(top, {code})));
    };
    const double app = ratio(u"tests/app"_s, u"app"_s);
    QVERIFY2(app >= 0.8, qPrintable(u"tests : code in app/ is %1, at least 0.8"_s.arg(app)));
    const double ui = ratio(u"tests/ui"_s, u"ui"_s);
    QVERIFY2(ui >= 0.4, qPrintable(u"tests : code in ui/ is %1, at least 0.4"_s.arg(ui)));
}

MAYDAY_TEST(TestSizes);
#include "tst_sizes.moc"
