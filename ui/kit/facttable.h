// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/theme.h"

#include <QWidget>

class QGridLayout;

namespace mayday::ui {

enum class FactStyle { Plain, Strong, Mono, Danger, Link };

/// One run of a value: "12 h 05 min of changes" as Danger, "See which" as Link to "loss".
struct FactPart {
    QString text;
    FactStyle style = FactStyle::Plain;
    QString target = {}; ///< of a Link; handed to FactTable::linkActivated

    [[nodiscard]] bool operator==(const FactPart &) const = default;
};

struct Fact {
    QString label;
    QList<FactPart> value;

    [[nodiscard]] bool operator==(const Fact &) const = default;
};

/// A fact whose value is one run.
[[nodiscard]] Fact fact(const QString &label, const QString &value,
                        FactStyle style = FactStyle::Plain);
[[nodiscard]] QString plainValue(const Fact &fact);

/// Label and value in rows; a value can be selected and copied. No frame: put it on a Card.
class FactTable final : public QWidget {
    Q_OBJECT
public:
    explicit FactTable(const Theme &theme, QWidget *parent = nullptr);
    void setFacts(const QList<Fact> &facts);
    [[nodiscard]] const QList<Fact> &facts() const { return m_facts; }
    /// "label: value" lines.
    [[nodiscard]] QString plainText() const;
    /// Width of the labels' column, 150 unless told.
    void setLabelWidth(int pixels);

Q_SIGNALS:
    void linkActivated(const QString &target);

private:
    void build();
    void addRow(int row, const Fact &fact);

    const Theme &m_theme;
    QGridLayout *m_grid;
    QList<Fact> m_facts;
    int m_labelWidth = 150;
};

} // namespace mayday::ui
