// SPDX-License-Identifier: GPL-3.0-or-later
// RestoreRunner's way where nothing may stand beside what is live: it goes, after a safety copy.
#include "backup/databasedump.h"
#include "backup/manifest.h"
#include "postgres/quoting.h"
#include "restore/inplace.h"
#include "restore/restoremark.h"
#include "restore/restorerunner.h"
#include "restore/runsql.h"

#include <QFile>

using namespace Qt::StringLiterals;

namespace mayday::restore {

/// Under the locks that keep writers out: what is written between the copy and the end of the
/// restore would be in neither.
Result<void> RestoreRunner::copySafely(postgres::Session &session, TaskContext &context)
{
    m_inPlace.emplace(session, m_inspection.schemas);
    if (auto held = m_inPlace->holdWriters(context); !held)
        return held;
    if (m_inPlace->isEmpty()) {
        m_receipt.notes.append(u"nothing was there before, so there is no safety copy"_s);
        return {};
    }
    enter(RestorePhase::SafetyCopy, 0);
    TaskContext watched(context.stopToken(), [this](qint64 done, qint64 total, const QString &) {
        m_now.bytesDone = done;
        m_now.bytesTotal = total;
        publish(nullptr);
    });
    auto made = backup::makeDump({.source = m_plan.target,
                                  .schemas = m_inPlace->existing(),
                                  .file = m_plan.safetyCopyFile()},
                                 watched);
    if (!made) {
        Error error = made.error();
        if (error.kind != ErrorKind::Cancelled)
            error.detail = u"the safety copy could not be made: "_s + error.detail;
        return failure(error);
    }
    m_receipt.safetyCopy = SafetyCopy{
        .file = made->file, .bytes = made->bytes, .tables = made->tables, .rows = made->rows};
    m_safetyNote = u"the safety copy was made by %1, read back to its end, and has as many "
                   "rows of each table as the server"_s.arg(made->madeWith);
    m_receipt.notes.append(m_safetyNote);
    return {};
}

Result<void> RestoreRunner::emptySchemas(postgres::Session &session, TargetFacts &facts,
                                         SchemaProperties &properties, TaskContext &context)
{
    if (auto remembered = rememberJobs(session, context); !remembered)
        return remembered;
    for (const QString &schema : std::as_const(m_inspection.schemas)) {
        const bool isThere = m_inPlace->existing().contains(schema);
        if (isThere && !facts.schemasWeOwn.contains(schema)) {
            facts.schemasThatStay.insert(schema);
            continue;
        }
        if (auto remembered = properties.remember(session, schema, context); !remembered)
            return remembered;
    }
    if (auto emptied = m_inPlace->empty(context); !emptied)
        return emptied;
    for (const QString &schema : std::as_const(m_inspection.schemas)) {
        if (facts.schemasThatStay.contains(schema))
            continue;
        auto lent = runSql(session,
                           u"COMMENT ON SCHEMA %1 IS NULL"_s.arg(postgres::quoteIdentifier(schema)),
                           context)
                        .and_then([&] { return properties.lend(session, schema, context); });
        if (!lent)
            return lent;
    }
    return leaveOutWhoMayNot(session, facts.schemasThatStay, facts, context);
}

/// The last things before the commit.
Result<void> RestoreRunner::finishInPlace(postgres::Session &session, TaskContext &context)
{
    if (auto advanced = m_inPlace->advanceSequences(context); !advanced)
        return advanced;
    m_receipt.notes += m_inPlace->differences() + m_inPlace->notes();
    m_hasDifferences = m_hasDifferences || !m_inPlace->differences().isEmpty();
    return noteTransaction(session, m_plan.safetyCopyFile(), m_plan.id, context);
}

/// Of a restore that changed nothing it is a copy of what is live, which nobody has asked for.
void RestoreRunner::removeSafetyCopy()
{
    if (!keepsNothing(m_plan.mode) || !m_receipt.left.isEmpty())
        return; // nobody knows what is live: then it is precious
    QFile::remove(noteFileOf(m_plan.safetyCopyFile()));
    if (m_receipt.safetyCopy && QFile::remove(m_receipt.safetyCopy->file)) {
        QFile::remove(backup::manifestFileOf(m_receipt.safetyCopy->file));
        m_receipt.safetyCopy.reset();
        m_receipt.notes.removeOne(m_safetyNote);
    }
}

} // namespace mayday::restore
