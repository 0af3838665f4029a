// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/status/nowpage.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/banner.h"
#include "ui/kit/errortext.h"
#include "ui/kit/sentenceheader.h"
#include "ui/kit/textlabel.h"
#include "ui/kit/tilegrid.h"
#include "ui/kit/timetext.h"
#include "ui/status/changescard.h"
#include "ui/status/chattext.h"
#include "ui/status/checklistcard.h"
#include "ui/status/practicecard.h"
#include "ui/status/restorecard.h"
#include "ui/status/tilewords.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

constexpr int sideWidth = 336;
constexpr int sideBelowUnder = 860; ///< narrower pages put the side column under the tiles
constexpr int twoTilesFrom = 480;
constexpr int numberKeys = 9;

} // namespace

PageIdentity NowPage::place()
{
    return {.id = u"now"_s, .title = tr("Now"), .iconName = u"now"_s};
}

NowPage::NowPage(const Theme &theme, status::StatusBoard &board, const Clock &clock,
                 Surroundings surroundings, QWidget *parent)
    : Page(place(), parent),
      m_theme(theme),
      m_board(board),
      m_clock(clock),
      m_surroundings(std::move(surroundings))
{
    bringActions();
    build();
    watchBoard();
    m_ticker.setInterval(std::chrono::seconds(1));
    connect(&m_ticker, &QTimer::timeout, this, &NowPage::tick);
    reloadScenarios();
    setPractice({});
    tick();
    showChanges();
}

NowPage::~NowPage() = default;

void NowPage::bringActions()
{
    for (int number = 1; number <= numberKeys; ++number) {
        QAction *action = bringAction(QString(), QKeySequence(Qt::Key_0 + number));
        action->setVisible(false);
        connect(action, &QAction::triggered, this, [this, number] { start(number - 1); });
        m_startActions.append(action);
    }
    m_copyAction = bringAction(tr("Copy for chat"), QKeySequence(Qt::Key_C));
    connect(m_copyAction, &QAction::triggered, this, &NowPage::copyForChat);
    m_runbooksAction = bringAction(tr("All scenarios"), QKeySequence(Qt::Key_R));
    connect(m_runbooksAction, &QAction::triggered, this, &NowPage::openRunbooks);
    QAction *refresh = bringAction(tr("Check everything now"), QKeySequence(Qt::Key_F5));
    connect(refresh, &QAction::triggered, this, &NowPage::refreshRequested);

    QAction *products = bringAction(tr("Break something: delete the products"));
    connect(products, &QAction::triggered, this,
            [this] { Q_EMIT breakSomething(Mishap::ProductsDeleted); });
    QAction *outage = bringAction(tr("Break something: Supabase major outage"));
    connect(outage, &QAction::triggered, this,
            [this] { Q_EMIT breakSomething(Mishap::SupabaseOutage); });
    QAction *right = bringAction(tr("Put it right again"));
    connect(right, &QAction::triggered, this, &NowPage::putRight);
    m_practiceActions = {products, outage, right};
    m_retryAction = new QAction(tr("Try again"), this);
    connect(m_retryAction, &QAction::triggered, this, &NowPage::retryPractice);
}

void NowPage::build()
{
    auto *content = new QWidget;
    content->setObjectName(u"page"_s);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(metric::space24, metric::space24, metric::space24, metric::space24);
    column->setSpacing(metric::space16);
    m_banner = new Banner(m_theme, BannerKind::Info, content);
    m_banner->hide();
    m_header = new SentenceHeader(m_theme, content);
    // As tall as its lines need at this width; the stretch below takes the rest.
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    m_header->setSizePolicy(policy);
    m_header->addControl(new ActionButton(m_theme, ButtonKind::Secondary, m_copyAction, m_header));
    m_columns = new QBoxLayout(QBoxLayout::LeftToRight);
    m_columns->setSpacing(metric::space24);
    m_columns->addWidget(buildTiles(), 1);
    m_columns->addWidget(buildSide(), 0);
    column->addWidget(m_banner);
    column->addWidget(m_header);
    column->addLayout(m_columns);
    column->addStretch(1);

    m_scroll = new QScrollArea(this);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus); // its widgets have the focus, it only follows them
    m_scroll->setWidget(content);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins({});
    outer->addWidget(m_scroll);
}

