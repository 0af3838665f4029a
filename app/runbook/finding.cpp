// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/finding.h"

namespace mayday::runbook {

using namespace Qt::StringLiterals;

QString severityKey(Finding::Severity severity)
{
    switch (severity) {
    case Finding::Error: return u"error"_s;
    case Finding::Warning: return u"warning"_s;
    case Finding::Note: return u"note"_s;
    }
    return {};
}

} // namespace mayday::runbook
