// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/screen.h"
#include "support/testmain.h"
#include "ui/kit/actionbutton.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/banner.h"
#include "ui/kit/copybutton.h"
#include "ui/kit/facttable.h"
#include "ui/kit/page.h"
#include "ui/kit/progressstrip.h"
#include "ui/kit/sentenceheader.h"
#include "ui/kit/textlabel.h"
#include "ui/kit/tilegrid.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QPainter>
#include <QScrollArea>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTest>
#include <QVBoxLayout>

#include <utility>

using namespace mayday::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int shapes = static_cast<int>(StateShape::Maintenance) + 1;

QImage inGrey(StateShape shape)
{
    QImage image(40, 40, QImage::Format_Grayscale8);
    image.fill(Qt::white);
    QPainter painter(&image);
    paintState(painter, image.rect(), shape, Qt::black);
    return image;
}

/// How many pixels are clearly different.
int difference(const QImage &one, const QImage &other)
{
    int different = 0;
    for (int y = 0; y < one.height(); ++y) {
        for (int x = 0; x < one.width(); ++x)
            different += qAbs(qGray(one.pixel(x, y)) - qGray(other.pixel(x, y))) > 128;
    }
    return different;
}

TileFacts database()
{
    return {.name = u"Database main"_s,
            .word = {},
            .shape = StateShape::Down,
            .detail = u"Connection timed out, 41 failures"_s,
            .age = u"probed 6 s ago"_s};
}

class SamplePage final : public Page {
public:
    SamplePage() : Page({.id = u"now"_s, .title = u"Now"_s, .iconName = u"now"_s}) {}
    void say(const QString &text) { setSentence(text); }
};

} // namespace

