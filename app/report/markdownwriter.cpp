// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/markdownwriter.h"

#include "core/redactor.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace mayday::report {

QString MarkdownWriter::escaped(const QString &plain)
{
    static const QString special = uR"(\`*_{}[]<>#|~&!)"_s;
    // What begins a line like a list, a rule or an underlined heading would become one.
    static const QRegularExpression listLike(u"^(\\d{1,9})([.)])"_s);
    const QString line = plain.simplified();
    QString out;
    out.reserve(line.size() + 8);
    for (const QChar c : line) {
        if (special.contains(c))
            out += u'\\';
        out += c;
    }
    if (out.startsWith(u'-') || out.startsWith(u'+') || out.startsWith(u'='))
        out.prepend(u'\\');
    return out.replace(listLike, u"\\1\\\\2"_s);
}

/// Secrets first: a backslash inside a token would hide it from the redactor.
QString MarkdownWriter::safe(const QString &plain)
{
    return escaped(redacted(plain));
}

void MarkdownWriter::endList()
{
    if (m_inList)
        m_text += u'\n';
    m_inList = false;
}

void MarkdownWriter::heading(int level, const QString &text)
{
    endList();
    m_text += QString(level, u'#') + u' ' + safe(text) + u"\n\n"_s;
}

void MarkdownWriter::paragraph(const QString &text)
{
    endList();
    m_text += safe(text) + u"\n\n"_s;
}

void MarkdownWriter::bullet(const QString &text)
{
    m_text += u"- "_s + safe(text) + u'\n';
    m_inList = true;
}

void MarkdownWriter::task(const QString &text)
{
    m_text += u"- [ ] "_s + safe(text) + u'\n';
    m_inList = true;
}

void MarkdownWriter::table(const QStringList &header, const QList<QStringList> &rows)
{
    endList();
    const auto line = [this](const QStringList &cells) {
        m_text += u'|';
        for (const QString &cell : cells)
            m_text += u' ' + safe(cell) + u" |"_s;
        m_text += u'\n';
    };
    line(header);
    m_text += u'|' + u" --- |"_s.repeated(header.size()) + u'\n';
    for (const QStringList &row : rows)
        line(row);
    m_text += u'\n';
}

} // namespace mayday::report
