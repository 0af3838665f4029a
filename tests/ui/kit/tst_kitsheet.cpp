// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"
#include "ui/kit/actionbutton.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/banner.h"
#include "ui/kit/card.h"
#include "ui/kit/dialogprompter.h"
#include "ui/kit/disclosure.h"
#include "ui/kit/errorpanel.h"
#include "ui/kit/facttable.h"
#include "ui/kit/icon.h"
#include "ui/kit/keyhint.h"
#include "ui/kit/progressstrip.h"
#include "ui/kit/questiondialog.h"
#include "ui/kit/sentenceheader.h"
#include "ui/kit/tag.h"
#include "ui/kit/textlabel.h"
#include "ui/kit/tilegrid.h"

#include <QApplication>
#include <QDir>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPainter>
#include <QScrollArea>
#include <QStandardItemModel>
#include <QTest>

using namespace mayday;
using namespace mayday::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

QList<TileFacts> sampleTiles()
{
    return {{.name = u"Database main"_s,
             .word = {},
             .shape = StateShape::Down,
             .detail = u"Connection timed out, 41 failures"_s,
             .age = u"probed 6 s ago · down since 13:51 UTC"_s},
            {.name = u"API backend"_s,
             .word = {},
             .shape = StateShape::Degraded,
             .detail = u"/health answers 503 · 1,840 ms"_s,
             .age = u"probed 4 s ago"_s},
            {.name = u"Front end"_s,
             .word = {},
             .shape = StateShape::Ok,
             .detail = u"200 · 142 ms · certificate 61 days"_s,
             .age = u"probed 9 s ago"_s},
            {.name = u"Groq"_s,
             .word = {},
             .shape = StateShape::Unknown,
             .detail = u"The page answered HTML, not status"_s,
             .age = u"read 55 s ago"_s},
            {.name = u"Cloudflare"_s,
             .word = {},
             .shape = StateShape::Stale,
             .detail = u"2 of 312 components matter here"_s,
             .age = u"read 16 min ago"_s},
            {.name = u"A service whose name is far too long for one line of a tile"_s,
             .word = u"Partial outage"_s,
             .shape = StateShape::Maintenance,
             .detail = u"A detail that goes on and on until it no longer fits the width of it"_s,
             .age = u"read 50 s ago"_s}};
}

/// The columns of the Now page: sentence, tiles, checklists.
QWidget *nowPage(const Theme &theme)
{
    auto *page = new QWidget;
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(24, 24, 24, 24);
    column->setSpacing(16);
    auto *header = new SentenceHeader(theme, page);
    header->setShape(StateShape::Down);
    header->setSentence(u"It is them: Supabase. Our database has not answered for 14 minutes."_s);
    header->setDetail(u"Supabase reports a partial outage in eu-central-1 since 14:02 UTC (15:02 "
                      "here). Our own probe failed first, at 13:51. Last deploy was 26 hours ago, "
                      "so it is unlikely to be us."_s);
    auto *copy = new ActionButton(theme, ButtonKind::Secondary, u"Copy for chat"_s, page);
    copy->setKeyHint(u"C"_s);
    header->addControl(copy);
    column->addWidget(header);
    auto *row = new QHBoxLayout;
    row->setSpacing(24);
    auto *left = new QVBoxLayout;
    left->setSpacing(8);
    left->addWidget(sectionLabel(theme, u"Us · our own probes"_s));
    auto *grid = new TileGrid(theme, page);
    grid->setFacts(sampleTiles());
    left->addWidget(grid);
    left->addStretch();
    row->addLayout(left, 1);
    auto *right = new QVBoxLayout;
    auto *card = new Card(theme, u"Start a checklist"_s, page);
    card->setFixedWidth(336);
    const QStringList names{u"Supabase outage"_s, u"Database corruption or loss"_s,
                            u"Buggy deployment"_s};
    for (int index = 0; index < 3; ++index) {
        auto *button = new ActionButton(
            theme, index == 0 ? ButtonKind::Primary : ButtonKind::Secondary, names.at(index), card);
        button->setLarge(true);
        button->setKeyHint(QString::number(index + 1));
        card->body()->addWidget(button);
    }
    card->body()->addWidget(new KeyHint(theme, u"R"_s, u"All 12 scenarios"_s, card));
    right->addWidget(card);
    auto *proof = new Card(theme, u"If we had to restore now"_s, page);
    proof->setFixedWidth(336);
    auto *text = new TextLabel(theme, TextStyle::Detail, proof);
    text->setMarkup(u"Newest proven backup is "_s + strong(u"12 h 05 min"_s) +
                    u" old (promise: 24 h). Proven restore time "_s + strong(u"6 min 40 s"_s) +
                    u" (promise: 15 min)."_s);
    proof->body()->addWidget(text);
    right->addWidget(proof);
    right->addStretch();
    row->addLayout(right);
    column->addLayout(row, 1);
    return page;
}

