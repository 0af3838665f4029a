// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/status/changescard.h"

#include "ui/kit/textlabel.h"
#include "ui/kit/timetext.h"
#include "ui/status/tilewords.h"

#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

constexpr qsizetype mostLines = 6;
constexpr qsizetype longestLine = 110;

QString shortened(const QString &text)
{
    return text.size() > longestLine ? text.left(longestLine - 1) + u'…' : text;
}

} // namespace

ChangesCard::ChangesCard(const Theme &theme, QWidget *parent) : QWidget(parent), m_empty(nullptr)
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins({});
    auto *card = new Card(theme, tr("What changed"), this);
    outer->addWidget(card);
    m_empty = new TextLabel(theme, TextStyle::Detail, Ink::Second, card);
    m_empty->setText(tr("Nothing has changed since Mayday was started."));
    card->body()->addWidget(m_empty);
    for (qsizetype line = 0; line < mostLines; ++line) {
        auto *label = new TextLabel(theme, TextStyle::Detail, card);
        label->hide();
        m_lines.append(label);
        card->body()->addWidget(label);
    }
}

void ChangesCard::setChanges(const QList<status::StatusChange> &changes, const QDateTime &now)
{
    m_empty->setVisible(changes.isEmpty());
    for (qsizetype line = 0; line < mostLines; ++line) {
        TextLabel *label = m_lines.at(line);
        label->setVisible(line < changes.size());
        if (line >= changes.size())
            continue;
        const status::StatusChange &change = changes.at(changes.size() - 1 - line);
        const QString words = changeWords(change);
        label->setMarkup(code(timetext::brief(change.at, now)) + u' ' + escaped(shortened(words)));
        label->setToolTip(words.size() > longestLine ? u"<qt>%1</qt>"_s.arg(escaped(words))
                                                     : QString());
    }
}

QStringList ChangesCard::lines() const
{
    QStringList shown;
    for (const TextLabel *label : m_lines) {
        if (!label->isHidden())
            shown += label->plainText();
    }
    return shown;
}

} // namespace mayday::ui
