// SPDX-License-Identifier: GPL-3.0-or-later
// RestoreRunner's part about what of the dump is restored, and what stays as it is.
#include "restore/leftout.h"
#include "restore/missingtables.h"
#include "restore/platform.h"
#include "restore/restorerunner.h"
#include "restore/rolemap.h"
#include "restore/rowsonly.h"

#include <QFileInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

Result<void> RestoreRunner::choose(dump::DumpInspection whole)
{
    auto can = checkLeftOut(m_plan, whole).and_then([&] {
        return checkRolesOfDump(m_plan.mappedRoles, whole);
    });
    if (!can)
        return can;
    if (!m_plan.leaveOut.isEmpty() && loadsDatabase(m_plan.mode))
        return failure(notWithTheDatabase(m_plan.leaveOut));
    if (m_plan.leaveOut.isEmpty()) {
        m_inspection = std::move(whole);
    } else {
        m_receipt.notes.append(leftOutNote(whole, m_plan.leaveOut));
        m_inspection = withoutSchemas(whole, m_plan.leaveOut);
    }
    m_inspection.needs = withRoles(m_inspection.needs, m_plan.mappedRoles);
    if (!m_plan.mappedRoles.isEmpty())
        m_receipt.notes.append(u"roles mapped: "_s + rolesInWords(m_plan.mappedRoles));
    if (m_inspection.hasRowsOnly()) {
        if (auto possible = checkRowsOnlyWay(m_plan.mode); !possible)
            return possible;
    }
    m_whole = m_inspection.schemas;
    if (m_plan.mode == RestoreMode::Tables) {
        if (auto known = checkChoice(); !known)
            return known;
        m_plan.tables = withPartitions(m_plan.tables, m_inspection);
        m_inspection.schemas.clear();
        for (const TableName &table : std::as_const(m_plan.tables)) {
            if (!m_inspection.schemas.contains(table.first))
                m_inspection.schemas.append(table.first);
        }
        return {};
    }
    return checkChoice();
}

bool RestoreRunner::isTaken(const dump::TableInDump &table) const
{
    return m_plan.tables.isEmpty() || m_plan.tables.contains(TableName(table.schema, table.name));
}

Result<void> RestoreRunner::checkChoice() const
{
    if (m_plan.mode == RestoreMode::Tables && m_plan.tables.isEmpty())
        return failure({.kind = ErrorKind::NotFound,
                        .subject = u"the restore"_s,
                        .detail = u"no table was chosen for it"_s});
    for (const TableName &wanted : m_plan.tables) {
        const bool isThere =
            std::ranges::any_of(m_inspection.tables,
                                [&](const dump::TableInDump &table) {
                                    return TableName(table.schema, table.name) == wanted;
                                }) ||
            std::ranges::any_of(
                m_inspection.partitioned, [&](const dump::PartitionedInDump &whole) {
                    return TableName(whole.table.schema, whole.table.name) == wanted;
                });
        if (!isThere)
            return failure(
                {.kind = ErrorKind::NotFound,
                 .subject = wanted.first + u'.' + wanted.second,
                 .detail = m_plan.leaveOut.contains(wanted.first)
                               ? u"its schema is left out"_s
                               : u"%1 has no such table"_s.arg(QFileInfo(m_plan.file).fileName())});
    }
    return {};
}

/// What is left out is there, and so are the roles that are meant by those of the dump; and what
/// the platform does not let anybody replace is left out.
Result<void> RestoreRunner::checkPlatform(postgres::Session &session, TaskContext &context) const
{
    auto there = checkIsThere(session, m_plan.leaveOut, context).and_then([&] {
        return checkRolesAreThere(session, m_plan.mappedRoles, context);
    });
    if (!there)
        return there;
    auto platform = platformSchemas(session, m_inspection.schemas, context);
    if (!platform)
        return failure(platform.error());
    // In a database of its own the others are made anew.
    if (loadsDatabase(m_plan.mode))
        platform->removeIf([](const PlatformSchema &schema) { return !schema.isService; });
    return platform->isEmpty() ? Result<void>()
                               : failure(mustStay(*platform, session.facts().user));
}

Result<TargetFacts> RestoreRunner::factsFor(postgres::Session &session, TaskContext &context) const
{
    auto facts = targetFacts(session, m_inspection.schemas, context);
    if (!facts)
        return facts;
    if (m_plan.mode != RestoreMode::Copy && m_inspection.objects.value(u"large-object"_s) > 0) {
        auto there = largeObjects(session, context);
        if (!there)
            return failure(there.error());
        facts->largeObjects = *std::move(there);
    }
    auto leftOut = leftOutFacts(session, m_plan.leaveOut, context);
    if (!leftOut)
        return failure(leftOut.error());
    facts->leftOut = *std::move(leftOut);
    // Beside what is live nothing has to be as in the backup.
    facts->leftOut.isCompared = m_plan.mode != RestoreMode::Copy;
    return facts;
}

} // namespace mayday::restore
