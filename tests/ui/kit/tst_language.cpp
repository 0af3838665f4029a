// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"
#include "ui/kit/language.h"

#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

using namespace mayday;
using namespace Qt::StringLiterals;

class TestLanguage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void englishHasBothNumbers_data();
    void englishHasBothNumbers();
    void everyPluralIsTranslated();

private:
    static QString said(const char *context, const char *source, int n)
    {
        return QCoreApplication::translate(context, source, nullptr, n);
    }
};

/// A language nobody has translated to gets English.
void TestLanguage::initTestCase()
{
    QLocale::setDefault(QLocale(QLocale::Finnish));
    ui::installLanguage(*QCoreApplication::instance());
}

void TestLanguage::englishHasBothNumbers_data()
{
    QTest::addColumn<int>("n");
    QTest::addColumn<QString>("text");
    QTest::newRow("none") << 0 << u"0 incidents and drills in the record."_s;
    QTest::newRow("one") << 1 << u"One incident or drill in the record."_s;
    QTest::newRow("many") << 23 << u"23 incidents and drills in the record."_s;
}

void TestLanguage::englishHasBothNumbers()
{
    QFETCH(const int, n);
    QTEST(said("mayday::ui::IncidentsPage", "%n incident(s) and drill(s) in the record.", n),
          "text");
}

/// A counted text without its forms would be shown as it stands in the code, "step(s)" and all.
void TestLanguage::everyPluralIsTranslated()
{
    QFile file(QStringLiteral(MAYDAY_SOURCE_DIR "/translations/mayday_en.ts"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QString known = QString::fromUtf8(file.readAll());
    QVERIFY(!known.contains(u"unfinished"_s));
    static const QRegularExpression counted(uR"re("([^"\n]*%n[^"\n]*)")re"_s);
    int found = 0;
    QDirIterator sources(QStringLiteral(MAYDAY_SOURCE_DIR "/ui"), {u"*.cpp"_s}, QDir::Files,
                         QDirIterator::Subdirectories);
    while (sources.hasNext()) {
        QFile source(sources.next());
        QVERIFY(source.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(source.readAll());
        for (const auto &match : counted.globalMatch(text)) {
            ++found;
            QVERIFY2(
                known.contains(u"<source>%1</source>"_s.arg(match.captured(1).toHtmlEscaped())),
                qPrintable(source.fileName() + u": "_s + match.captured(1)));
        }
    }
    QVERIFY(found > 0);
}

MAYDAY_TEST(TestLanguage);
#include "tst_language.moc"
