// SPDX-License-Identifier: GPL-3.0-or-later
// RestoreRunner's way for tables that the server has lost: they come back where they were.
#include "backup/dumpopener.h"
#include "postgres/quoting.h"
#include "restore/defaultrights.h"
#include "restore/missingtables.h"
#include "restore/outsidewatch.h"
#include "restore/restoremark.h"
#include "restore/restorerunner.h"
#include "restore/tablesback.h"
#include "restore/thingnames.h"

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// Every relation of these schemas, and everything else.
Result<TablesThere> whatIsThere(postgres::Session &session, const QStringList &schemas,
                                TaskContext &context)
{
    auto things = thingNamesIn(session, schemas, context);
    if (!things)
        return failure(things.error());
    const auto rows =
        session.query("SELECT n.nspname, c.relname FROM pg_catalog.pg_class c"
                      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                      " WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'",
                      context);
    if (!rows)
        return failure(rows.error());
    TablesThere there{.things = *std::move(things)};
    for (int i = 0; i < rows->rowCount(); ++i)
        there.relations.insert({rows->text(i, 0), rows->text(i, 1)});
    return there;
}

QString quoted(const TableName &name)
{
    return postgres::quoteIdentifier(name.first) + u'.' + postgres::quoteIdentifier(name.second);
}

QString missingNote(QStringList missing)
{
    constexpr qsizetype mostNamed = 12;
    missing.removeDuplicates();
    const qsizetype others = missing.size() - mostNamed;
    const QString names = missing.mid(0, mostNamed).join(u", "_s);
    return others > 0
               ? u"also missing on the server, and not restored: %1 and %2 others"_s.arg(names).arg(
                     others)
               : u"also missing on the server, and not restored: "_s + names;
}

} // namespace

/// In a dump with --load-via-partition-root the rows of a part stand under the whole.
Result<void> RestoreRunner::checkPartitions() const
{
    for (const dump::PartitionedInDump &whole : m_inspection.partitioned) {
        const TableName name(whole.table.schema, whole.table.name);
        const auto rows =
            std::ranges::find_if(m_inspection.tables, [&](const dump::TableInDump &table) {
                return TableName(table.schema, table.name) == name && table.rows > 0;
            });
        if (rows == m_inspection.tables.end() || m_plan.tables.contains(name))
            continue;
        const QList<TableName> parts = withPartitions({name}, m_inspection);
        const auto part = std::ranges::find_if(
            parts, [&](const TableName &one) { return m_plan.tables.contains(one); });
        if (part != parts.end())
            return failure(
                {.kind = ErrorKind::Unsupported,
                 .subject = inWords({*part}),
                 .detail = u"the dump has its rows among those of %1, which is there"_s.arg(
                     inWords({name})),
                 .advice = Advice::BringRowsBack});
    }
    return {};
}

/// A dump without rights says nothing about them, so the schema's default ones are what is left.
Result<DefaultRights> RestoreRunner::setDefaultsAside(postgres::Session &session,
                                                      TaskContext &context)
{
    const bool saysRights = m_inspection.objects.value(u"grant"_s) > 0;
    auto defaults = saysRights ? DefaultRights::setAside(session, m_whole, context)
                               : DefaultRights::leave(session, m_whole, context);
    if (defaults && !saysRights && defaults->areThere()) {
        m_receipt.notes.append(u"the dump says nothing about rights: the tables have the default "
                               "ones of their schema"_s);
        m_hasDifferences = true;
    }
    return defaults;
}

