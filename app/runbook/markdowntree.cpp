// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/markdowntree.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm.h>

#include <array>
#include <memory>
#include <mutex>
#include <string_view>

namespace mayday::runbook {

namespace {

constexpr int deepestBlock = 32;

struct NodeDeleter {
    void operator()(cmark_node *node) const { cmark_node_free(node); }
};
struct ParserDeleter {
    void operator()(cmark_parser *parser) const { cmark_parser_free(parser); }
};
struct IterDeleter {
    void operator()(cmark_iter *iter) const { cmark_iter_free(iter); }
};

std::unique_ptr<cmark_node, NodeDeleter> parsed(const QByteArray &utf8)
{
    static std::once_flag registered; // the library's own table of extensions is not guarded
    std::call_once(registered, cmark_gfm_core_extensions_ensure_registered);
    const std::unique_ptr<cmark_parser, ParserDeleter> parser(cmark_parser_new(CMARK_OPT_DEFAULT));
    for (const char *name : {"table", "tasklist", "autolink"}) {
        if (cmark_syntax_extension *extension = cmark_find_syntax_extension(name))
            cmark_parser_attach_syntax_extension(parser.get(), extension);
    }
    cmark_parser_feed(parser.get(), utf8.constData(), static_cast<size_t>(utf8.size()));
    return std::unique_ptr<cmark_node, NodeDeleter>(cmark_parser_finish(parser.get()));
}

bool isOf(cmark_node *node, std::string_view typeName)
{
    return typeName == cmark_node_get_type_string(node);
}

/// Walks everything below a block once, without recursion, and collects its runs of text.
class InlineCollector final {
public:
    explicit InlineCollector(cmark_node *block) : m_line(cmark_node_get_start_line(block))
    {
        const std::unique_ptr<cmark_iter, IterDeleter> iter(cmark_iter_new(block));
        for (cmark_event_type event = cmark_iter_next(iter.get()); event != CMARK_EVENT_DONE;
             event = cmark_iter_next(iter.get())) {
            cmark_node *node = cmark_iter_get_node(iter.get());
            if (event == CMARK_EVENT_ENTER)
                enter(node);
            else
                leave(node);
        }
    }
    [[nodiscard]] QList<MarkdownInline> take() { return std::move(m_inlines); }

private:
    void enter(cmark_node *node)
    {
        const cmark_node_type type = cmark_node_get_type(node);
        if (type == CMARK_NODE_STRONG)
            ++m_strong;
        else if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE)
            openLink(node, type == CMARK_NODE_LINK ? MarkdownInline::Link : MarkdownInline::Image);
        else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
            addBreak(type == CMARK_NODE_LINEBREAK ? u'\n' : u' ');
        else if (isOf(node, "table_row") || isOf(node, "table_header"))
            startRow(node);
        else if (isOf(node, "table_cell"))
            startCell(node);
        else if (const char *literal = cmark_node_get_literal(node))
            addText(QString::fromUtf8(literal));
    }
    void leave(cmark_node *node)
    {
        const cmark_node_type type = cmark_node_get_type(node);
        if (type == CMARK_NODE_STRONG)
            --m_strong;
        else if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE)
            --m_linkDepth;
    }
    void openLink(cmark_node *node, MarkdownInline::Kind kind)
    {
        if (m_linkDepth++ > 0) // a picture inside a link: its words become words of the link
            return;
        const char *url = cmark_node_get_url(node);
        m_inlines.append({.kind = kind,
                          .text = {},
                          .url = QString::fromUtf8(url ? url : ""),
                          .strong = m_strong > 0,
                          .line = m_line});
    }
    void addText(const QString &text)
    {
        const bool strong = m_strong > 0;
        if (m_linkDepth > 0)
            m_inlines.last().text += text;
        else if (!m_inlines.isEmpty() && m_inlines.last().kind == MarkdownInline::Text &&
                 m_inlines.last().strong == strong)
            m_inlines.last().text += text;
        else
            m_inlines.append({.kind = MarkdownInline::Text,
                              .text = text,
                              .url = {},
                              .strong = strong,
                              .line = m_line});
    }
    void addBreak(QChar as)
    {
        ++m_line;
        if (m_linkDepth > 0)
            m_inlines.last().text += u' ';
        else
            m_inlines.append({.kind = MarkdownInline::Break,
                              .text = as,
                              .url = {},
                              .strong = false,
                              .line = m_line});
    }
    void startRow(cmark_node *row)
    {
        if (cmark_node_previous(row))
            addBreak(u'\n');
        m_line = cmark_node_get_start_line(row);
    }
    void startCell(cmark_node *cell)
    {
        if (cmark_node_previous(cell))
            addText(QStringLiteral(" | "));
    }

