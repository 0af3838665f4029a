// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/stepreader.h"

#include "runbook/fencereader.h"
#include "runbook/verblink.h"
#include "stack/duration.h"
#include "stack/nearestname.h"

#include <QRegularExpression>

#include <array>
#include <utility>

namespace mayday::runbook {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype longAction = 140;

struct SlotName {
    QString label;
    QString Step::*slot;
};

const std::array<SlotName, 5> &slotNames()
{
    static const std::array<SlotName, 5> all{{
        {u"expect"_s, &Step::expect},
        {u"check"_s, &Step::check},
        {u"if not"_s, &Step::ifNot},
        {u"undo"_s, &Step::undo},
        {u"why"_s, &Step::why},
    }};
    return all;
}

/// The end of the first sentence: after . ! or ? that a blank and no lower-case letter follow, so
/// that host names, versions and "e.g. this" stay whole.
qsizetype firstSentenceEnd(const QString &text)
{
    static const QRegularExpression end(
        u"(?<!e\\.g|i\\.e|\\bvs|\\bmin|\\bca)[.!?](?=\\s+[^a-z\\s])"_s);
    const qsizetype newline = text.indexOf(u'\n');
    const QRegularExpressionMatch match = end.match(text);
    const qsizetype sentence = match.hasMatch() ? match.capturedEnd() : text.size();
    return newline >= 0 && newline < sentence ? newline : sentence;
}

/// Takes "(2 min)" or "(about 2-5 min)" out of the text.
std::optional<std::chrono::seconds> takeEstimate(QString &text)
{
    static const QRegularExpression brackets(u"\\s*\\((?:about |ca\\. ?|~ ?)?([^()]{1,40})\\)"_s);
    for (auto match = brackets.globalMatch(text); match.hasNext();) {
        const QRegularExpressionMatch hit = match.next();
        if (const auto length = stack::parseDuration(hit.captured(1))) {
            text.remove(hit.capturedStart(), hit.capturedLength());
            text = text.trimmed();
            return length;
        }
    }
    return std::nullopt;
}

bool takePrefix(QString &text, const QString &prefix)
{
    if (!text.startsWith(prefix, Qt::CaseInsensitive))
        return false;
    text = text.sliced(prefix.size()).trimmed();
    if (!text.isEmpty())
        text[0] = text.at(0).toUpper();
    return true;
}

bool isPunctuation(const QString &text)
{
    static const QRegularExpression only(u"^[\\s.,;:|/·•–-]*$"_s);
    return only.match(text).hasMatch();
}

} // namespace

struct StepReader::Segment {
    std::optional<Slot> slot;
    QList<MarkdownInline> inlines;
};

QList<Step> StepReader::read(const MarkdownBlock &item)
{
    Step step;
    step.line = item.line;
    m_below.clear();
    m_listSlot = &Step::body;
    bool first = true;
    for (const MarkdownBlock &child : item.children) {
        if (first && child.kind == MarkdownBlock::Paragraph)
            readFirstParagraph(child, step);
        else
            readChild(child, step);
        first = false;
    }
    if (step.action.isEmpty())
        setAction(std::exchange(step.body, {}), step);
    QList<Step> steps = std::exchange(m_below, {});
    if (!step.action.isEmpty())
        steps.prepend(step);
    else
        m_findings.append({.severity = Finding::Warning,
                           .key = u"empty-step"_s,
                           .title = u"A step without words"_s,
                           .explanation = u"It is left out."_s,
                           .line = item.line});
    return steps;
}

void StepReader::readFirstParagraph(const MarkdownBlock &paragraph, Step &step)
{
    for (const Segment &segment : segmentsOf(paragraph.inlines)) {
        const QString text = words(segment.inlines, false, step);
        if (segment.slot)
            append(*segment.slot, text, step, u"\n"_s);
        else
            setAction(text, step);
    }
}

void StepReader::setAction(const QString &text, Step &step)
{
    QString whole = text.trimmed();
    step.required = !takePrefix(whole, u"Optional:"_s) && step.required;
    if (const auto estimate = takeEstimate(whole))
        step.estimate = estimate;
    const qsizetype end = firstSentenceEnd(whole);
    step.action = whole.first(end).trimmed();
    if (step.action.endsWith(u'.') && !step.action.endsWith(u".."))
        step.action.chop(1);
    append(&Step::body, whole.sliced(end).trimmed(), step, u"\n\n"_s);
    if (step.action.size() > longAction)
        m_findings.append({.severity = Finding::Note,
                           .key = u"long-action"_s,
                           .title = u"The action is %1 letters long"_s.arg(step.action.size()),
                           .explanation = u"Its first sentence is what stands in large type: begin "
                                          "with a verb and say one thing."_s,
                           .line = step.line});
}

