// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/page.h"

#include <QStackedWidget>
#include <QTimer>

#include <functional>

namespace mayday::ui {

/// The pages of the window, one of them shown. All but the first are made when they are first
/// wanted, or one by one after the first paint: nobody waits at the start for pages that are not
/// shown. Owns them.
class PageStack final : public QStackedWidget {
    Q_OBJECT
public:
    /// Makes a page; called once.
    using MakePage = std::function<Page *()>;

    explicit PageStack(QWidget *parent = nullptr);

    /// The first is made at once and becomes the current one.
    void add(const QString &id, MakePage make);
    [[nodiscard]] Page *currentPage() const;
    /// Makes it if need be; nullptr when there is none of this id.
    [[nodiscard]] Page *page(const QString &id);
    /// All, in the order they were added; makes those that are not there yet.
    [[nodiscard]] QList<Page *> pages();

Q_SIGNALS:
    /// Of any page.
    void sentenceChanged();

protected:
    bool event(QEvent *event) override;

private:
    struct Place {
        QString id;
        MakePage make;
        Page *page = nullptr; ///< nullptr until it is wanted
    };
    Page *made(Place &place);
    void makeNextPage();

    QList<Place> m_places;
    QTimer m_makeRest;
};

} // namespace mayday::ui
