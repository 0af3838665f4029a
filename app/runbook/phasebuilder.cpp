// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/phasebuilder.h"

#include "runbook/placeholders.h"
#include "runbook/stepreader.h"
#include "runbook/verblink.h"

#include <QRegularExpression>

#include <algorithm>

namespace mayday::runbook {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostInGroup = 9;
constexpr int phaseLevel = 2;
constexpr int groupLevel = 3;

/// "initial" from "Initial message"; empty when the heading announces no template.
QString templateName(const QString &heading)
{
    static const QRegularExpression ending(u"^(.*?)\\s*\\b(?:message|template)\\s*$"_s,
                                           QRegularExpression::CaseInsensitiveOption);
    const QRegularExpressionMatch match = ending.match(heading);
    if (!match.hasMatch())
        return {};
    const QString name = slugOf(match.captured(1));
    return name.isEmpty() ? u"message"_s : name;
}

QString optionName(const QString &heading)
{
    static const QRegularExpression option(u"^option\\s*:\\s*(.+)$"_s,
                                           QRegularExpression::CaseInsensitiveOption);
    return option.match(heading).captured(1).trimmed();
}

void appendParagraph(QString &text, const QString &more)
{
    if (more.isEmpty())
        return;
    text += text.isEmpty() ? more : u"\n\n"_s + more;
}

} // namespace

QString phaseSlug(const QString &title)
{
    static const QRegularExpression brackets(u"\\([^()]*\\)"_s);
    return slugOf(QString(title).remove(brackets));
}

void PhaseBuilder::build(const QList<MarkdownBlock> &blocks)
{
    for (const MarkdownBlock &block : blocks)
        readBlock(block);
    endTemplate();
    judgeGroups();
    dropEmpty();
}

void PhaseBuilder::readBlock(const MarkdownBlock &block)
{
    switch (block.kind) {
    case MarkdownBlock::Heading: return readHeading(block);
    case MarkdownBlock::List: return readList(block);
    case MarkdownBlock::Quote: return readQuote(block);
    case MarkdownBlock::Code:
        if (block.fenced)
            m_findings.append({.severity = Finding::Warning,
                               .key = u"command-outside-step"_s,
                               .title = u"A command that belongs to no step"_s,
                               .explanation = u"It is shown as text. Indent it under its step."_s,
                               .line = block.line});
        return readProse(block);
    case MarkdownBlock::Paragraph:
    case MarkdownBlock::Table:
    case MarkdownBlock::Html:
    case MarkdownBlock::Item: return readProse(block);
    case MarkdownBlock::Rule: return;
    }
}

void PhaseBuilder::readHeading(const MarkdownBlock &heading)
{
    endTemplate();
    const QString title = plainText(heading.inlines).simplified();
    m_template = templateName(title);
    m_templateLine = heading.line;
    const bool isTitle = heading.level == 1 && m_runbook.phases.isEmpty();
    if (isTitle && m_runbook.title.isEmpty())
        m_runbook.title = title;
    else if (heading.level > groupLevel)
        readProse(heading);
    else if (heading.level == groupLevel)
        startGroup(title, heading.line);
    else if (!isTitle)
        startPhase(title);
    judgeStrayLinks(heading);
}

void PhaseBuilder::startPhase(const QString &title)
{
    const QString wanted = phaseSlug(title);
    const QString number = QString::number(m_runbook.phases.size() + 1);
    QString slug = wanted.isEmpty() ? u"phase-"_s + number : wanted;
    if (std::ranges::contains(m_runbook.phases, slug, &Phase::slug))
        slug += u'-' + number;
    m_runbook.phases.append({.title = title, .slug = slug, .groups = {}});
    m_groupLines.append(QList<qint64>());
}

void PhaseBuilder::startGroup(const QString &title, qint64 line)
{
    if (m_runbook.phases.isEmpty())
        startPhase(u"Steps"_s);
    const QString option = optionName(title);
    m_runbook.phases.last().groups.append(
        {.title = option.isEmpty() ? title : option, .option = option, .note = {}, .steps = {}});
    m_groupLines.last().append(line);
}

Group &PhaseBuilder::group()
{
    if (m_runbook.phases.isEmpty() || m_runbook.phases.last().groups.isEmpty())
        startGroup({}, 0);
    return m_runbook.phases.last().groups.last();
}

void PhaseBuilder::readList(const MarkdownBlock &list)
{
    for (const MarkdownBlock &item : list.children) {
        if (!item.ordered && !item.ticked) {
            if (!m_runbook.phases.isEmpty())
                m_findings.append(
                    {.severity = Finding::Note,
                     .key = u"plain-bullet"_s,
                     .title = u"A bullet without a box is no step"_s,
                     .explanation = u"It is shown as text. Write \"- [ ] \" to make it a step."_s,
                     .line = item.line});
            readProse(item);
            continue;
        }
        if (item.ticked.value_or(false))
            m_findings.append({.severity = Finding::Note,
                               .key = u"ticked-box"_s,
                               .title = u"This box is ticked in the file"_s,
                               .explanation = u"In an incident every step starts open."_s,
                               .line = item.line});
        StepReader reader(m_verbs, m_findings);
        group().steps.append(reader.read(item));
    }
}

