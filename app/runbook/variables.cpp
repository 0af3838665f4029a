// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/variables.h"

#include "runbook/placeholders.h"
#include "stack/nearestname.h"

#include <algorithm>
#include <array>

namespace mayday::runbook {

using namespace Qt::StringLiterals;

namespace {

/// What stack::Stack::lookup() answers for a part of the stack.
struct Part {
    QString name;
    bool many; ///< an id follows: service.backend.url
    bool bare; ///< the part alone is a value: contact.railway
    QStringList fields;
};

const std::array<Part, 5> &parts()
{
    static const std::array<Part, 5> all{{
        {u"stack"_s, false, false, {u"name"_s, u"environment"_s, u"rto"_s, u"rpo"_s}},
        {u"service"_s, true, false, {u"url"_s, u"health"_s, u"name"_s, u"provider"_s}},
        {u"database"_s, true, false, {u"name"_s, u"schema"_s, u"connection"_s, u"provider"_s}},
        {u"provider"_s, true, false, {u"name"_s, u"status"_s}},
        {u"contact"_s, true, true, {u"name"_s, u"url"_s, u"phone"_s, u"note"_s}},
    }};
    return all;
}

struct Verdict {
    bool known = false;
    QString nearest = {};
};

Verdict judgeField(const Part &part, const QStringList &words)
{
    const qsizetype prefix = part.many ? 2 : 1;
    if (words.size() < prefix || words.contains(QString()))
        return {};
    if (words.size() == prefix && part.bare)
        return {.known = true};
    if (words.size() > prefix && part.fields.contains(words.last()))
        return {.known = true};
    const QString stem = words.first(std::max(prefix, words.size() - 1)).join(u'.');
    const QString field =
        words.size() > prefix ? stack::nearestName(words.last(), part.fields) : part.fields.first();
    return {.known = false, .nearest = field.isEmpty() ? QString() : stem + u'.' + field};
}

Verdict judge(const QString &name)
{
    QStringList words = name.split(u'.');
    QStringList partNames;
    for (const Part &part : parts()) {
        if (part.name == words.first())
            return judgeField(part, words);
        partNames += part.name;
    }
    const QString nearest = stack::nearestName(words.first(), partNames);
    if (nearest.isEmpty())
        return {};
    words.first() = nearest;
    return {.known = false, .nearest = words.join(u'.')};
}

} // namespace

void judgeVariables(const QByteArray &body, QList<Finding> &findings)
{
    qint64 line = 0;
    for (const QByteArray &text : body.split('\n')) {
        ++line;
        if (!text.contains("{{"))
            continue;
        for (const QString &name : variablesIn(QString::fromUtf8(text))) {
            const Verdict verdict = judge(name);
            if (verdict.known)
                continue;
            findings.append({.severity = Finding::Warning,
                             .key = u"unknown-variable"_s,
                             .title = u"No stack can fill {{%1}}"_s.arg(name),
                             .explanation = u"It is shown as a gap."_s,
                             .line = line,
                             .nearest = verdict.nearest});
        }
    }
}

} // namespace mayday::runbook
