// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/icon.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QPointer>
#include <QSvgRenderer>

using namespace Qt::StringLiterals;

// Outside the namespace: the resource lives in a static library and the linker must be told.
static void loadIconResource()
{
    Q_INIT_RESOURCE(icons);
}

namespace mayday::ui {

namespace {

QString pathOf(const QString &name)
{
    loadIconResource();
    return u":/icons/%1.svg"_s.arg(name);
}

/// Draws one SVG in a colour that is looked up at the moment of drawing.
class TintedEngine final : public QIconEngine {
public:
    TintedEngine(QString name, const Theme &theme, Ink ink)
        : m_name(std::move(name)), m_theme(&theme), m_ink(ink)
    {
    }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override
    {
        const qreal ratio = painter->device()->devicePixelRatioF();
        const int side = std::min(rect.width(), rect.height());
        const QPixmap drawn = iconPixmap(m_name, colorFor(mode, state), side, ratio);
        painter->drawPixmap(rect.x() + (rect.width() - side) / 2,
                            rect.y() + (rect.height() - side) / 2, drawn);
    }

    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state,
                         qreal scale) override
    {
        const int side = qRound(std::min(size.width(), size.height()) / scale);
        return iconPixmap(m_name, colorFor(mode, state), side, scale);
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        return scaledPixmap(size, mode, state, 1);
    }

    [[nodiscard]] QIconEngine *clone() const override { return new TintedEngine(*this); }

private:
    [[nodiscard]] QColor colorFor(QIcon::Mode mode, QIcon::State state) const
    {
        if (m_theme.isNull())
            return lightTokens().ink2;
        if (mode == QIcon::Disabled)
            return m_theme->color(Ink::Third);
        return m_theme->color(state == QIcon::On ? Ink::Accent : m_ink);
    }

    QString m_name;
    QPointer<const Theme> m_theme;
    Ink m_ink;
};

} // namespace

QIcon icon(const QString &name, const Theme &theme, Ink ink)
{
    return hasIcon(name) ? QIcon(new TintedEngine(name, theme, ink)) : QIcon();
}

QPixmap iconPixmap(const QString &name, const QColor &color, int size, qreal ratio)
{
    const QString key =
        u"mayday/%1/%2/%3/%4"_s.arg(name, color.name(QColor::HexArgb)).arg(size).arg(ratio);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    pixmap = QPixmap(QSize(size, size) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    QSvgRenderer renderer(pathOf(name));
    renderer.render(&painter, QRectF(0, 0, size, size));
    painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
    painter.fillRect(QRectF(0, 0, size, size), color);
    painter.end();
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

QIcon applicationIcon()
{
    QIcon result;
    QSvgRenderer renderer(pathOf(u"mayday"_s));
    for (const int size : {16, 22, 24, 32, 48, 64, 128, 256}) {
        QPixmap pixmap(size, size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        renderer.render(&painter, QRectF(0, 0, size, size));
        painter.end();
        result.addPixmap(pixmap);
    }
    return result;
}

bool hasIcon(const QString &name)
{
    return !name.isEmpty() && QFile::exists(pathOf(name));
}

} // namespace mayday::ui