void PhaseBuilder::readQuote(const MarkdownBlock &quote)
{
    if (m_template.isEmpty())
        return readProse(quote);
    QString name = m_template;
    for (int copy = 2; m_runbook.messageTemplate(name); ++copy)
        name = m_template + u'-' + QString::number(copy);
    const QString text = plainText(quote);
    m_runbook.templates.append({.name = name, .text = text, .placeholders = placeholdersIn(text)});
    m_templateFilled = true;
}

void PhaseBuilder::endTemplate()
{
    if (!m_template.isEmpty() && !m_templateFilled)
        m_findings.append({.severity = Finding::Warning,
                           .key = u"empty-template"_s,
                           .title = u"No text for the message template \"%1\""_s.arg(m_template),
                           .explanation = u"Put the text under the heading as a block quote, each "
                                          "line beginning with \">\"."_s,
                           .line = m_templateLine});
    m_template.clear();
    m_templateFilled = false;
}

void PhaseBuilder::readProse(const MarkdownBlock &block)
{
    if (block.kind != MarkdownBlock::Heading)
        judgeStrayLinks(block);
    if (m_runbook.phases.isEmpty())
        appendParagraph(m_runbook.summary, plainText(block));
    else
        appendParagraph(group().note, plainText(block));
}

void PhaseBuilder::judgeStrayLinks(const MarkdownBlock &block)
{
    for (const MarkdownInline &link : linksIn(block)) {
        const LinkKind kind = linkKind(link.url);
        if (kind == LinkKind::Do || kind == LinkKind::Check)
            m_findings.append({.severity = Finding::Warning,
                               .key = u"verb-outside-step"_s,
                               .title = u"The link %1 belongs to no step"_s.arg(link.url.left(80)),
                               .explanation = u"It stays words. Move it into a step."_s,
                               .line = link.line});
    }
}

void PhaseBuilder::judgeGroups()
{
    for (qsizetype p = 0; p < m_runbook.phases.size(); ++p) {
        const QList<Group> &groups = m_runbook.phases.at(p).groups;
        for (qsizetype g = 0; g < groups.size(); ++g) {
            const Group &group = groups.at(g);
            const qint64 line = m_groupLines.at(p).at(g);
            if (group.steps.size() > mostInGroup)
                m_findings.append({.severity = Finding::Warning,
                                   .key = u"long-group"_s,
                                   .title = u"A group of %1 steps"_s.arg(group.steps.size()),
                                   .explanation =
                                       u"Five to nine fit between two pauses. Divide it with a "
                                       "\"###\" heading."_s,
                                   .line = line > 0 ? line : group.steps.first().line});
            if (!group.option.isEmpty() && group.steps.isEmpty())
                m_findings.append({.severity = Finding::Warning,
                                   .key = u"empty-option"_s,
                                   .title = u"The option \"%1\" has no steps"_s.arg(group.option),
                                   .explanation = u"It is not offered."_s,
                                   .line = line});
        }
    }
}

void PhaseBuilder::dropEmpty()
{
    for (Phase &phase : m_runbook.phases) {
        phase.groups.removeIf([](const Group &group) { return group.steps.isEmpty(); });
        judgeOptions(phase);
    }
    m_runbook.phases.removeIf([](const Phase &phase) { return phase.groups.isEmpty(); });
}

void PhaseBuilder::judgeOptions(Phase &phase)
{
    QStringList names;
    for (qsizetype g = 0; g < phase.groups.size(); ++g) {
        Group &group = phase.groups[g];
        if (group.option.isEmpty()) {
            names.clear();
            continue;
        }
        const bool nextIsOption =
            g + 1 < phase.groups.size() && !phase.groups.at(g + 1).option.isEmpty();
        const qint64 line = group.steps.first().line;
        if (names.isEmpty() && !nextIsOption) {
            m_findings.append(
                {.severity = Finding::Warning,
                 .key = u"lone-option"_s,
                 .title = u"\"%1\" is the only option"_s.arg(group.option),
                 .explanation = u"There is nothing to decide; its steps always count."_s,
                 .line = line});
            group.option.clear();
        } else if (names.contains(group.option)) {
            m_findings.append({.severity = Finding::Warning,
                               .key = u"same-option"_s,
                               .title = u"Two options are called \"%1\""_s.arg(group.option),
                               .explanation = u"The later one gets a number."_s,
                               .line = line});
            group.option += u" ("_s + QString::number(names.size() + 1) + u')';
        }
        names += group.option;
    }
}

} // namespace mayday::runbook
