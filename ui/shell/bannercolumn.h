// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace mayday::ui {

class Banner;

/// The banners above the pages, one below the other. Takes no room at all while none of them shows:
/// the margin goes with them. Owns its banners.
class BannerColumn final : public QWidget {
    Q_OBJECT

public:
    explicit BannerColumn(QWidget *parent = nullptr);
    void add(Banner *banner);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void follow();

    QList<QWidget *> m_banners;
};

} // namespace mayday::ui
