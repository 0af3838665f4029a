// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/fencereader.h"

#include "stack/duration.h"
#include "stack/nearestname.h"

#include <utility>

namespace mayday::runbook {

using namespace Qt::StringLiterals;

namespace {

struct Mark {
    QString name;
    QString value;
};

/// Cuts `{write timeout=5m}{expect="a b"}` into marks; braces and blanks part them, quotes hold
/// them together.
QList<Mark> marksIn(QStringView text)
{
    QList<Mark> marks;
    Mark mark;
    bool inValue = false;
    bool inQuotes = false;
    const auto finish = [&] {
        if (!mark.name.isEmpty())
            marks.append(std::exchange(mark, {}));
        mark = {};
        inValue = false;
    };
    for (const QChar c : text) {
        if (c == u'"')
            inQuotes = !inQuotes;
        else if (!inQuotes && (c.isSpace() || c == u'{' || c == u'}' || c == u','))
            finish();
        else if (!inValue && c == u'=')
            inValue = true;
        else
            (inValue ? mark.value : mark.name) += c;
    }
    finish();
    return marks;
}

void applyMark(const Mark &mark, CommandBlock &command, QList<Finding> &findings)
{
    static const QStringList known{u"write"_s, u"danger"_s, u"timeout"_s, u"expect"_s};
    if (mark.name == u"write")
        command.write = true;
    else if (mark.name == u"danger")
        command.danger = true;
    else if (mark.name == u"expect")
        command.expect = mark.value;
    else if (mark.name == u"timeout" && (command.timeout = stack::parseDuration(mark.value)))
        return;
    else if (mark.name == u"timeout")
        findings.append({.severity = Finding::Warning,
                         .key = u"bad-timeout"_s,
                         .title = u"\"%1\" is no length of time"_s.arg(mark.value),
                         .explanation = u"The usual limit is used. Write {timeout=5m}."_s,
                         .line = command.line});
    else
        findings.append({.severity = Finding::Warning,
                         .key = u"unknown-mark"_s,
                         .title = u"Unknown mark \"%1\" on a command"_s.arg(mark.name),
                         .explanation = u"It is ignored. Known are {write}, {danger}, {timeout=5m} "
                                        "and {expect=\"text\"}."_s,
                         .line = command.line,
                         .nearest = stack::nearestName(mark.name, known)});
}

void judgeLanguage(const CommandBlock &command, QList<Finding> &findings)
{
    static const QStringList known{u"bash"_s, u"sh"_s, u"sql"_s, u"http"_s};
    const QString nearest = stack::nearestName(command.language, known);
    if (nearest.isEmpty() || known.contains(command.language))
        return;
    findings.append({.severity = Finding::Warning,
                     .key = u"unknown-language"_s,
                     .title = u"Unknown language \"%1\" of a command"_s.arg(command.language),
                     .explanation = u"The block can be read and copied, not run."_s,
                     .line = command.line,
                     .nearest = nearest});
}

} // namespace

CommandBlock readFence(const MarkdownBlock &code, QList<Finding> &findings)
{
    CommandBlock command;
    command.line = code.line;
    command.text = code.text;
    if (command.text.endsWith(u'\n'))
        command.text.chop(1);
    const QString info = code.info.trimmed();
    qsizetype end = 0;
    while (end < info.size() && !info.at(end).isSpace() && info.at(end) != u'{')
        ++end;
    command.language = info.first(end).toLower();
    for (const Mark &mark : marksIn(QStringView(info).sliced(end)))
        applyMark(mark, command, findings);
    judgeLanguage(command, findings);
    return command;
}

} // namespace mayday::runbook
