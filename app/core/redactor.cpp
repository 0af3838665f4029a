// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redactor.h"

#include <QRegularExpression>

#include <array>

using namespace Qt::StringLiterals;

namespace mayday {

namespace {

struct Rule {
    QRegularExpression pattern;
    QString replacement;
};

QRegularExpression pattern(QLatin1StringView text)
{
    return QRegularExpression(text, QRegularExpression::CaseInsensitiveOption);
}

const std::array<Rule, 8> &rules()
{
    static const QString hidden = u"[hidden]"_s;
    static const std::array<Rule, 8> all = {{
        {pattern(
             R"re((?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$))re"_L1),
         hidden},
        // scheme://user:password@host; the password may itself hold an '@'.
        {pattern(R"re(([a-z][a-z0-9+.-]*://[^\s/:@]*):[^\s/]+@)re"_L1), u"\\1:[hidden]@"_s},
        // "$API_TOKEN" is a shell's variable, and a command with it is meant to be copied.
        {pattern(
             R"re((authorization\s*+[:=]\s*+(?:bearer|basic|token)?+\s*+)(?!\$\{?(?-i:[A-Z_][A-Z0-9_]*)\}?(?:[\s"']|$))[^\s"']+)re"_L1),
         u"\\1[hidden]"_s},
        {pattern(R"re((\bbearer\s+)[A-Za-z0-9._~+/=-]{8,})re"_L1), u"\\1[hidden]"_s},
        {pattern(
             R"re(((?:[\w-]*(?:password|passwd|pwd|secret|token|api[_-]?key|apikey|private[_-]?key|credential)[\w-]*)["']?\s*[:=]\s*)(?:"[^"]*"|'[^']*'|[^\s,;&"'}]+))re"_L1),
         u"\\1[hidden]"_s},
        // Token shapes: GitHub, Slack, Supabase, Stripe and OpenAI, Groq, AWS, Google, Railway uses
        // UUIDs.
        {pattern(
             R"re(\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|xox[abposr]-[A-Za-z0-9-]{10,}|sb[pr]?_[A-Za-z0-9_]{20,}|[rs]k[-_](?:live|test|proj)?[-_]?[A-Za-z0-9_-]{16,}|gsk_[A-Za-z0-9]{16,}|AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{30,}))re"_L1),
         hidden},
        {pattern(R"re(\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?)re"_L1),
         hidden},
        {pattern(
             R"re((https://(?:hooks\.slack\.com/services|discord(?:app)?\.com/api/webhooks)/)[^\s"']+)re"_L1),
         u"\\1[hidden]"_s},
    }};
    return all;
}

} // namespace

QString redacted(const QString &text)
{
    QString out = text;
    for (const Rule &rule : rules())
        out.replace(rule.pattern, rule.replacement);
    return out;
}

bool looksSecret(const QString &text)
{
    return redacted(text) != text;
}

} // namespace mayday
