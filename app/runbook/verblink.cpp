// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/verblink.h"

#include "stack/nearestname.h"

#include <QUrl>

#include <algorithm>
#include <array>

namespace mayday::runbook {

using namespace Qt::StringLiterals;

namespace {

QString schemeOf(const QString &url)
{
    const qsizetype colon = url.indexOf(u':');
    const qsizetype slash = url.indexOf(u'/');
    if (colon <= 0 || (slash >= 0 && slash < colon))
        return {};
    return url.first(colon).trimmed().toLower();
}

QString decoded(QStringView part)
{
    return QUrl::fromPercentEncoding(part.toUtf8());
}

VerbCall splitLink(const MarkdownInline &link)
{
    VerbCall call{.verb = {}, .parameters = {}, .label = link.text.simplified(), .line = link.line};
    const QStringView rest = QStringView(link.url).sliced(link.url.indexOf(u':') + 1);
    const qsizetype question = rest.indexOf(u'?');
    call.verb = decoded(question < 0 ? rest : rest.first(question)).remove(u'/').trimmed();
    if (call.label.isEmpty())
        call.label = call.verb;
    if (question < 0)
        return call;
    for (const QStringView pair : rest.sliced(question + 1).split(u'&', Qt::SkipEmptyParts)) {
        const qsizetype equals = pair.indexOf(u'=');
        const QStringView name = equals < 0 ? pair : pair.first(equals);
        const QString value = equals < 0 ? QString() : decoded(pair.sliced(equals + 1));
        call.parameters.append({decoded(name), value});
    }
    return call;
}

/// Compares one call with what its verb understands.
class CallJudge final {
public:
    CallJudge(const Verb &verb, const VerbCall &call, QList<Finding> &findings)
        : m_verb(verb), m_call(call), m_findings(findings)
    {
    }

    [[nodiscard]] bool accepts()
    {
        QStringList seen;
        for (const auto &[name, value] : m_call.parameters) {
            if (seen.contains(name))
                reject(u"repeated-parameter"_s, u"\"%1\" is given twice"_s.arg(name));
            seen += name;
            judgeParameter(name, value);
        }
        judgeMissing(seen);
        return m_accepted;
    }

private:
    void judgeParameter(const QString &name, const QString &value)
    {
        const VerbParameter *known = m_verb.parameter(name);
        if (!known)
            return reject(u"unknown-parameter"_s,
                          u"\"%1\" is no parameter of %2"_s.arg(name, m_verb.name),
                          stack::nearestName(name, m_verb.parameterNames()));
        const bool isVariable = value.contains(u"{{");
        if (!known->values.isEmpty() && !known->values.contains(value) && !isVariable)
            reject(u"bad-value"_s, u"\"%1\" is no value for %2"_s.arg(value, name),
                   stack::nearestName(value, known->values));
        else if (value.isEmpty())
            reject(u"bad-value"_s, u"%1 has no value"_s.arg(name));
    }
    void judgeMissing(const QStringList &seen)
    {
        for (const VerbParameter &parameter : m_verb.parameters) {
            if (parameter.required && !seen.contains(parameter.name))
                reject(u"missing-parameter"_s,
                       u"%1 needs \"%2\""_s.arg(m_verb.name, parameter.name), parameter.name);
        }
        const bool oneGiven = std::ranges::any_of(
            m_verb.oneOf, [&seen](const QString &name) { return seen.contains(name); });
        if (!m_verb.oneOf.isEmpty() && !oneGiven)
            reject(u"missing-parameter"_s,
                   u"%1 needs one of %2"_s.arg(m_verb.name, m_verb.oneOf.join(u", "_s)),
                   m_verb.oneOf.first());
    }
    void reject(const QString &key, const QString &title, const QString &nearest = {})
    {
        m_accepted = false;
        m_findings.append({.severity = Finding::Warning,
                           .key = key,
                           .title = title,
                           .explanation = u"The link stays words; a person does this step."_s,
                           .line = m_call.line,
                           .nearest = nearest});
    }

    const Verb &m_verb;
    const VerbCall &m_call;
    QList<Finding> &m_findings;
    bool m_accepted = true;
};

Finding unknownVerb(VerbKind kind, const VerbCall &call, const VerbRegistry &verbs)
{
    const bool isCheck = kind == VerbKind::Check;
    const VerbKind other = isCheck ? VerbKind::Do : VerbKind::Check;
    Finding finding{.severity = Finding::Warning,
                    .key = u"unknown-verb"_s,
                    .title =
                        u"Nothing is called %1:%2"_s.arg(isCheck ? u"check"_s : u"do"_s, call.verb),
                    .explanation = u"The link stays words; a person does this step."_s,
                    .line = call.line,
                    .nearest = stack::nearestName(call.verb, verbs.names(kind))};
    if (finding.nearest.isEmpty() && verbs.find(other, call.verb))
        finding.nearest = (isCheck ? u"do:"_s : u"check:"_s) + call.verb;
    return finding;
}

} // namespace

LinkKind linkKind(const QString &url)
{
    static constexpr std::array web{"http"_L1, "https"_L1, "mailto"_L1, "tel"_L1};
    const QString scheme = schemeOf(url);
    if (scheme == u"do")
        return LinkKind::Do;
    if (scheme == u"check")
        return LinkKind::Check;
    if (scheme.isEmpty())
        return LinkKind::Local;
    return std::ranges::contains(web, scheme) ? LinkKind::Web : LinkKind::Unsafe;
}

std::optional<VerbCall> readVerbLink(const MarkdownInline &link, const VerbRegistry &verbs,
                                     QList<Finding> &findings)
{
    const VerbKind kind = linkKind(link.url) == LinkKind::Check ? VerbKind::Check : VerbKind::Do;
    VerbCall call = splitLink(link);
    const Verb *verb = verbs.find(kind, call.verb);
    if (!verb) {
        findings.append(unknownVerb(kind, call, verbs));
        return std::nullopt;
    }
    if (!CallJudge(*verb, call, findings).accepts())
        return std::nullopt;
    return call;
}

} // namespace mayday::runbook
