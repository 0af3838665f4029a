// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/mainwindow.h"

#include "ui/shell/bannercolumn.h"
#include "ui/shell/commandpalette.h"
#include "ui/shell/helpoverlay.h"

#include <QAction>
#include <QCloseEvent>
#include <QKeyEvent>
#include <QSettings>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

constexpr QSize firstSize(1280, 800);
constexpr QSize leastSize(520, 420);
constexpr int mostRailKeys = 9;
const QString geometryKey = u"window/geometry"_s;

QVBoxLayout *columnWithoutMargins(QWidget *parent = nullptr)
{
    auto *column = new QVBoxLayout(parent);
    column->setContentsMargins({});
    column->setSpacing(0);
    return column;
}

/// What can be done with these actions now.
QList<PaletteEntry> entriesOf(const QList<QAction *> &actions, const QString &place)
{
    QList<PaletteEntry> entries;
    for (QAction *action : actions) {
        if (action->isVisible() && action->isEnabled() && !action->text().isEmpty())
            entries.append({.text = action->text(),
                            .place = place,
                            .keys = action->shortcut().toString(QKeySequence::NativeText),
                            .action = action});
    }
    return entries;
}

} // namespace

MainWindow::MainWindow(const Theme &theme, const Clock &clock, Settings settings, QWidget *parent)
    : QMainWindow(parent), m_theme(theme), m_clock(clock), m_settings(std::move(settings))
{
    build();
    QAction *commands = bringAction(tr("Find a command"), {QKeySequence(Qt::CTRL | Qt::Key_K)});
    connect(commands, &QAction::triggered, this, &MainWindow::openPalette);
    // "?" needs Shift on many keyboards, and not every platform takes it off.
    QAction *keys =
        bringAction(tr("Keys and commands of this page"),
                    {QKeySequence(u"?"_s), QKeySequence(u"Shift+?"_s), QKeySequence(Qt::Key_F1)});
    connect(keys, &QAction::triggered, this, &MainWindow::openHelp);
    connect(m_palette, &CommandPalette::chosen, this, &MainWindow::run);
    connect(m_rail, &NavigationRail::chosen, this, &MainWindow::showPage);
    connect(m_stack, &PageStack::sentenceChanged, this, &MainWindow::showTitle);
    restoreState();
    showTitle();
}

MainWindow::~MainWindow() = default;

void MainWindow::build()
{
    setMinimumSize(leastSize);
    m_frame = new ModeFrame(m_theme, this);
    auto *row = new QHBoxLayout(m_frame);
    row->setContentsMargins({});
    row->setSpacing(0);
    m_rail = new NavigationRail(m_theme, m_frame);
    row->addWidget(m_rail);
    QVBoxLayout *column = columnWithoutMargins();
    row->addLayout(column, 1);
    m_bandSlot = columnWithoutMargins();
    m_banners = new BannerColumn(m_frame);
    m_stack = new PageStack(m_frame);
    m_strip = new StatusStrip(m_theme, m_clock, m_settings.here, m_frame);
    column->addLayout(m_bandSlot);
    column->addWidget(m_banners);
    column->addWidget(m_stack, 1);
    column->addWidget(m_strip);
    setCentralWidget(m_frame);
    m_palette = new CommandPalette(m_theme, *this);
    m_help = new HelpOverlay(m_theme, *this);
}

QAction *MainWindow::bringAction(const QString &text, const QList<QKeySequence> &keys)
{
    auto *action = new QAction(text, this);
    action->setShortcuts(keys);
    addAction(action);
    return action;
}

void MainWindow::addPage(const PageIdentity &identity, PageStack::MakePage make, RailPlace place)
{
    m_rail->addPlace(identity, place);
    if (place != RailPlace::Hidden)
        addKeys(identity);
    const bool isFirst = currentPage() == nullptr;
    m_stack->add(identity.id, std::move(make));
    if (isFirst) {
        enter(currentPage());
        switchTo(currentPage()); // for the focus
    }
}