QWidget *NowPage::buildTiles()
{
    auto *holder = new QWidget;
    auto *column = new QVBoxLayout(holder);
    column->setContentsMargins({});
    column->setSpacing(metric::space8);
    m_us = new TileGrid(m_theme, holder);
    m_us->setAccessibleName(tr("Our own probes"));
    m_them = new TileGrid(m_theme, holder);
    m_them->setAccessibleName(tr("What the vendors say"));
    for (TileGrid *grid : {m_us, m_them})
        grid->setTwoColumnsFrom(twoTilesFrom);
    column->addWidget(sectionLabel(m_theme, tr("Us · our own probes"), holder));
    column->addWidget(m_us);
    column->addSpacing(metric::space8);
    column->addWidget(sectionLabel(m_theme, tr("Them · what the vendors say"), holder));
    column->addWidget(m_them);
    column->addSpacing(metric::space8);
    // Below the tiles, where it is seen without scrolling and pushes nothing serious away.
    m_practice = new PracticeCard(m_theme, m_practiceActions, holder);
    column->addWidget(m_practice);
    column->addStretch(1);
    return holder;
}

QWidget *NowPage::buildSide()
{
    m_side = new QWidget;
    auto *column = new QVBoxLayout(m_side);
    column->setContentsMargins({});
    column->setSpacing(metric::space16);
    m_checklists = new ChecklistCard(m_theme, m_runbooksAction, m_side);
    connect(m_checklists, &ChecklistCard::chosen, this, &NowPage::start);
    m_changes = new ChangesCard(m_theme, m_side);
    m_restore = new RestoreCard(m_theme, m_side);
    for (QWidget *card : QList<QWidget *>{m_checklists, m_changes, m_restore})
        column->addWidget(card);
    column->addStretch(1);
    m_side->setFixedWidth(sideWidth);
    return m_side;
}

void NowPage::watchBoard()
{
    using status::StatusBoard;
    connect(&m_board, &StatusBoard::boardReset, this, &NowPage::tick);
    connect(&m_board, &StatusBoard::boardReset, this, &NowPage::showChanges);
    connect(&m_board, &StatusBoard::providerChanged, this, &NowPage::showTiles);
    connect(&m_board, &StatusBoard::probeChanged, this, &NowPage::showTiles);
    connect(&m_board, &StatusBoard::changeNoted, this, &NowPage::showChanges);
    connect(&m_board, &StatusBoard::verdictChanged, this, &NowPage::showVerdict);
    connect(&m_board, &StatusBoard::verdictChanged, this, &NowPage::showOffers);
}

void NowPage::showVerdict()
{
    const status::BoardSnapshot board = m_board.snapshot();
    if (!hasAnyReading(board)) {
        setSentence(tr("Nothing has answered yet."));
        m_header->setDetail(
            tr("The first checks are on their way. Checklists can be started now."));
        m_header->setShape(StateShape::Unknown);
    } else {
        const status::Verdict &verdict = m_board.verdict();
        setSentence(verdict.sentence);
        QString detail = verdict.detail;
        if (verdict.since.isValid())
            detail =
                tr("Since %1. ").arg(timetext::clock(verdict.since, m_surroundings.here)) + detail;
        m_header->setDetail(detail);
        m_header->setShape(shapeOf(verdict, board));
    }
    m_header->setSentence(sentence());
}

void NowPage::showTiles()
{
    const status::BoardSnapshot board = m_board.snapshot();
    QList<TileFacts> us;
    for (const status::ProbeSnapshot &probe : board.probes)
        us += tileFor(probe, board);
    QList<TileFacts> them;
    for (const status::ProviderSnapshot &vendor : board.providers)
        them += tileFor(vendor, board);
    m_us->setFacts(us);
    m_them->setFacts(them);
}

void NowPage::showChanges()
{
    const status::BoardSnapshot board = m_board.snapshot();
    m_changes->setChanges(board.changes, board.now);
}

