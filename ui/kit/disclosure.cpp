// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/disclosure.h"

#include "ui/kit/buttonkeys.h"

#include <QAbstractButton>
#include <QPainter>
#include <QPolygonF>
#include <QVBoxLayout>

namespace mayday::ui {

namespace {

/// The line that is clicked. A checkable button, so that keyboard and screen readers know it.
class DisclosureHead final : public QAbstractButton {
public:
    DisclosureHead(const Theme &theme, QWidget *parent) : QAbstractButton(parent), m_theme(theme)
    {
        setCheckable(true);
        setFocusPolicy(Qt::StrongFocus);
        setFont(theme.font(TextStyle::Detail));
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
        setCursor(Qt::PointingHandCursor);
    }

    [[nodiscard]] QSize sizeHint() const override
    {
        return {textStart + fontMetrics().horizontalAdvance(text()) + metric::space4, 20};
    }

protected:
    bool event(QEvent *event) override
    {
        return keepsButtonKey(event) || QAbstractButton::event(event);
    }

    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QColor color = m_theme.tokens().ink2;
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.translate(4, height() / 2.0);
        painter.rotate(isChecked() ? 90 : 0);
        painter.drawPolygon(QPolygonF({{-3.0, -4.5}, {4.0, 0.0}, {-3.0, 4.5}}));
        painter.resetTransform();
        painter.setPen(color);
        painter.setFont(font());
        painter.drawText(rect().adjusted(textStart, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                         text());
    }

private:
    static constexpr int textStart = 14;
    const Theme &m_theme;
};

} // namespace

Disclosure::Disclosure(const Theme &theme, const QString &title, QWidget *body, QWidget *parent)
    : QWidget(parent), m_head(new DisclosureHead(theme, this)), m_body(body)
{
    setFocusProxy(m_head);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(metric::space8);
    column->addWidget(m_head, 0, Qt::AlignLeft);
    column->addWidget(m_body);
    setTitle(title);
    m_body->hide();
    connect(m_head, &QAbstractButton::toggled, this, [this](bool open) {
        m_body->setVisible(open);
        Q_EMIT toggled(open);
    });
    connect(&theme, &Theme::changed, m_head, qOverload<>(&QWidget::update));
}

void Disclosure::setOpen(bool open)
{
    m_head->setChecked(open);
}

bool Disclosure::isOpen() const
{
    return m_head->isChecked();
}

void Disclosure::setTitle(const QString &title)
{
    m_head->setText(title);
}

} // namespace mayday::ui