void MainWindow::addKeys(const PageIdentity &identity)
{
    QList<QKeySequence> keys;
    if (m_railKeys < mostRailKeys) {
        const int number = Qt::Key_1 + m_railKeys++;
        keys = {QKeySequence(Qt::ALT | Qt::Key(number)), QKeySequence(Qt::CTRL | Qt::Key(number))};
        m_rail->setKey(identity.id, keys.first().toString(QKeySequence::NativeText));
    }
    QAction *go = bringAction(tr("Go to %1").arg(identity.title), keys);
    connect(go, &QAction::triggered, this, [this, id = identity.id] { showPage(id); });
}

bool MainWindow::showPage(const QString &id)
{
    Page *wanted = m_stack->page(id);
    if (wanted == nullptr)
        return false;
    switchTo(wanted);
    return true;
}

void MainWindow::switchTo(Page *page)
{
    Page *before = currentPage();
    if (before != page) {
        before->deactivated();
        m_stack->setCurrentWidget(page);
        enter(page);
    }
    QWidget *first = page->initialFocus();
    (first != nullptr ? first : page)->setFocus(Qt::OtherFocusReason);
}

void MainWindow::enter(Page *page)
{
    m_rail->setCurrent(page->identity().id);
    page->activated();
    showTitle();
    Q_EMIT pageChanged(page->identity().id);
}

Page *MainWindow::currentPage() const
{
    return m_stack->currentPage();
}

void MainWindow::setBand(QWidget *band)
{
    if (m_band == band)
        return;
    delete m_band;
    m_band = band;
    if (band != nullptr)
        m_bandSlot->addWidget(band);
}

void MainWindow::addBanner(Banner *banner)
{
    m_banners->add(banner);
}

void MainWindow::setMode(WindowMode mode)
{
    m_frame->setMode(mode);
    showTitle();
}

void MainWindow::setStatus(const StatusFacts &facts)
{
    m_strip->setFacts(facts);
}

void MainWindow::showTitle()
{
    QStringList parts{modeWord(m_frame->mode())};
    if (const Page *page = currentPage())
        parts += page->sentence().isEmpty() ? page->identity().title : page->sentence();
    parts += u"Mayday"_s;
    setWindowTitle(parts.join(u" — "_s));
}

void MainWindow::bringToFront()
{
    setWindowState(windowState() & ~Qt::WindowMinimized);
    show();
    raise();
    activateWindow();
}

void MainWindow::openPalette()
{
    QList<PaletteEntry> entries;
    const Page *current = currentPage();
    if (current != nullptr)
        entries = entriesOf(current->actions(), current->identity().title);
    const QList<Page *> all = m_stack->pages();
    for (const Page *page : all) {
        if (page != current)
            entries += entriesOf(page->actions(), page->identity().title);
    }
    m_palette->openWith(entries + entriesOf(actions(), {}));
}

void MainWindow::openHelp()
{
    const Page *current = currentPage();
    m_help->openWith(current != nullptr ? current->identity().title : QString(),
                     current != nullptr ? entriesOf(current->actions(), {}) : QList<PaletteEntry>(),
                     entriesOf(actions(), {}));
}

void MainWindow::run(QAction *action)
{
    const QList<Page *> all = m_stack->pages();
    for (Page *page : all) {
        if (page->actions().contains(action) && page != currentPage())
            switchTo(page);
    }
    action->trigger();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    rememberState();
    QMainWindow::closeEvent(event);
}

void MainWindow::keyPressEvent(QKeyEvent *event)
{
    // A page's keys work from the rail and the band as well: nobody should have to aim the focus.
    const QKeySequence pressed(event->keyCombination());
    const QList<QAction *> actions = currentPage() ? currentPage()->actions() : QList<QAction *>();
    for (QAction *action : actions) {
        if (action->isEnabled() && action->isVisible() && action->shortcuts().contains(pressed)) {
            action->trigger();
            return;
        }
    }
    QMainWindow::keyPressEvent(event);
}

void MainWindow::restoreState()
{
    resize(firstSize);
    if (m_settings.stateFile.isEmpty())
        return;
    const QSettings state(m_settings.stateFile, QSettings::IniFormat);
    restoreGeometry(state.value(geometryKey).toByteArray());
}

void MainWindow::rememberState() const
{
    if (m_settings.stateFile.isEmpty())
        return;
    QSettings state(m_settings.stateFile, QSettings::IniFormat);
    state.setValue(geometryKey, saveGeometry());
}

} // namespace mayday::ui
