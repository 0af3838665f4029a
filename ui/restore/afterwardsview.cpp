// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/afterwardsview.h"

#include "ui/kit/stateglyph.h"
#include "ui/kit/textlabel.h"
#include "ui/kit/timetext.h"
#include "ui/restore/restoretexts.h"

#include <QGridLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace mayday::ui {

namespace {

/// There is a table, too; all of them are in what is copied for the chat.
constexpr qsizetype mostShown = 5;
constexpr int glyphExtent = 12;

} // namespace

AfterwardsView::AfterwardsView(const Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_found(new QGridLayout),
      m_general(new TextLabel(theme, TextStyle::Detail, Ink::Second, this))
{
    m_general->setSelectable(true);
    m_found->setContentsMargins({});
    m_found->setHorizontalSpacing(metric::space8);
    m_found->setVerticalSpacing(metric::space4);
    m_found->setColumnStretch(1, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(metric::space4);
    column->addLayout(m_found);
    column->addWidget(m_general);
}

void AfterwardsView::setRecord(const restore::RestoreRecord &record)
{
    while (QLayoutItem *item = m_found->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const QStringList found = restoretexts::cameToLife(record);
    m_count = found.size();
    QStringList lines = found.mid(0, mostShown);
    if (m_count > mostShown)
        lines.append(tr("And %1 more: the verdict for the chat has them all.")
                         .arg(timetext::count(m_count - mostShown)));
    for (int row = 0; row < lines.size(); ++row) {
        auto *glyph = new StateGlyph(m_theme, StateShape::Degraded, this);
        glyph->setExtent(glyphExtent);
        glyph->setAccessibleName(tr("To be looked at"));
        auto *text = new TextLabel(m_theme, TextStyle::Detail, this);
        text->setText(lines[row]);
        text->setSelectable(true);
        m_found->addWidget(glyph, row, 0, Qt::AlignTop);
        m_found->addWidget(text, row, 1);
    }
    m_general->setText(restoretexts::whatNext(record).join(u'\n'));
}

bool AfterwardsView::isEmpty() const
{
    return m_count == 0 && m_general->plainText().isEmpty();
}

QString AfterwardsView::title() const
{
    return m_count == 0 ? tr("After the restore")
                        : tr("After the restore: %1 to look at").arg(timetext::count(m_count));
}

} // namespace mayday::ui
