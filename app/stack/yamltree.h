// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <expected>
#include <utility>

namespace mayday::stack {

struct YamlPlace {
    qint64 line = 0;   ///< 1-based
    qint64 column = 0; ///< 1-based
};

/// One node of a YAML document, with its place in the file. A value.
struct YamlNode {
    enum class Kind { Null, Scalar, List, Map };
    struct Entry;

    Kind kind = Kind::Null;
    YamlPlace place;
    QString scalar;        ///< as written; quotes taken off
    QList<YamlNode> items; ///< of a List
    QList<Entry> entries;  ///< of a Map, in the file's order, double keys kept
};

struct YamlNode::Entry {
    QString key;
    YamlPlace place;
    YamlNode value;
};

struct YamlProblem {
    QString text;
    YamlPlace place;
};

/// Reads the first document of a text. Aliases, nesting deeper than 16 and more than 100,000 nodes
/// are problems, so a hostile file costs no more than its size. The only user of yaml-cpp.
[[nodiscard]] std::expected<YamlNode, YamlProblem> parseYaml(const QByteArray &text);

} // namespace mayday::stack
