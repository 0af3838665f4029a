// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/copyscope.h"

#include "restore/sqlwords.h"

using namespace Qt::StringLiterals;

namespace mayday::restore {

bool CopyScope::leavesOut(const dump::DumpStatement &statement) const
{
    using enum dump::StatementClass;
    switch (statement.kind) {
    case ForeignKey:
    case Trigger:
    case Policy:
    case Rule:
    case Grant:
    case Owner:
    case Comment:
    case Publication:
    case EventTrigger:
    case LargeObject: return true;
    case Data: return !takesRows(statement.objectSchema, statement.objectName);
    default: return leadingWords(statement.sql, 1).value(0) == "refresh"_L1;
    }
}

} // namespace mayday::restore