class TestWidgets final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aSentenceThatGrowsGetsItsRoom()
    {
        QScrollArea area;
        area.setWidgetResizable(true);
        auto *page = new QWidget;
        auto *column = new QVBoxLayout(page);
        auto *header = new SentenceHeader(m_theme, page);
        header->addControl(new ActionButton(m_theme, ButtonKind::Secondary, u"Copy"_s, header));
        column->addWidget(header);
        column->addWidget(new QWidget, 1);
        area.setWidget(page);
        area.resize(900, 500);
        header->setSentence(u"All is well."_s);
        header->setDetail(u"3 of 3 probes answer."_s);
        area.show();
        QVERIFY(QTest::qWaitForWindowExposed(&area));
        header->setSentence(u"It is us: database shop answers, and 2 of its 4 watched tables are "
                            "empty; service Backend API answers 503."_s);
        header->setDetail(u"Since 19:40 UTC. In database shop, products fell from 12,012 to 0."_s);
        QTRY_VERIFY2(mayday::tests::clippedTexts(area).isEmpty(),
                     qPrintable(mayday::tests::clippedTexts(area).join(u" | "_s)));
    }
    void shapesDifferInGreyscale()
    {
        for (int one = 0; one < shapes; ++one) {
            QVERIFY(!wordOf(static_cast<StateShape>(one)).isEmpty());
            for (int other = one + 1; other < shapes; ++other) {
                const int pixels = difference(inGrey(static_cast<StateShape>(one)),
                                              inGrey(static_cast<StateShape>(other)));
                QVERIFY2(pixels > 100,
                         qPrintable(u"%1 and %2: %3"_s.arg(one).arg(other).arg(pixels)));
            }
        }
    }

    void tileSaysEverything()
    {
        Tile tile(m_theme);
        tile.setFacts(database());
        for (const QString &part : {u"Database main"_s, u"Down"_s, u"41 failures"_s, u"6 s ago"_s})
            QVERIFY(tile.accessibleName().contains(part));
        tile.setAge(u"probed 7 s ago"_s);
        QVERIFY(tile.accessibleName().contains(u"7 s ago"_s));
        QVERIFY(tile.toolTip().contains(u"Connection timed out"_s));
        QCOMPARE(tile.focusPolicy(), Qt::StrongFocus);
    }

    void tileCopiesAndOpensByKeyboard()
    {
        Tile tile(m_theme);
        tile.setFacts(database());
        tile.show();
        QVERIFY(QTest::qWaitForWindowExposed(&tile));
        tile.activateWindow();
        tile.setFocus();
        QTest::keyClick(&tile, Qt::Key_C, Qt::ControlModifier);
        QTRY_COMPARE(QGuiApplication::clipboard()->text(), tile.spokenText());
        QSignalSpy opened(&tile, &Tile::activated);
        QTest::keyClick(&tile, Qt::Key_Return);
        QTest::keyClick(&tile, Qt::Key_Space);
        QTest::mouseClick(&tile, Qt::LeftButton);
        QCOMPARE(opened.size(), 3);
    }

    void gridFollowsItsWidthAndKeepsTiles()
    {
        TileGrid grid(m_theme);
        grid.setFacts({database(), database(), database()});
        grid.show();
        grid.resize(800, 300);
        QCOMPARE(grid.columns(), 2);
        Tile *first = grid.tile(0);
        grid.resize(400, 300);
        QCOMPARE(grid.columns(), 1);
        grid.setFacts({database()});
        QCOMPARE(grid.count(), 1);
        QCOMPARE(grid.tile(0), first);
    }

    void arrowKeysMoveBetweenTiles()
    {
        TileGrid grid(m_theme);
        grid.setFacts({database(), database(), database()});
        grid.resize(800, 300);
        grid.show();
        QVERIFY(QTest::qWaitForWindowExposed(&grid));
        grid.activateWindow();
        grid.tile(0)->setFocus();
        QTest::keyClick(grid.tile(0), Qt::Key_Down);
        QTRY_VERIFY(grid.tile(2)->hasFocus());
        QTest::keyClick(grid.tile(2), Qt::Key_Right);
        QVERIFY(grid.tile(2)->hasFocus());
        QSignalSpy opened(&grid, &TileGrid::tileActivated);
        QTest::keyClick(grid.tile(2), Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened.first().first().toInt(), 2);
    }

    void dangerButtonHearsSpaceOnly()
    {
        ActionButton button(m_theme, ButtonKind::Danger, u"Drop it"_s);
        QSignalSpy clicked(&button, &QPushButton::clicked);
        QTest::keyClick(&button, Qt::Key_Return);
        QTest::keyClick(&button, Qt::Key_Enter);
        QCOMPARE(clicked.size(), 0);
        QTest::keyClick(&button, Qt::Key_Space);
        QCOMPARE(clicked.size(), 1);
        button.setKind(ButtonKind::Secondary);
        QTest::keyClick(&button, Qt::Key_Return);
        QCOMPARE(clicked.size(), 2);
    }

    void aClickLeavesTheKeyboardWhereItIs()
    {
        QWidget window;
        auto *layout = new QVBoxLayout(&window);
        QLineEdit field;
        ActionButton button(m_theme, ButtonKind::Secondary, u"Save logs"_s);
        CopyButton copy(m_theme, u"the text"_s);
        layout->addWidget(&field);
        layout->addWidget(&button);
        layout->addWidget(&copy);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        field.setFocus();
        QTest::mouseClick(&button, Qt::LeftButton);
        QTest::mouseClick(&copy, Qt::LeftButton);
        QVERIFY(field.hasFocus());
        QTest::keyClick(&field, Qt::Key_Tab);
        QVERIFY(button.hasFocus());
    }

    void buttonFollowsItsAction()
    {
        QAction action(u"Copy for chat"_s);
        action.setShortcut(Qt::Key_C);
        QWidget window;
        ActionButton button(m_theme, ButtonKind::Secondary, &action, &window);
        QVERIFY(button.accessibleDescription().contains(u'C'));
        QSignalSpy triggered(&action, &QAction::triggered);
        button.click();
        QCOMPARE(triggered.size(), 1);
        action.setEnabled(false);
        action.setText(u"Copied"_s);
        QVERIFY(!button.isEnabled());
        QCOMPARE(button.text(), u"Copied"_s);
    }

    void tableCopiesSelectedRows()
    {
        QStandardItemModel model;
        model.setHorizontalHeaderLabels({u"Table"_s, u"Rows"_s});
        model.appendRow({new QStandardItem(u"public.a"_s), new QStandardItem(u"1,204"_s)});
        model.appendRow({new QStandardItem(u"public.b"_s), new QStandardItem(u"7\t8"_s)});
        model.item(0, 1)->setData(u"1204"_s, CopyRole);
        ActionTable table(m_theme);
        table.setModel(&model);
        QCOMPARE(table.asText(), u"Table\tRows\npublic.a\t1204\npublic.b\t7 8"_s);
        table.selectRow(1);
        QTest::keyClick(&table, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), u"Table\tRows\npublic.b\t7 8"_s);
        QSignalSpy activated(&table, &QTableView::activated);
        QTest::keyClick(&table, Qt::Key_Return);
        QCOMPARE(activated.size(), 1);
    }

    void emptyTableSaysSo()
    {
        QStandardItemModel model;
        ActionTable table(m_theme);
        table.resize(400, 200);
        table.setModel(&model);
        const QImage blank = table.grab().toImage();
        table.setEmptyText(u"No backups yet."_s, u"Make one on the Backups page."_s);
        QVERIFY(table.grab().toImage() != blank);
        QVERIFY(table.accessibleDescription().contains(u"No backups yet."_s));
    }

    void progressSpeaksAndWraps()
    {
        ProgressStrip strip(m_theme);
        strip.setFacts({.bytesDone = 218'000'000,
                        .bytesTotal = 292'000'000,
                        .itemsDone = 1'900'000,
                        .itemsTotal = 2'400'000,
                        .itemWord = u"rows"_s,
                        .bytesPerSecond = 11.4e6,
                        .left = std::pair{40s, 55s},
                        .sinceAnswer = 200ms});
        strip.setPhases({{u"Loaded"_s, PhaseState::Done}, {u"Proving"_s, PhaseState::Current}});
        const QString spoken = strip.spokenText();
        for (const QString &part :
             {u"218 of 292 MB of the file"_s, u"1.9 M of 2.4 M rows"_s, u"11.4 MB/s"_s,
              u"about 40 to 55 s left"_s, u"server answered 0.2 s ago"_s, u"now: Proving"_s})
            QVERIFY2(spoken.contains(part), qPrintable(spoken));
        QVERIFY(strip.heightForWidth(400) > strip.heightForWidth(1200));
        strip.setFacts({});
        QVERIFY(!strip.spokenText().contains(u"left"_s));
    }

    void factsAreCopiedAndLinked()
    {
        FactTable table(m_theme);
        table.setFacts(
            {{u"You will lose"_s,
              {{u"12 h. "_s, FactStyle::Danger}, {u"See which"_s, FactStyle::Link, u"loss"_s}}},
             fact(u"Target"_s, u"<b>shop</b>"_s, FactStyle::Mono)});
        QCOMPARE(table.plainText(), u"You will lose: 12 h. See which\nTarget: <b>shop</b>"_s);
        QStringList copies;
        for (const CopyButton *button : table.findChildren<CopyButton *>())
            copies += button->copyText();
        QCOMPARE(copies, QStringList({u"12 h. See which"_s, u"<b>shop</b>"_s}));
        QSignalSpy followed(&table, &FactTable::linkActivated);
        for (TextLabel *label : table.findChildren<TextLabel *>())
            Q_EMIT label->linkActivated(u"loss"_s);
        QCOMPARE(followed.size(), 2);
    }

    void textsEscapeWhatTheyShow()
    {
        TextLabel label(m_theme, TextStyle::Base);
        label.setText(u"a < b & <i>c</i>"_s);
        QCOMPARE(label.plainText(), u"a < b & <i>c</i>"_s);
        label.setMarkup(u"is "_s + strong(u"<12>"_s) + code(u" x"_s));
        QCOMPARE(label.plainText(), u"is <12> x"_s);
    }

    /// Heights are remembered; what decides them makes them forgotten.
    void aHeightIsThatOfTheTextAsItIs()
    {
        TextLabel label(m_theme, TextStyle::Base);
        auto grows = [&label, before = 0](const auto &change) mutable {
            change();
            const int height = label.heightForWidth(200);
            return height == label.heightForWidth(200) && std::exchange(before, height) < height;
        };
        const QString words = u"two words "_s;
        QVERIFY(grows([&] { label.setText(words.repeated(8)); }));
        QVERIFY(grows([&] { label.setText(words.repeated(30)); }));
        QVERIFY(grows([&] { label.setStyle(TextStyle::Sentence); }));
        QVERIFY(grows([&] { label.setMeasure(10); }));
        QVERIFY(grows([&] {
            QFont larger = label.font();
            larger.setPixelSize(larger.pixelSize() * 3);
            label.setFont(larger);
        }));
    }

    void longTextIsCutWithATooltip()
    {
        TextLabel label(m_theme, TextStyle::Base);
        label.setElided(true);
        label.setText(u"a file name that is far too long for the little place it has"_s);
        label.resize(80, 20);
        label.show();
        QVERIFY(QTest::qWaitForWindowExposed(&label));
        QVERIFY(label.toolTip().contains(u"far too long"_s));
        label.resize(900, 20);
        QVERIFY(label.toolTip().isEmpty());
    }

    void bannerCopiesAndGoesAway()
    {
        QWidget window;
        Banner banner(m_theme, BannerKind::Warn, &window);
        banner.setMessage(u"No keychain."_s, u"Secrets stay in memory."_s);
        banner.setCopyText(u"No keychain on host a"_s);
        banner.setDismissible(true);
        window.show();
        auto *copy = banner.findChild<CopyButton *>();
        QVERIFY(copy->isVisible());
        copy->click();
        QCOMPARE(QGuiApplication::clipboard()->text(), u"No keychain on host a"_s);
        QSignalSpy dismissed(&banner, &Banner::dismissed);
        banner.findChild<ActionButton *>()->click();
        QCOMPARE(dismissed.size(), 1);
        QVERIFY(!banner.isVisible());
    }

    void pageBringsActionsAndSentence()
    {
        SamplePage page;
        QSignalSpy said(&page, &Page::sentenceChanged);
        page.say(u"All is well."_s);
        page.say(u"All is well."_s);
        QCOMPARE(said.size(), 1);
        QAction *action = page.bringAction(u"Copy for chat"_s, Qt::Key_C);
        QCOMPARE(page.actions(), QList<QAction *>{action});
        QSignalSpy triggered(action, &QAction::triggered);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        page.activateWindow();
        page.setFocus();
        QTest::keyClick(&page, Qt::Key_C);
        QTRY_COMPARE(triggered.size(), 1);
    }

private:
    Theme m_theme;
};

MAYDAY_UI_TEST(TestWidgets);
#include "tst_widgets.moc"
