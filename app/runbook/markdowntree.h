// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

namespace mayday::runbook {

/// A run of text inside a block. Emphasis and code spans are plain Text; inline HTML is Text as
/// written.
struct MarkdownInline {
    enum Kind { Text, Break, Link, Image };

    Kind kind = Text;
    QString text; ///< of a Break: " " when soft, "\n" when hard
    QString url = {};
    bool strong = false;
    qint64 line = 0;
};

/// A block of a Markdown file with its place. A value.
struct MarkdownBlock {
    enum Kind { Heading, Paragraph, List, Item, Code, Html, Quote, Table, Rule };

    Kind kind = Paragraph;
    int level = 0;                             ///< of a Heading, 1 to 6
    bool ordered = false;                      ///< of a List and its Items
    int number = 0;                            ///< of an ordered Item
    bool fenced = false;                       ///< of Code
    std::optional<bool> ticked = std::nullopt; ///< of an Item with a box
    QString text = {};                         ///< of Code and Html
    QString info = {};                         ///< of Code, what follows the fence
    QList<MarkdownInline> inlines = {};        ///< of Heading, Paragraph and Table
    QList<MarkdownBlock> children = {};        ///< of List, Item and Quote
    qint64 line = 0;                           ///< 1-based
};

/// Reads valid UTF-8 as GitHub-flavoured Markdown. Always succeeds; what nests deeper than 32
/// blocks becomes one paragraph of its words. The only user of cmark-gfm. Any thread.
[[nodiscard]] QList<MarkdownBlock> parseMarkdown(const QByteArray &utf8);

/// As plain text: breaks kept, images as "(picture: words)".
[[nodiscard]] QString plainText(const QList<MarkdownInline> &inlines);
/// As plain text of several lines; lists indented with their bullets or numbers.
[[nodiscard]] QString plainText(const MarkdownBlock &block, int indent = 0);
/// Every link in the block and below.
[[nodiscard]] QList<MarkdownInline> linksIn(const MarkdownBlock &block);

} // namespace mayday::runbook