/// Everything in one transaction; what could make others wait comes last in it.
Result<void> RestoreRunner::restoreTables(dump::DumpReader &reader, TaskContext &context)
{
    if (auto apart = checkPartitions(); !apart)
        return apart;
    auto session = openTarget(context);
    if (!session)
        return failure(session.error());
    // Without a schema nothing is meant, whatever the role's own search_path says.
    const auto begun =
        session
            ->execute("BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL search_path = ''", context)
            .and_then([&](qint64) { return lockForRestore(*session, context); })
            // Somebody else may have made one meanwhile.
            .and_then([&] { return checkMissing(*session, m_plan.tables, context); });
    if (!begun)
        return begun;
    auto facts = factsFor(*session, context);
    if (!facts)
        return failure(facts.error());
    const QSet<QString> whole(m_whole.begin(), m_whole.end());
    if (!facts->isSuperuser) {
        const QSet<QString> schemas(m_inspection.schemas.begin(), m_inspection.schemas.end());
        if (auto left = leaveOutWhoMayNot(*session, schemas, *facts, context); !left)
            return left;
    }
    auto there = whatIsThere(*session, m_whole, context);
    if (!there)
        return failure(there.error());
    const auto defaults = setDefaultsAside(*session, context);
    if (!defaults)
        return failure(defaults.error());
    const auto watch = OutsideWatch::begin(*session, context);
    if (!watch)
        return failure(watch.error());
    if (auto limited = session->execute("SET LOCAL lock_timeout = '2s'", context); !limited)
        return failure(limited.error());
    const StatementFilter filter(*std::move(facts), whole);
    SchemaProperties none(session->facts());
    SideLoad load(*session, filter, none, std::nullopt, context);
    TableScope scope(m_plan.tables, *std::move(there));
    TablesBack back(*session, load, scope, context);
    return readDump(*session, reader, load, back, context)
        .and_then([&] { return watch->verify(*session, context); })
        .and_then([&] { return settle(*session, none, context); })
        .and_then([&] { return defaults->bringBack(*session, context); })
        .and_then([&](const QStringList &notes) {
            back.giveUpTries();
            return noteTables(notes, scope);
        })
        .and_then([&] { return proveLoad(*session, context); })
        .and_then([&] { return analyse(*session, context); })
        .and_then([&] { return back.tie(); })
        .and_then([&] { return finishTables(*session, back, scope, context); })
        .and_then([&] { return swap(*session, context); });
}

/// What was said of the tables while they came. Refused when one of them did not.
Result<void> RestoreRunner::noteTables(const QStringList &defaults, const TableScope &scope)
{
    for (const TableName &table : std::as_const(m_plan.tables)) {
        if (!scope.hasMade(table))
            return failure({.kind = ErrorKind::Unsupported,
                            .subject = inWords({table}),
                            .detail = u"the dump has its rows and does not make it"_s,
                            .advice = Advice::MakeBackupWithPgDump});
    }
    m_inspection.sequences.removeIf([&](const dump::SequenceInDump &sequence) {
        return !scope.isOurs(sequence.schema, sequence.name);
    });
    m_receipt.notes += defaults + scope.differences();
    m_hasDifferences = m_hasDifferences || !defaults.isEmpty() || !scope.differences().isEmpty();
    if (!scope.missing().isEmpty())
        m_receipt.notes.append(missingNote(scope.missing()));
    return {};
}

/// The last things before the commit.
Result<void> RestoreRunner::finishTables(postgres::Session &session, const TablesBack &back,
                                         const TableScope &scope, TaskContext &context)
{
    m_receipt.notes += back.differences();
    m_hasDifferences = m_hasDifferences || !back.differences().isEmpty();
    QStringList tables;
    for (const TableName &table : std::as_const(m_plan.tables)) {
        const bool isPart = std::ranges::any_of(
            m_inspection.partitioned, [&](const dump::PartitionedInDump &whole) {
                return m_plan.tables.contains(TableName(whole.table.schema, whole.table.name)) &&
                       whole.parts.contains({.schema = table.first, .name = table.second});
            });
        if (!isPart) // it goes with its whole
            tables.append(quoted(table));
    }
    QStringList undo = back.untying() + QStringList{u"DROP TABLE "_s + tables.join(u", "_s)};
    for (const TableName &sequence : scope.looseSequences())
        undo.append(u"DROP SEQUENCE "_s + quoted(sequence));
    m_undoTables = undo.join(u"; "_s);
    return noteTransaction(session, m_plan.safetyCopyFile(), m_plan.id, context);
}

} // namespace mayday::restore
