// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/frontmatter.h"

#include "stack/condition.h"
#include "stack/duration.h"
#include "stack/nearestname.h"
#include "stack/yamltree.h"

#include <QHash>

#include <algorithm>

namespace mayday::runbook {

using namespace Qt::StringLiterals;
using stack::YamlNode;

namespace {

constexpr qsizetype longestFrontMatter = 64 * 1024;

/// Reads one map of YAML key by key.
class FrontMatterReader final {
public:
    FrontMatterReader(qint64 lineOffset, Runbook &runbook, QList<Finding> &findings)
        : m_offset(lineOffset), m_runbook(runbook), m_findings(findings)
    {
    }

    void read(const QByteArray &yaml)
    {
        if (yaml.size() > longestFrontMatter)
            return broken(u"it is larger than 64 KiB"_s, 0);
        const auto tree = stack::parseYaml(yaml);
        if (!tree)
            return broken(tree.error().text, // an unfinished value ends behind the last line
                          std::min<qint64>(tree.error().place.line, yaml.count('\n') + 1));
        if (tree->kind == YamlNode::Kind::Null)
            return;
        if (tree->kind != YamlNode::Kind::Map)
            return broken(u"it is not a list of \"key: value\" lines"_s, tree->place.line);
        for (const YamlNode::Entry &entry : tree->entries)
            readEntry(entry);
    }

private:
    using Reader = void (FrontMatterReader::*)(const YamlNode &);
    static const QHash<QString, Reader> &readers()
    {
        static const QHash<QString, Reader> all{
            {u"id"_s, &FrontMatterReader::readId},
            {u"title"_s, &FrontMatterReader::readTitle},
            {u"tier"_s, &FrontMatterReader::readTier},
            {u"rto"_s, &FrontMatterReader::readRto},
            {u"estimate"_s, &FrontMatterReader::readEstimate},
            {u"suggest"_s, &FrontMatterReader::readSuggest},
            {u"include"_s, &FrontMatterReader::readInclude},
            {u"reviewed"_s, &FrontMatterReader::readReviewed},
            {u"place"_s, &FrontMatterReader::readPlace},
        };
        return all;
    }

    void readEntry(const YamlNode::Entry &entry)
    {
        const Reader reader = readers().value(entry.key, nullptr);
        if (reader)
            return (this->*reader)(entry.value);
        m_findings.append({.severity = Finding::Warning,
                           .key = u"unknown-key"_s,
                           .title = u"Unknown key \"%1\" in the front matter"_s.arg(entry.key),
                           .explanation = u"It is ignored."_s,
                           .line = entry.place.line + m_offset,
                           .nearest = stack::nearestName(entry.key, readers().keys())});
    }
    void readId(const YamlNode &node)
    {
        if (const auto id = RunbookId::parse(node.scalar))
            m_runbook.id = *id;
        else
            bad(node, u"id"_s, u"an id is 1 to 64 of a-z, 0-9, '-', '_', '.'"_s,
                slugOf(node.scalar));
    }
    void readTitle(const YamlNode &node) { m_runbook.title = node.scalar.simplified(); }
    void readEstimate(const YamlNode &node) { m_runbook.estimate = node.scalar.simplified(); }
    void readTier(const YamlNode &node)
    {
        if (const auto tier = tierFromKey(node.scalar))
            m_runbook.tier = *tier;
        else
            bad(node, u"tier"_s, u"it is critical, major or catastrophic"_s,
                stack::nearestName(node.scalar, {u"critical"_s, u"major"_s, u"catastrophic"_s}));
    }
    void readRto(const YamlNode &node)
    {
        const auto length = stack::parseDuration(node.scalar);
        if (length && *length >= std::chrono::minutes(1))
            m_runbook.rto = std::chrono::floor<std::chrono::minutes>(*length);
        else
            bad(node, u"rto"_s, u"it is a length of time such as \"15 min\" or \"4 h\""_s);
    }
    void readReviewed(const YamlNode &node)
    {
        const QDate date = QDate::fromString(node.scalar.trimmed(), Qt::ISODate);
        if (date.isValid())
            m_runbook.reviewed = date;
        else
            bad(node, u"reviewed"_s, u"it is a date such as 2026-11-01"_s);
    }
    void readPlace(const YamlNode &node)
    {
        if (node.scalar == u"before")
            m_runbook.place = SharedPlace::Before;
        else if (node.scalar == u"after")
            m_runbook.place = SharedPlace::After;
        else
            bad(node, u"place"_s, u"it is before or after"_s,
                stack::nearestName(node.scalar, {u"before"_s, u"after"_s}));
    }
    void readSuggest(const YamlNode &node)
    {
        for (const YamlNode &line : listOf(node)) {
            if (const auto condition = stack::parseCondition(line.scalar))
                m_runbook.suggest += line.scalar.simplified();
            else
                bad(line, u"suggest"_s, condition.error().why, condition.error().nearest);
        }
    }
    void readInclude(const YamlNode &node)
    {
        for (const YamlNode &name : listOf(node)) {
            if (isWellFormedId(name.scalar))
                m_runbook.include += name.scalar;
            else
                bad(name, u"include"_s, u"name a runbook file without its folder and \".md\""_s,
                    slugOf(name.scalar));
        }
    }
    static QList<YamlNode> listOf(const YamlNode &node)
    {
        if (node.kind == YamlNode::Kind::List)
            return node.items;
        return node.kind == YamlNode::Kind::Scalar ? QList<YamlNode>{node} : QList<YamlNode>{};
    }
    void bad(const YamlNode &node, const QString &key, const QString &rule,
             const QString &nearest = {})
    {
        m_findings.append({.severity = Finding::Warning,
                           .key = u"bad-"_s + key,
                           .title = u"\"%1\" is no %2"_s.arg(node.scalar.left(80), key),
                           .explanation = u"It is ignored: %1."_s.arg(rule),
                           .line = node.place.line + m_offset,
                           .nearest = nearest});
    }
    void broken(const QString &why, qint64 line)
    {
        m_findings.append({.severity = Finding::Error,
                           .key = u"front-matter"_s,
                           .title = u"The front matter cannot be read: "_s + why,
                           .explanation = u"The runbook is used without it: named after its file, "
                                          "without promise and suggestions."_s,
                           .line = line + m_offset});
    }

    qint64 m_offset;
    Runbook &m_runbook;
    QList<Finding> &m_findings;
};

} // namespace

void readFrontMatter(const SourceText &source, Runbook &runbook, QList<Finding> &findings)
{
    if (source.frontMatterLine > 0)
        FrontMatterReader(source.frontMatterLine, runbook, findings).read(source.frontMatter);
}

} // namespace mayday::runbook
