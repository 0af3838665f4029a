// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/markdowntree.h"

namespace mayday::runbook {

using namespace Qt::StringLiterals;

namespace {

constexpr int indentStep = 2;

QString indented(const QString &text, int indent)
{
    const QString margin(indent, u' ');
    QStringList lines = text.split(u'\n');
    for (QString &line : lines) {
        if (!line.isEmpty())
            line.prepend(margin);
    }
    return lines.join(u'\n');
}

QString bulletOf(const MarkdownBlock &item)
{
    if (item.ordered)
        return QString::number(item.number) + u". "_s;
    if (item.ticked)
        return *item.ticked ? u"[x] "_s : u"[ ] "_s;
    return u"• "_s;
}

QString joined(const QList<MarkdownBlock> &blocks, const QString &separator)
{
    QStringList parts;
    for (const MarkdownBlock &block : blocks) {
        const QString part = plainText(block);
        if (!part.isEmpty())
            parts += part;
    }
    return parts.join(separator);
}

QString itemText(const MarkdownBlock &item)
{
    const QString text = indented(joined(item.children, u"\n"_s), indentStep);
    return bulletOf(item) + text.trimmed();
}

} // namespace

QString plainText(const QList<MarkdownInline> &inlines)
{
    QString text;
    for (const MarkdownInline &run : inlines) {
        if (run.kind == MarkdownInline::Image)
            text += u"(picture: "_s + run.text + u')';
        else
            text += run.text;
    }
    return text.trimmed();
}

QString plainText(const MarkdownBlock &block, int indent)
{
    switch (block.kind) {
    case MarkdownBlock::Heading:
    case MarkdownBlock::Paragraph:
    case MarkdownBlock::Table: return indented(plainText(block.inlines), indent);
    case MarkdownBlock::Code:
    case MarkdownBlock::Html:
        return indented(QString(block.text).remove(QChar(0)).trimmed(), indent);
    case MarkdownBlock::List: return indented(joined(block.children, u"\n"_s), indent);
    case MarkdownBlock::Item: return indented(itemText(block), indent);
    case MarkdownBlock::Quote: return indented(joined(block.children, u"\n\n"_s), indent);
    case MarkdownBlock::Rule: break;
    }
    return {};
}

QList<MarkdownInline> linksIn(const MarkdownBlock &block)
{
    QList<MarkdownInline> links;
    for (const MarkdownInline &run : block.inlines) {
        if (run.kind == MarkdownInline::Link)
            links.append(run);
    }
    for (const MarkdownBlock &child : block.children)
        links.append(linksIn(child));
    return links;
}

} // namespace mayday::runbook
