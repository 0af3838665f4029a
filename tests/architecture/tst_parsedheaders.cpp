// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"

#include <QFile>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

struct Step {
    QString of;       ///< what it makes, and from what
    QString launcher; ///< empty: the compiler is called directly
};

/// The steps of a build that parse headers ahead, as Ninja is told them.
QList<Step> stepsOf(const QString &rules)
{
    QList<Step> steps;
    bool isInside = false;
    for (const QString &line : rules.split(u'\n')) {
        if (line.startsWith("build "_L1)) {
            isInside = line.section(u':', 0, 0).endsWith("/cmake_pch.hxx.pch"_L1);
            if (isInside)
                steps.append({line.section(u':', 0, 0), {}});
        } else if (isInside && line.startsWith("  LAUNCHER = "_L1)) {
            steps.last().launcher = line.section(u'=', 1).trimmed();
        }
    }
    return steps;
}

class TestParsedHeaders : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Seen: a checkout was built with the parsed headers of another, gone since, and did not build.
    void areNeverAnotherCheckouts()
    {
        QFile file(QStringLiteral(MAYDAY_BINARY_DIR "/build.ninja"));
        if (!file.open(QIODevice::ReadOnly))
            QSKIP("not built by Ninja");
        const QList<Step> steps = stepsOf(QString::fromUtf8(file.readAll()));
#ifdef __clang__
        QVERIFY(!steps.isEmpty());
#endif
        for (const Step &step : steps)
            QVERIFY2(step.launcher.isEmpty(), qPrintable(step.of + u" by "_s + step.launcher));
    }
};

} // namespace

MAYDAY_TEST(TestParsedHeaders);
#include "tst_parsedheaders.moc"