QStandardItem *cell(const QString &text, std::optional<StateShape> shape = {})
{
    auto *item = new QStandardItem(text);
    if (shape)
        item->setData(static_cast<int>(*shape), ShapeRole);
    return item;
}

QStandardItemModel *verdicts(QObject *parent)
{
    auto *model = new QStandardItemModel(parent);
    model->setHorizontalHeaderLabels(
        {u"Table"_s, u"Rows in the dump"_s, u"Rows now"_s, u"Verdict"_s});
    model->appendRow({cell(u"public.products"_s), cell(u"60,012"_s), cell(u"60,012"_s),
                      cell(u"Proven"_s, StateShape::Ok)});
    model->appendRow({cell(u"public.listings"_s), cell(u"1,204,551"_s), cell(u"1,204,551"_s),
                      cell(u"Proven"_s, StateShape::Ok)});
    model->appendRow({cell(u"public.price_rules"_s), cell(u"312"_s), cell(u"311"_s),
                      cell(u"Differs: 1 row missing, line 48,201"_s, StateShape::Down)});
    auto *waiting = cell(u"Waiting"_s);
    waiting->setData(static_cast<int>(Ink::Third), InkRole);
    auto *marked = cell(u"public.events"_s);
    marked->setData(true, MarkedRole);
    model->appendRow({marked, cell(u"640,100"_s), cell(u"counting"_s), waiting});
    return model;
}

QWidget *restorePage(const Theme &theme)
{
    auto *page = new QWidget;
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(24, 24, 24, 24);
    column->setSpacing(16);
    auto *tags = new QHBoxLayout;
    tags->addWidget(new Tag(theme, u"DRILL"_s, Ink::Drill, false, page));
    tags->addWidget(new Tag(theme, u"PRODUCTION"_s, Ink::Down, true, page));
    tags->addStretch();
    column->addLayout(tags);
    auto *header = new SentenceHeader(theme, page);
    header->setSentence(u"Proving the copy: 33 of 41 tables"_s);
    header->setDetailMarkup(u"Loaded beside as "_s + code(u"shop_20261122"_s) +
                            u". The live data has not been touched."_s);
    auto *stop = new ActionButton(theme, ButtonKind::Secondary, u"Stop and clean up"_s, page);
    stop->setKeyHint(u"Esc"_s);
    header->addControl(stop);
    column->addWidget(header);
    auto *strip = new ProgressStrip(theme, page);
    strip->setFacts({.bytesDone = 218'000'000,
                     .bytesTotal = 292'000'000,
                     .itemsDone = 1'900'000,
                     .itemsTotal = 2'400'000,
                     .itemWord = u"rows"_s,
                     .bytesPerSecond = 11.4e6,
                     .left = std::pair{40s, 55s},
                     .sinceAnswer = 200ms});
    strip->setPhases({{u"Inspected"_s, PhaseState::Done},
                      {u"Preflight, 3 repairs"_s, PhaseState::Done},
                      {u"Loaded"_s, PhaseState::Done},
                      {u"Proving"_s, PhaseState::Current},
                      {u"Swap"_s, PhaseState::Todo},
                      {u"Statistics"_s, PhaseState::Todo}});
    column->addWidget(strip);
    auto *card = new Card(theme, page);
    card->body()->setContentsMargins(1, 1, 1, 1);
    auto *table = new ActionTable(theme, card);
    table->setFrameless(true);
    table->setNumberColumns({1, 2});
    table->setMonoColumns({0});
    table->setModel(verdicts(table));
    card->body()->addWidget(table);
    column->addWidget(card, 1);
    return page;
}

