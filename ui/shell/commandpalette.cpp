// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/commandpalette.h"

#include "ui/kit/keyhint.h"
#include "ui/kit/textlabel.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace mayday::ui {

namespace {

constexpr int rowHeight = 36;

/// Action, its page in the third ink, its key cap at the right.
class PaletteDelegate final : public QStyledItemDelegate {
public:
    PaletteDelegate(const Theme &theme, QObject *parent)
        : QStyledItemDelegate(parent), m_theme(theme)
    {
    }

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {100, rowHeight};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        const Tokens &tokens = m_theme.tokens();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (option.state.testFlag(QStyle::State_Selected)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(tokens.selection);
            painter->drawRoundedRect(option.rect, metric::controlRadius, metric::controlRadius);
        }
        QRect area = option.rect.adjusted(metric::space12, 0, -metric::space12, 0);
        if (const QString keys = index.data(PaletteModel::KeysRole).toString(); !keys.isEmpty()) {
            const QSize cap = keyCapSize(m_theme, keys);
            const QPoint at(area.right() + 1 - cap.width(),
                            area.center().y() - cap.height() / 2 + 1);
            paintKeyCap(*painter, {at, cap}, keys, m_theme);
            area.setRight(at.x() - metric::space12);
        }
        const QString place = index.data(PaletteModel::PlaceRole).toString();
        painter->setFont(m_theme.font(TextStyle::Caption));
        painter->setPen(tokens.ink3);
        painter->drawText(area, Qt::AlignRight | Qt::AlignVCenter, place);
        area.setRight(area.right() - painter->fontMetrics().horizontalAdvance(place) -
                      metric::space12);
        painter->setFont(m_theme.font(TextStyle::Base));
        painter->setPen(tokens.ink);
        painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight,
                                                            area.width()));
        painter->restore();
    }

private:
    const Theme &m_theme;
};

} // namespace

CommandPalette::CommandPalette(const Theme &theme, QWidget &window)
    : Overlay(theme, tr("Commands"), window),
      m_model(new PaletteModel(this)),
      m_field(new QLineEdit(card())),
      m_list(new QListView(card())),
      m_nothing(new TextLabel(theme, TextStyle::Base, Ink::Second, card()))
{
    m_field->setPlaceholderText(tr("What do you want to do?"));
    m_field->setAccessibleName(tr("Find a command"));
    m_field->installEventFilter(this);
    m_list->setAccessibleName(tr("Commands"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new PaletteDelegate(theme, m_list));
    m_list->setFocusPolicy(Qt::NoFocus); // the field keeps the focus and moves the selection
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_nothing->setText(tr("No command fits. Try fewer letters."));
    card()->body()->addWidget(m_field);
    card()->body()->addWidget(m_nothing);
    card()->body()->addWidget(m_list, 1);
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(m_field, &QLineEdit::returnPressed, this, [this] { choose(m_list->currentIndex()); });
    connect(m_list, &QListView::clicked, this, &CommandPalette::choose);
}

void CommandPalette::openWith(const QList<PaletteEntry> &entries)
{
    m_model->setEntries(entries);
    m_field->clear();
    filter({});
    open(m_field);
}

void CommandPalette::filter(const QString &typed)
{
    m_model->setFilter(typed);
    m_nothing->setVisible(m_model->rowCount() == 0);
    m_list->setCurrentIndex(m_model->index(0));
}

void CommandPalette::move(int rows)
{
    const int last = m_model->rowCount() - 1;
    if (last < 0)
        return;
    const int row = std::clamp(m_list->currentIndex().row() + rows, 0, last);
    m_list->setCurrentIndex(m_model->index(row));
    // The field has the focus, so a reader would not hear which line is marked now.
    m_field->setAccessibleDescription(m_model->index(row).data(Qt::AccessibleTextRole).toString());
}

void CommandPalette::choose(const QModelIndex &index)
{
    QAction *action = m_model->action(index);
    if (action == nullptr)
        return;
    close();
    Q_EMIT chosen(action);
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_field || event->type() != QEvent::KeyPress)
        return Overlay::eventFilter(watched, event);
    constexpr int page = 8;
    switch (static_cast<QKeyEvent *>(event)->key()) {
    case Qt::Key_Down: move(1); return true;
    case Qt::Key_Up: move(-1); return true;
    case Qt::Key_PageDown: move(page); return true;
    case Qt::Key_PageUp: move(-page); return true;
    default: return Overlay::eventFilter(watched, event);
    }
}

} // namespace mayday::ui
