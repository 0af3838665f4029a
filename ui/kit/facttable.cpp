// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/facttable.h"

#include "ui/kit/copybutton.h"
#include "ui/kit/textlabel.h"

#include <QGridLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

QString markupOf(const FactPart &part, const Tokens &tokens)
{
    switch (part.style) {
    case FactStyle::Plain: return escaped(part.text);
    case FactStyle::Strong: return strong(part.text);
    case FactStyle::Mono: return code(part.text);
    case FactStyle::Danger:
        return u"<span style=\"color:%1\">%2</span>"_s.arg(tokens.down.name(), strong(part.text));
    case FactStyle::Link: return link(part.text, part.target);
    }
    Q_UNREACHABLE_RETURN({});
}

QString markupOf(const Fact &fact, const Tokens &tokens)
{
    QString markup;
    for (const FactPart &part : fact.value)
        markup += markupOf(part, tokens);
    return markup;
}

} // namespace

Fact fact(const QString &label, const QString &value, FactStyle style)
{
    return {.label = label, .value = {FactPart{.text = value, .style = style}}};
}

QString plainValue(const Fact &fact)
{
    QString text;
    for (const FactPart &part : fact.value)
        text += part.text;
    return text;
}

FactTable::FactTable(const Theme &theme, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins({});
    m_grid->setHorizontalSpacing(0);
    m_grid->setVerticalSpacing(metric::space8);
    m_grid->setColumnStretch(1, 1);
    m_grid->setColumnMinimumWidth(0, m_labelWidth);
    // The danger colour is part of the markup, so a new theme needs new markup.
    connect(&theme, &Theme::changed, this, &FactTable::build);
}

void FactTable::setFacts(const QList<Fact> &facts)
{
    if (facts == m_facts)
        return;
    m_facts = facts;
    build();
}

QString FactTable::plainText() const
{
    QStringList lines;
    for (const Fact &fact : m_facts)
        lines += u"%1: %2"_s.arg(fact.label, plainValue(fact));
    return lines.join(u'\n');
}

void FactTable::setLabelWidth(int pixels)
{
    m_labelWidth = pixels;
    m_grid->setColumnMinimumWidth(0, pixels);
}

void FactTable::build()
{
    while (QLayoutItem *item = m_grid->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    int row = 0;
    for (const Fact &fact : m_facts)
        addRow(row++, fact);
    setAccessibleName(plainText());
}

void FactTable::addRow(int row, const Fact &fact)
{
    auto *label = new TextLabel(m_theme, TextStyle::Base, Ink::Second, this);
    label->setWordWrap(false);
    label->setText(fact.label);
    auto *value = new TextLabel(m_theme, TextStyle::Base, this);
    value->setMarkup(markupOf(fact, m_theme.tokens()));
    value->setSelectable(true);
    value->setAccessibleName(u"%1: %2"_s.arg(fact.label, plainValue(fact)));
    connect(value, &QLabel::linkActivated, this, &FactTable::linkActivated);
    auto *copy = new CopyButton(m_theme, tr("Copy: %1").arg(fact.label), this);
    copy->setFixedHeight(lineHeight(TextStyle::Base)); // on the line of the text
    copy->setCopyText(plainValue(fact));
    m_grid->addWidget(label, row, 0, Qt::AlignTop);
    m_grid->addWidget(value, row, 1, Qt::AlignTop);
    m_grid->addWidget(copy, row, 2, Qt::AlignTop);
}

} // namespace mayday::ui
