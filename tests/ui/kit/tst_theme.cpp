// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"
#include "ui/kit/icon.h"
#include "ui/kit/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QFocusFrame>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace mayday::ui;
using namespace Qt::StringLiterals;

namespace {

struct NamedTokens {
    const char *name;
    const Tokens &tokens;
};

QList<NamedTokens> allTokens()
{
    return {{"light", lightTokens()},
            {"dark", darkTokens()},
            {"contrast-white", highContrastTokens(false)},
            {"contrast-black", highContrastTokens(true)}};
}

} // namespace

class TestTheme final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void contrastOfKnownPairs()
    {
        QVERIFY(qAbs(contrastRatio(Qt::black, Qt::white) - 21.0) < 0.01);
        QVERIFY(qAbs(contrastRatio(Qt::white, Qt::white) - 1.0) < 0.01);
        QVERIFY(qAbs(contrastRatio(QColor(118, 118, 118), Qt::white) - 4.54) < 0.01);
    }

    void aBoxShowsItsArrow_data()
    {
        QTest::addColumn<ThemeMode>("mode");
        QTest::newRow("light") << ThemeMode::Light;
        QTest::newRow("dark") << ThemeMode::Dark;
    }

    /// A style sheet takes the picture as it is: black on dark, nobody sees that it is a list.
    void aBoxShowsItsArrow()
    {
        QFETCH(const ThemeMode, mode);
        Theme theme;
        theme.applyTo(*qApp);
        theme.setMode(mode);
        QComboBox box;
        box.resize(160, 32);
        const QImage seen = box.grab().toImage();
        const QRect arrow(seen.width() - 24, 8, 16, seen.height() - 16);
        double best = 0;
        for (int x = arrow.left(); x <= arrow.right(); ++x)
            for (int y = arrow.top(); y <= arrow.bottom(); ++y)
                best = std::max(best, contrastRatio(seen.pixelColor(x, y), theme.tokens().panel));
        QVERIFY2(best >= 3.0, qPrintable(QString::number(best)));
    }

    void textIsReadable_data()
    {
        QTest::addColumn<QColor>("text");
        QTest::addColumn<QColor>("ground");
        QTest::addColumn<double>("least");
        for (const auto &[name, t] : allTokens()) {
            const std::pair<const char *, QColor> grounds[] = {{"bg", t.bg}, {"panel", t.panel}};
            for (const auto &[ground, color] : grounds) {
                QTest::addRow("%s ink on %s", name, ground) << t.ink << color << 7.0;
                QTest::addRow("%s ink2 on %s", name, ground) << t.ink2 << color << 6.9;
                QTest::addRow("%s ink3 on %s", name, ground) << t.ink3 << color << 4.5;
                QTest::addRow("%s accent on %s", name, ground) << t.accent << color << 4.5;
                QTest::addRow("%s ok on %s", name, ground) << t.ok << color << 4.5;
                QTest::addRow("%s warn on %s", name, ground) << t.warn << color << 4.5;
                QTest::addRow("%s down on %s", name, ground) << t.down << color << 4.5;
                QTest::addRow("%s unknown on %s", name, ground) << t.unknown << color << 4.5;
                QTest::addRow("%s drill on %s", name, ground) << t.drill << color << 4.5;
            }
            QTest::addRow("%s primary button", name) << t.accentInk << t.accent << 4.5;
            QTest::addRow("%s selected row", name) << t.ink << t.selection << 7.0;
            QTest::addRow("%s drill band", name) << t.ink << t.drillBg << 7.0;
            QTest::addRow("%s production band", name) << t.ink << t.downBg << 7.0;
            QTest::addRow("%s warning in the production band", name) << t.warn << t.downBg << 4.3;
            QTest::addRow("%s drill word", name) << t.drill << t.drillBg << 4.5;
        }
    }

    void textIsReadable()
    {
        QFETCH(QColor, text);
        QFETCH(QColor, ground);
        QFETCH(double, least);
        const double ratio = contrastRatio(text, ground);
        QVERIFY2(ratio >= least, qPrintable(u"%1:1"_s.arg(ratio)));
    }

    void highContrastIsHigher()
    {
        for (const bool onDark : {false, true}) {
            const Tokens &t = highContrastTokens(onDark);
            for (const QColor &color : {t.ink, t.ink2, t.ink3, t.ok, t.warn, t.down, t.unknown,
                                        t.accent, t.drill, t.line})
                QVERIFY(contrastRatio(color, t.panel) >= 7);
        }
    }

    void switchingTellsOnceAndReachesTheApplication()
    {
        Theme theme;
        theme.applyTo(*qApp);
        theme.setMode(ThemeMode::Light);
        QSignalSpy spy(&theme, &Theme::changed);
        theme.setMode(ThemeMode::Dark);
        theme.setMode(ThemeMode::Dark);
        QCOMPARE(spy.size(), 1);
        QVERIFY(theme.isDark());
        QCOMPARE(QApplication::palette().color(QPalette::Window), darkTokens().bg);
        QVERIFY(qApp->styleSheet().contains(darkTokens().panel.name()));
        QVERIFY(!qApp->styleSheet().contains(u'@'));
    }

    void modesHaveStableKeys()
    {
        for (const auto mode :
             {ThemeMode::System, ThemeMode::Light, ThemeMode::Dark, ThemeMode::HighContrast})
            QCOMPARE(themeModeFromKey(themeModeKey(mode)), mode);
        QCOMPARE(themeModeFromKey(u"pink"_s), ThemeMode::System);
    }

    void typeHasTheSizesOfTheDesign()
    {
        const Theme theme;
        QCOMPARE(theme.font(TextStyle::Base).pixelSize(), 14);
        QCOMPARE(lineHeight(TextStyle::Base), 20);
        QCOMPARE(theme.font(TextStyle::Sentence).pixelSize(), 24);
        QCOMPARE(lineHeight(TextStyle::Step), 36);
        QCOMPARE(theme.font(TextStyle::StepText).pixelSize(), 18);
        const QFontMetrics figures(theme.tabularFont(TextStyle::Base));
        QCOMPARE(figures.horizontalAdvance(u"1111"_s), figures.horizontalAdvance(u"8888"_s));
        const QFontMetrics mono(theme.font(TextStyle::Mono));
        QCOMPARE(mono.horizontalAdvance(u"1lI0"_s), mono.horizontalAdvance(u"MWOQ"_s));
    }

    void focusIsDrawnAroundTheControl()
    {
        Theme theme;
        theme.applyTo(*qApp);
        QWidget window;
        QLineEdit field(&window);
        field.setGeometry(40, 40, 120, 32);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        window.activateWindow();
        field.setFocus();
        QTRY_VERIFY(window.findChild<QFocusFrame *>() != nullptr);
        auto *frame = window.findChild<QFocusFrame *>();
        QTRY_VERIFY(frame->isVisible());
        QCOMPARE(frame->geometry(), field.geometry().adjusted(-4, -4, 4, 4));
    }

    void everyIconOfTheFamilyIsDrawnInTheGivenColour()
    {
        const Theme theme;
        QVERIFY(hasIcon(u"now"_s));
        const QStringList files = QDir(u":/icons"_s).entryList({u"*.svg"_s});
        QVERIFY(files.size() >= 30);
        const QColor red(200, 10, 20);
        for (const QString &file : files) {
            const QImage image = iconPixmap(file.chopped(4), red, 24, 2).toImage();
            QCOMPARE(image.size(), QSize(48, 48));
            int inked = 0;
            for (int y = 0; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x) {
                    const QColor pixel = image.pixelColor(x, y);
                    if (pixel.alpha() < 250)
                        continue;
                    ++inked;
                    QCOMPARE(pixel.rgb(), red.rgb());
                }
            }
            QVERIFY2(inked > 20, qPrintable(file));
        }
    }

    void iconsFollowTheTheme()
    {
        Theme theme;
        theme.setMode(ThemeMode::Light);
        const QIcon mark = icon(u"check"_s, theme, Ink::Ok);
        const QImage before = mark.pixmap(24, 24).toImage();
        theme.setMode(ThemeMode::Dark);
        QVERIFY(before != mark.pixmap(24, 24).toImage());
        QVERIFY(icon(u"no-such-icon"_s, theme).isNull());
        QVERIFY(!applicationIcon().isNull());
    }
};

MAYDAY_UI_TEST(TestTheme);
#include "tst_theme.moc"
