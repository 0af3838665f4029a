// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/pagestack.h"

#include <QEvent>

#include <algorithm>

namespace mayday::ui {

namespace {

/// From the first paint to the first of the pages nobody has asked for yet, and from one to the
/// next: what is pressed meanwhile comes in between.
constexpr auto restPace = std::chrono::milliseconds(100);

} // namespace

PageStack::PageStack(QWidget *parent) : QStackedWidget(parent)
{
    m_makeRest.setInterval(restPace);
    connect(&m_makeRest, &QTimer::timeout, this, &PageStack::makeNextPage);
}

void PageStack::add(const QString &id, MakePage make)
{
    m_places.append({.id = id, .make = std::move(make)});
    if (m_places.size() == 1)
        made(m_places.first());
}

Page *PageStack::made(Place &place)
{
    if (place.page == nullptr) {
        place.page = place.make();
        addWidget(place.page);
        connect(place.page, &Page::sentenceChanged, this, &PageStack::sentenceChanged);
    }
    return place.page;
}

/// One in a turn of the event loop: a key pressed meanwhile waits for one page at most.
void PageStack::makeNextPage()
{
    const auto next = std::ranges::find(m_places, nullptr, &Place::page);
    if (next == m_places.end())
        m_makeRest.stop();
    else
        made(*next);
}

Page *PageStack::currentPage() const
{
    return qobject_cast<Page *>(currentWidget());
}

Page *PageStack::page(const QString &id)
{
    const auto place = std::ranges::find(m_places, id, &Place::id);
    return place == m_places.end() ? nullptr : made(*place);
}

QList<Page *> PageStack::pages()
{
    QList<Page *> all;
    for (Place &place : m_places)
        all.append(made(place));
    return all;
}

bool PageStack::event(QEvent *event)
{
    if (event->type() == QEvent::Paint && !m_makeRest.isActive() &&
        std::ranges::contains(m_places, nullptr, &Place::page))
        m_makeRest.start();
    return QStackedWidget::event(event);
}

} // namespace mayday::ui
