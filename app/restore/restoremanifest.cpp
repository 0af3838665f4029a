// SPDX-License-Identifier: GPL-3.0-or-later
// RestoreRunner's part about what the server had when the dump was made, and whether it is here.
#include "restore/manifestcompare.h"
#include "restore/restorerunner.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

/// Of some tables alone there is nothing to compare: all else is to be missing.
void RestoreRunner::readManifest()
{
    if (m_plan.mode == RestoreMode::Tables || !m_plan.tables.isEmpty())
        return;
    auto beside = backup::manifestBeside(m_plan.file);
    if (beside)
        m_manifest = *std::move(beside);
    else
        m_receipt.notes.append(u"the manifest beside the backup is not used: "_s +
                               beside.error().detail);
}

Result<void> RestoreRunner::compareManifest(postgres::Session &session, TaskContext &context)
{
    if (!m_manifest)
        return {};
    const backup::Manifest &manifest = *m_manifest;
    const ManifestScope scope{.restored = m_inspection.schemas,
                              .leftOut = m_plan.leaveOut,
                              .isCopy = m_plan.mode == RestoreMode::Copy};
    const auto there = backup::schemaObjects(session, m_inspection.schemas, context);
    if (!there)
        return failure(there.error());
    QStringList missing = missingAfter(manifest, *there, scope);
    // Some may have been there before; but no more than the dump makes are those of the manifest.
    const qint64 wanted = manifest.content.largeObjects;
    const qint64 large =
        std::min(m_inspection.objects.value(u"large-object"_s), there->largeObjects);
    if (scope.isCopy && wanted > 0)
        m_receipt.notes.append(
            u"large objects are in no copy: the manifest of the backup has %1"_s.arg(wanted));
    else if (large < wanted)
        missing.append(u"%1 of %2 large objects"_s.arg(wanted - large).arg(wanted));
    const QStringList rows = otherRows(manifest, m_receipt.tables, scope);
    if (!missing.isEmpty())
        m_receipt.notes.append(u"the manifest of the backup has what is not there now: "_s +
                               backup::fewOf(missing));
    if (!rows.isEmpty())
        m_receipt.notes.append(u"the manifest of the backup has other counts of rows: "_s +
                               backup::fewOf(rows));
    m_hasDifferences = m_hasDifferences || !missing.isEmpty() || !rows.isEmpty();
    if (missing.isEmpty() && rows.isEmpty())
        m_receipt.notes.append(agreement(manifest, m_receipt.tables, scope));
    return {};
}

} // namespace mayday::restore