void StepReader::readParagraph(const MarkdownBlock &paragraph, Step &step)
{
    m_listSlot = &Step::body;
    for (const Segment &segment : segmentsOf(paragraph.inlines)) {
        const Slot slot = segment.slot.value_or(&Step::body);
        append(slot, words(segment.inlines, !segment.slot, step), step,
               segment.slot ? u"\n"_s : u"\n\n"_s);
        m_listSlot = slot;
    }
}

void StepReader::readChild(const MarkdownBlock &child, Step &step)
{
    if (child.kind == MarkdownBlock::Paragraph)
        return readParagraph(child, step);
    if (child.kind == MarkdownBlock::List)
        return readList(child, step);
    if (child.kind == MarkdownBlock::Code && child.fenced) {
        step.commands.append(readFence(child, m_findings));
        return;
    }
    for (const MarkdownInline &link : linksIn(child))
        takeLink(link, step);
    append(&Step::body, plainText(child), step, u"\n\n"_s);
}

void StepReader::readList(const MarkdownBlock &list, Step &step)
{
    QStringList lines;
    for (const MarkdownBlock &item : list.children) {
        if (item.ticked) {
            StepReader below(m_verbs, m_findings);
            m_below.append(below.read(item));
            continue;
        }
        for (const MarkdownInline &link : linksIn(item))
            takeLink(link, step);
        lines += plainText(item);
    }
    append(m_listSlot, lines.join(u'\n'), step, u"\n"_s);
}

QList<StepReader::Segment> StepReader::segmentsOf(const QList<MarkdownInline> &inlines)
{
    QList<Segment> segments{Segment{}};
    bool atStart = true;
    for (qsizetype i = 0; i < inlines.size(); ++i) {
        const MarkdownInline &run = inlines.at(i);
        const MarkdownInline *next = i + 1 < inlines.size() ? &inlines.at(i + 1) : nullptr;
        if (const auto slot = atStart ? slotAt(run, next) : std::nullopt)
            segments.append({.slot = slot, .inlines = {}});
        else
            segments.last().inlines.append(run);
        atStart = run.kind == MarkdownInline::Break;
    }
    if (segments.first().inlines.isEmpty() && segments.size() > 1)
        segments.removeFirst();
    return segments;
}

std::optional<StepReader::Slot> StepReader::slotAt(const MarkdownInline &label,
                                                   const MarkdownInline *next)
{
    if (!label.strong || label.kind != MarkdownInline::Text)
        return std::nullopt;
    QString text = label.text.trimmed().toLower();
    const bool colonBehind = next && next->text.startsWith(u':');
    if (!text.endsWith(u':') && !colonBehind)
        return std::nullopt;
    if (text.endsWith(u':'))
        text.chop(1);
    QStringList known;
    for (const SlotName &name : slotNames()) {
        if (text == name.label)
            return name.slot;
        known += name.label;
    }
    const QString nearest = stack::nearestName(text, known);
    if (!nearest.isEmpty())
        m_findings.append({.severity = Finding::Warning,
                           .key = u"unknown-slot"_s,
                           .title = u"Unknown part \"%1\" of a step"_s.arg(label.text.trimmed()),
                           .explanation = u"It stays in the step's text."_s,
                           .line = label.line,
                           .nearest = nearest});
    return std::nullopt;
}

QString StepReader::words(const QList<MarkdownInline> &inlines, bool dropVerbsAlone, Step &step)
{
    bool onlyVerbs = dropVerbsAlone;
    QList<MarkdownInline> kept;
    for (const MarkdownInline &run : inlines) {
        const bool taken = run.kind == MarkdownInline::Link && takeLink(run, step);
        if (!taken && !isPunctuation(run.text))
            onlyVerbs = false;
        kept.append(run);
    }
    if (onlyVerbs)
        return {};
    QString text = plainText(kept);
    if (text.startsWith(u':'))
        text = text.sliced(1).trimmed();
    return text;
}

bool StepReader::takeLink(const MarkdownInline &link, Step &step)
{
    switch (linkKind(link.url)) {
    case LinkKind::Do:
    case LinkKind::Check: {
        auto call = readVerbLink(link, m_verbs, m_findings);
        if (!call)
            return false;
        const bool isCheck = linkKind(link.url) == LinkKind::Check;
        (isCheck ? step.checks : step.actions).append(std::move(*call));
        return true;
    }
    case LinkKind::Web:
        step.links.append({.label = link.text.simplified(), .url = link.url, .line = link.line});
        return false;
    case LinkKind::Local: return false;
    case LinkKind::Unsafe:
        m_findings.append({.severity = Finding::Warning,
                           .key = u"unsafe-link"_s,
                           .title = u"A link that cannot be opened"_s,
                           .explanation = u"Only http, https, mailto and tel links open; its words "
                                          "stay."_s,
                           .line = link.line});
        return false;
    }
    return false;
}

void StepReader::append(Slot slot, const QString &text, Step &step, const QString &separator)
{
    if (text.isEmpty())
        return;
    QString &target = step.*slot;
    target += target.isEmpty() ? text : separator + text;
}

} // namespace mayday::runbook