void NowPage::showOffers()
{
    m_checklists->setOffers(rankedOffers(m_scenarios, m_board.verdict().suggestions));
    for (qsizetype index = 0; index < m_startActions.size(); ++index) {
        const bool isOffered = index < offers().size();
        QAction *action = m_startActions.at(index);
        action->setVisible(isOffered);
        if (isOffered)
            action->setText(tr("Start the checklist %1").arg(offers().at(index).title));
    }
}

void NowPage::reloadScenarios()
{
    m_scenarios = m_surroundings.scenarios ? m_surroundings.scenarios() : QList<ScenarioOffer>();
    m_runbooksAction->setText(m_scenarios.isEmpty() ? tr("Open the runbooks")
                                                    : tr("All %n scenarios", nullptr,
                                                         static_cast<int>(m_scenarios.size())));
    showOffers();
}

void NowPage::setPractice(const PracticeState &state)
{
    m_practiceState = state;
    m_practice->setState(state);
    showPracticeBanner();
}

void NowPage::showPracticeBanner()
{
    m_banner->clearActions();
    m_banner->setCopyText({});
    const auto phase = m_practiceState.phase;
    if (phase == PracticeState::Phase::Starting) {
        m_banner->setKind(BannerKind::Info);
        m_banner->setMessage(tr("Setting up the practice world."), m_practiceState.doing);
    } else if (phase == PracticeState::Phase::Failed) {
        const Error error = m_practiceState.error.value_or(Error{});
        const ErrorText text = errorText(error);
        m_banner->setKind(BannerKind::Down);
        m_banner->setMessage(tr("The practice world could not be set up. %1").arg(text.headline),
                             text.whatNow);
        m_banner->setCopyText(errorForClipboard(error));
        m_banner->addAction(m_retryAction);
    }
    m_banner->setVisible(phase == PracticeState::Phase::Starting ||
                         phase == PracticeState::Phase::Failed);
}

void NowPage::setRestoreOutlook(const RestoreOutlook &outlook)
{
    m_restore->setOutlook(outlook);
    m_restore->refresh(m_clock.now());
}

void NowPage::setStackName(const QString &name)
{
    m_surroundings.stackName = name;
}

const QList<ScenarioOffer> &NowPage::offers() const
{
    return m_checklists->offers();
}

void NowPage::activated()
{
    tick();
}

QWidget *NowPage::initialFocus()
{
    return m_checklists->firstButton();
}

void NowPage::tick()
{
    showTiles();
    showVerdict();
    m_restore->refresh(m_clock.now());
}

void NowPage::start(qsizetype index)
{
    if (index < offers().size())
        Q_EMIT startScenario(offers().at(index).id);
}

void NowPage::copyForChat()
{
    const ChatHeading heading{.stackName = m_surroundings.stackName,
                              .isPractice = m_practiceState.phase != PracticeState::Phase::Off};
    const QString text =
        chatText(heading, m_board.verdict(), m_board.snapshot(), m_surroundings.here);
    QGuiApplication::clipboard()->setText(text);
    Q_EMIT copiedForChat(text);
}

void NowPage::showEvent(QShowEvent *event)
{
    Page::showEvent(event);
    tick();
    m_ticker.start();
}

void NowPage::hideEvent(QHideEvent *event)
{
    m_ticker.stop();
    Page::hideEvent(event);
}

void NowPage::resizeEvent(QResizeEvent *event)
{
    Page::resizeEvent(event);
    const bool isBeside = width() >= sideBelowUnder;
    m_columns->setDirection(isBeside ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_side->setMinimumWidth(isBeside ? sideWidth : 0);
    m_side->setMaximumWidth(isBeside ? sideWidth : QWIDGETSIZE_MAX);
}

void NowPage::keyPressEvent(QKeyEvent *event)
{
    QScrollBar *bar = m_scroll->verticalScrollBar();
    switch (event->key()) {
    case Qt::Key_PageDown: bar->triggerAction(QScrollBar::SliderPageStepAdd); break;
    case Qt::Key_PageUp: bar->triggerAction(QScrollBar::SliderPageStepSub); break;
    case Qt::Key_Home: bar->triggerAction(QScrollBar::SliderToMinimum); break;
    case Qt::Key_End: bar->triggerAction(QScrollBar::SliderToMaximum); break;
    default: Page::keyPressEvent(event);
    }
}

} // namespace mayday::ui