QWidget *stepPage(const Theme &theme)
{
    auto *page = new QWidget;
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(40, 24, 40, 24);
    column->setSpacing(16);
    auto *banner = new Banner(theme, BannerKind::Warn, page);
    banner->setMessage(u"No keychain on this computer."_s,
                       u"Secrets are kept in memory until the window closes."_s);
    banner->setCopyText(u"x"_s);
    banner->setDismissible(true);
    column->addWidget(banner);
    auto *down = new Banner(theme, BannerKind::Down, page);
    down->setMessage(u"The restore was interrupted at 14:02 UTC. Nothing has changed."_s);
    column->addWidget(down);
    auto *drill = new Banner(theme, BannerKind::Drill, page);
    drill->setMessage(u"This is a drill."_s);
    column->addWidget(drill);
    auto *step = new TextLabel(theme, TextStyle::Step, page);
    step->setText(u"Restore the backup of 02:00 into shop."_s);
    column->addWidget(step);
    auto *text = new TextLabel(theme, TextStyle::StepText, page);
    text->setText(u"Load it beside the live data, prove it, then swap. Readers keep the old data "
                  "until the swap. The old schema is kept for 7 days."_s);
    text->setMeasure(75);
    column->addWidget(text);
    auto *card = new Card(theme, page);
    auto *facts = new FactTable(theme, card);
    facts->setFacts(
        {{u"Backup"_s,
          {{u"shop_20261122_020000.sql.gz"_s, FactStyle::Mono},
           {u" · 41 tables · 60,012 products"_s}}},
         {u"Target"_s,
          {{u"schema "_s},
           {u"public"_s, FactStyle::Strong},
           {u" in "_s},
           {u"shop"_s, FactStyle::Strong},
           {u" on "_s},
           {u"supabase/prod"_s, FactStyle::Mono}}},
         {u"You will lose"_s,
          {{u"12 h 05 min of changes: about 4,100 rows in 6 tables. "_s, FactStyle::Danger},
           {u"See which"_s, FactStyle::Link, u"loss"_s}}},
         fact(u"Undo"_s, u"Put back, until 29 November 15:09"_s)});
    card->body()->addWidget(facts);
    column->addWidget(card);
    auto *row = new QHBoxLayout;
    row->setSpacing(12);
    row->addWidget(new ActionButton(theme, ButtonKind::Danger,
                                    u"Replace schema public in shop on supabase/prod…"_s, page));
    row->addWidget(new ActionButton(theme, ButtonKind::Secondary,
                                    u"Restore into a new database instead"_s, page));
    row->addStretch();
    column->addLayout(row);
    auto *body = new TextLabel(theme, TextStyle::Base);
    body->setText(u"The counts agree."_s);
    column->addWidget(new Disclosure(theme, u"Expect · How to check · Why"_s, body, page));
    auto *error = new ErrorPanel(theme, page);
    error->setError({.kind = ErrorKind::Corrupt,
                     .subject = u"shop_20261122_020000.sql.gz"_s,
                     .detail = u"the gzip stream ends in the middle of a block"_s,
                     .advice = Advice::DownloadAgain,
                     .sqlState = u"22P04"_s,
                     .line = 48201});
    error->findChild<Disclosure *>()->setOpen(true);
    column->addWidget(error);
    auto *keys = new QHBoxLayout;
    keys->setSpacing(12);
    for (const auto &[key, meaning] :
         {std::pair{u"B"_s, u"Back"_s}, {u"T"_s, u"Note"_s}, {u"?"_s, u"Help"_s}})
        keys->addWidget(new KeyHint(theme, key, meaning, page));
    keys->addStretch();
    column->addStretch();
    column->addLayout(keys);
    return page;
}

/// All icons of the family, the application's own last.
QWidget *iconPage(const Theme &theme)
{
    auto *page = new QWidget;
    auto *grid = new QGridLayout(page);
    const QStringList files = QDir(u":/icons"_s).entryList({u"*.svg"_s});
    int place = 0;
    for (const QString &file : files) {
        const QString name = file.chopped(4);
        auto *picture = new QLabel(page);
        picture->setPixmap(name == u"mayday"_s ? applicationIcon().pixmap(48, 48)
                                               : icon(name, theme, Ink::Primary).pixmap(32, 32));
        auto *label = new TextLabel(theme, TextStyle::Caption, page);
        label->setText(name);
        grid->addWidget(picture, place / 8 * 2, place % 8, Qt::AlignCenter);
        grid->addWidget(label, place / 8 * 2 + 1, place % 8, Qt::AlignCenter);
        ++place;
    }
    return page;
}

} // namespace

