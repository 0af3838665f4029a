// SPDX-License-Identifier: GPL-3.0-or-later
#include "incident/severity.h"

using namespace Qt::StringLiterals;

namespace mayday::incident {

QString severityKey(Severity severity)
{
    switch (severity) {
    case Severity::Sev1: return u"sev1"_s;
    case Severity::Sev2: return u"sev2"_s;
    case Severity::Sev3: return u"sev3"_s;
    case Severity::Sev4: return u"sev4"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

std::optional<Severity> severityFromKey(QStringView key)
{
    for (const Severity one : {Severity::Sev1, Severity::Sev2, Severity::Sev3, Severity::Sev4}) {
        if (key == severityKey(one))
            return one;
    }
    return std::nullopt;
}

QString severityName(Severity severity)
{
    return severityKey(severity).toUpper();
}

namespace {

QString meaning(Severity severity)
{
    switch (severity) {
    case Severity::Sev1: return u"everybody is affected, or data is being lost"_s;
    case Severity::Sev2: return u"many are affected, or something important does not work"_s;
    case Severity::Sev3: return u"some are affected, and there is a way around it"_s;
    case Severity::Sev4: return u"nobody outside notices yet"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

QString severityWords(Severity severity)
{
    return u"%1 (%2)"_s.arg(severityName(severity), meaning(severity));
}

} // namespace mayday::incident