    QList<MarkdownInline> m_inlines;
    qint64 m_line = 0;
    int m_strong = 0;
    int m_linkDepth = 0;
};

/// Turns the library's nodes into blocks. Lives while one file is read.
class BlockMaker final {
public:
    explicit BlockMaker(const QByteArray &source) : m_lines(source.split('\n')) {}

    [[nodiscard]] QList<MarkdownBlock> childrenOf(cmark_node *parent, int depth) const;

private:
    [[nodiscard]] MarkdownBlock blockOf(cmark_node *node, int depth) const;
    [[nodiscard]] MarkdownBlock itemBlock(cmark_node *node, int depth) const;
    [[nodiscard]] MarkdownBlock container(cmark_node *node, MarkdownBlock::Kind kind,
                                          int depth) const;
    [[nodiscard]] bool isTicked(cmark_node *item) const;

    QList<QByteArray> m_lines;
};

/// Read from the file: the library calls a box ticked when "[x]" stands anywhere in its line.
bool BlockMaker::isTicked(cmark_node *item) const
{
    const QByteArray line = m_lines.value(cmark_node_get_start_line(item) - 1);
    const qsizetype box = line.indexOf('[', cmark_node_get_start_column(item) - 1);
    return box >= 0 && line.mid(box + 1, 1).toLower() == "x";
}

MarkdownBlock BlockMaker::itemBlock(cmark_node *node, int depth) const
{
    MarkdownBlock item{.kind = MarkdownBlock::Item};
    item.ordered = cmark_node_get_list_type(cmark_node_parent(node)) == CMARK_ORDERED_LIST;
    item.number = item.ordered ? cmark_node_get_item_index(node) : 0;
    if (isOf(node, "tasklist"))
        item.ticked = isTicked(node);
    item.children = childrenOf(node, depth + 1);
    return item;
}

MarkdownBlock codeBlock(cmark_node *node)
{
    MarkdownBlock code{.kind = MarkdownBlock::Code};
    int length = 0;
    int offset = 0;
    char character = 0;
    code.fenced = cmark_node_get_fenced(node, &length, &offset, &character) != 0;
    code.text = QString::fromUtf8(cmark_node_get_literal(node));
    code.info = QString::fromUtf8(cmark_node_get_fence_info(node));
    return code;
}

MarkdownBlock textBlock(cmark_node *node, MarkdownBlock::Kind kind)
{
    MarkdownBlock block{.kind = kind};
    block.inlines = InlineCollector(node).take();
    return block;
}

MarkdownBlock BlockMaker::container(cmark_node *node, MarkdownBlock::Kind kind, int depth) const
{
    MarkdownBlock block{.kind = kind};
    block.ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
    block.children = childrenOf(node, depth + 1);
    return block;
}

MarkdownBlock htmlBlock(cmark_node *node)
{
    MarkdownBlock block{.kind = MarkdownBlock::Html};
    block.text = QString::fromUtf8(cmark_node_get_literal(node));
    return block;
}

MarkdownBlock BlockMaker::blockOf(cmark_node *node, int depth) const
{
    if (depth > deepestBlock)
        return textBlock(node, MarkdownBlock::Paragraph);
    switch (static_cast<unsigned>(cmark_node_get_type(node))) {
    case CMARK_NODE_HEADING: {
        MarkdownBlock heading = textBlock(node, MarkdownBlock::Heading);
        heading.level = cmark_node_get_heading_level(node);
        return heading;
    }
    case CMARK_NODE_LIST: return container(node, MarkdownBlock::List, depth);
    case CMARK_NODE_ITEM: return itemBlock(node, depth);
    case CMARK_NODE_BLOCK_QUOTE: return container(node, MarkdownBlock::Quote, depth);
    case CMARK_NODE_CODE_BLOCK: return codeBlock(node);
    case CMARK_NODE_HTML_BLOCK: return htmlBlock(node);
    case CMARK_NODE_THEMATIC_BREAK: return MarkdownBlock{.kind = MarkdownBlock::Rule};
    default:
        return textBlock(node,
                         isOf(node, "table") ? MarkdownBlock::Table : MarkdownBlock::Paragraph);
    }
}

QList<MarkdownBlock> BlockMaker::childrenOf(cmark_node *parent, int depth) const
{
    QList<MarkdownBlock> blocks;
    for (cmark_node *node = cmark_node_first_child(parent); node; node = cmark_node_next(node)) {
        MarkdownBlock block = blockOf(node, depth);
        block.line = cmark_node_get_start_line(node);
        blocks.append(std::move(block));
    }
    return blocks;
}

} // namespace

QList<MarkdownBlock> parseMarkdown(const QByteArray &utf8)
{
    const auto document = parsed(utf8);
    return document ? BlockMaker(utf8).childrenOf(document.get(), 0) : QList<MarkdownBlock>();
}

} // namespace mayday::runbook