/// Whole sample pages in every theme: nothing is squeezed below what it needs, and the pictures are
/// left beside the test for people to look at.
class TestKitSheet final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        m_theme.applyTo(*qApp);
        QVERIFY(hasIcon(u"now"_s));
        QVERIFY(QDir().mkpath(folder()));
    }

    void pageFits_data()
    {
        QTest::addColumn<int>("page");
        QTest::addColumn<int>("mode");
        QTest::addColumn<QSize>("size");
        const char *modes[] = {"light", "dark", "contrast"};
        const char *pages[] = {"now", "restore", "step", "icons"};
        for (int page = 0; page < 4; ++page) {
            for (int mode = 0; mode < 3; ++mode) {
                QTest::addRow("%s-%s-wide", pages[page], modes[mode])
                    << page << mode + 1 << QSize(1192, 776);
                QTest::addRow("%s-%s-narrow", pages[page], modes[mode])
                    << page << mode + 1 << QSize(936, 612);
            }
        }
    }

    void pageFits()
    {
        QFETCH(int, page);
        QFETCH(int, mode);
        QFETCH(QSize, size);
        m_theme.setMode(static_cast<ThemeMode>(mode));
        using Make = QWidget *(*)(const Theme &);
        const Make makers[] = {nowPage, restorePage, stepPage, iconPage};
        QScrollArea window; // as every page does, for small windows and large type
        window.setWidgetResizable(true);
        QWidget *made = makers[page](m_theme);
        window.setWidget(made);
        window.resize(size);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QVERIFY2(made->width() <= size.width(), "wider than the window");
        QVERIFY(made->grab().save(
            u"%1/%2.png"_s.arg(folder(), QString::fromLatin1(QTest::currentDataTag()))));
        for (const QWidget *child : made->findChildren<QWidget *>()) {
            const bool heightIsGiven = child->minimumHeight() == child->maximumHeight();
            if (!child->isVisible() || heightIsGiven)
                continue;
            const auto *label = qobject_cast<const TextLabel *>(child);
            const QString name = label != nullptr
                                     ? label->plainText()
                                     : QString::fromLatin1(child->metaObject()->className());
            const bool wraps = child->hasHeightForWidth() && child->layout() == nullptr;
            const int needed = wraps                        ? child->heightForWidth(child->width())
                               : child->layout() != nullptr ? 0
                                                            : child->minimumSizeHint().height();
            QVERIFY2(child->parentWidget()->rect().contains(child->geometry()), qPrintable(name));
            QVERIFY2(child->width() >= child->minimumSizeHint().width(), qPrintable(name));
            QVERIFY2(child->height() >= needed,
                     qPrintable(u"%1: %2 of %3"_s.arg(name).arg(child->height()).arg(needed)));
        }
    }

    void typedQuestionFits()
    {
        m_theme.setMode(ThemeMode::Light);
        QWidget window;
        window.show();
        DialogPrompter prompter(m_theme, window);
        prompter.confirmTyped(
            this,
            {.title = u"Replace schema public in shop on supabase/prod?"_s,
             .text = u"The live data is replaced by the backup of 02:00. The old schema is kept "
                     "for 7 days, so this can be put back."_s,
             .confirmLabel = u"Replace schema public in shop on supabase/prod"_s,
             .nameToType = u"shop"_s,
             .facts = {fact(u"You will lose"_s, u"12 h 05 min of changes"_s, FactStyle::Danger),
                       fact(u"Time"_s, u"4 to 6 min"_s), fact(u"Undo"_s, u"Put back"_s)}},
            [](bool) {});
        auto *dialog = window.findChild<QuestionDialog *>();
        QVERIFY(QTest::qWaitForWindowExposed(dialog));
        dialog->findChild<QLineEdit *>()->setText(u"shop"_s);
        QVERIFY(dialog->grab().save(folder() + u"/question.png"_s));
        QVERIFY(dialog->height() < 480);
        for (const TextLabel *label : dialog->findChildren<TextLabel *>()) {
            if (label->isVisible())
                QVERIFY(label->height() >= label->heightForWidth(label->width()));
        }
    }

private:
    static QString folder() { return QStringLiteral(MAYDAY_BINARY_DIR "/pictures/kit"); }

    Theme m_theme;
};

MAYDAY_UI_TEST(TestKitSheet);
#include "tst_kitsheet.moc"
