// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/sentenceheader.h"

#include "ui/kit/textlabel.h"

#include <QHBoxLayout>

namespace mayday::ui {

SentenceHeader::SentenceHeader(const Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_glyph(new StateGlyph(theme, StateShape::Unknown, this)),
      m_sentence(new TextLabel(theme, TextStyle::Sentence, this)),
      m_detail(new TextLabel(theme, TextStyle::Base, Ink::Second, this)),
      m_controls(new QHBoxLayout)
{
    auto *words = new QVBoxLayout;
    words->setSpacing(0);
    words->addWidget(m_sentence);
    words->addWidget(m_detail);
    auto *glyphColumn = new QVBoxLayout;
    glyphColumn->setContentsMargins(0, 6, 0, 0);
    glyphColumn->addWidget(m_glyph);
    glyphColumn->addStretch();
    auto *controlColumn = new QVBoxLayout;
    m_controls->setSpacing(metric::space12);
    controlColumn->addLayout(m_controls);
    controlColumn->addStretch();
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(metric::space16);
    row->addLayout(glyphColumn);
    row->addLayout(words, 1);
    row->addLayout(controlColumn);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    m_sentence->setSelectable(true);
    m_detail->setSelectable(true);
    m_detail->hide();
    m_glyph->hide();
}

void SentenceHeader::setSentence(const QString &plain)
{
    m_sentence->setText(plain);
    setAccessibleName(plain);
}

QString SentenceHeader::sentence() const
{
    return m_sentence->plainText();
}

void SentenceHeader::setDetail(const QString &plain)
{
    setDetailMarkup(escaped(plain));
}

void SentenceHeader::setDetailMarkup(const QString &markup)
{
    m_detail->setMarkup(markup);
    m_detail->setVisible(!markup.isEmpty());
}

void SentenceHeader::setShape(std::optional<StateShape> shape)
{
    m_glyph->setVisible(shape.has_value());
    if (shape)
        m_glyph->setShape(*shape);
}

void SentenceHeader::addControl(QWidget *control)
{
    m_controls->addWidget(control);
}

} // namespace mayday::ui
