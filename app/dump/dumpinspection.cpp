// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/dumpinspection.h"

#include "archive/headsource.h"
#include "dump/dumpreader.h"
#include "dump/inspector.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::dump {

bool DumpInspection::hasRowsOnly() const
{
    const qint64 said =
        objects.value(QStringLiteral("comment")) + objects.value(QStringLiteral("large-object"));
    qint64 made = 0;
    for (const qint64 count : objects)
        made += count;
    return statements > 0 && !tables.isEmpty() && made == said;
}

namespace {

/// A file that could not be read, as against one whose contents are bad.
bool isAboutTheFile(const Error &error)
{
    switch (error.kind) {
    case ErrorKind::Corrupt:
    case ErrorKind::Refused:
    case ErrorKind::Unsupported: return false;
    default: return true;
    }
}

QString placeOf(const DumpFacts &facts)
{
    if (facts.lastTable.isEmpty())
        return u"before the rows of any table"_s;
    return (facts.inRows ? u"inside the rows of "_s : u"after the rows of "_s) + facts.lastTable;
}

bool looksLikeADump(const DumpFacts &facts)
{
    return facts.headerSeen || facts.sqlStatements > 0;
}

Error notSql(const QString &path, const DumpFacts &facts)
{
    QString detail = u"it does not begin with SQL of PostgreSQL"_s;
    if (!facts.firstStray.isEmpty())
        detail = u"there are only messages in it: "_s + facts.firstStray;
    return {.kind = ErrorKind::Corrupt,
            .subject = path,
            .detail = detail,
            .advice = Advice::MakeBackupWithPgDump};
}

/// Two dumps in one file, of which the first is not whole.
Error brokenOff(const QString &path, qint64 line)
{
    return {
        .kind = ErrorKind::Corrupt,
        .subject = path,
        .detail =
            u"another dump begins at line %1, and the one before it is not finished"_s.arg(line),
        .advice = Advice::TakeAnotherBackup,
        .line = line};
}

/// The text came to its end without a mistake, and without the line pg_dump writes last.
Error noCompletionLine(const QString &path, const DumpReader &reader)
{
    const bool neverHadOne = !reader.facts().headerSeen && !reader.facts().completionSeen;
    const QString detail =
        neverHadOne
            ? u"pg_dump's first and last lines are missing (some tools take them out), so nothing shows that it is whole"_s
            : u"cut off at byte %1 of the text, %2: the line pg_dump writes last is missing"_s
                  .arg(reader.plainBytes())
                  .arg(placeOf(reader.facts()));
    return {.kind = ErrorKind::Corrupt,
            .subject = path,
            .detail = detail,
            .advice = Advice::TakeAnotherBackup,
            .line = reader.lines()};
}

void judgeFailure(DumpInspection &inspection, const DumpReader &reader, const Error &error)
{
    inspection.problem = error;
    if (reader.format().problem) {
        inspection.verdict = reader.endedEarly() ? DumpVerdict::Truncated : DumpVerdict::NotADump;
        return;
    }
    if (!looksLikeADump(reader.facts()) && !reader.isFileCut()) {
        inspection.verdict = DumpVerdict::NotADump;
        inspection.problem = notSql(error.subject, reader.facts());
        return;
    }
    inspection.verdict = reader.endedEarly() ? DumpVerdict::Truncated : DumpVerdict::Damaged;
    if (error.kind == ErrorKind::Corrupt)
        inspection.problem->detail += u" ("_s + placeOf(reader.facts()) + u')';
}

void judge(DumpInspection &inspection, const DumpReader &reader, const Result<void> &read,
           const QString &path)
{
    if (!read)
        return judgeFailure(inspection, reader, read.error());
    if (!looksLikeADump(reader.facts())) {
        inspection.verdict = DumpVerdict::NotADump;
        inspection.problem = notSql(path, reader.facts());
    } else if (reader.completionLineSeen()) {
        inspection.verdict = DumpVerdict::Complete;
    } else {
        inspection.verdict = DumpVerdict::Truncated;
        const qint64 brokenOffAt = reader.facts().brokenOffAt;
        // Cut before its last word, the completion line reads as the first line of another dump.
        const bool isBrokenOff = brokenOffAt > 0 && brokenOffAt < reader.lines();
        inspection.problem =
            isBrokenOff ? brokenOff(path, brokenOffAt) : noCompletionLine(path, reader);
    }
}

void takeFacts(DumpInspection &inspection, const DumpReader &reader)
{
    const DumpFacts &facts = reader.facts();
    inspection.format = reader.format().word;
    inspection.serverVersion = facts.serverVersion;
    inspection.dumpVersion = facts.dumpVersion;
    inspection.encoding = facts.encoding;
    inspection.startedAt = facts.startedAt;
    inspection.statements = facts.statements;
    inspection.warnings = facts.warnings + inspection.warnings;
    inspection.fileBytes = reader.fileBytes();
    inspection.plainBytes = reader.plainBytes();
    inspection.lines = reader.lines();
}

} // namespace

Result<DumpInspection> inspect(DumpReader &reader, TaskContext &context)
{
    DumpInspection inspection;
    Inspector inspector(inspection);
    const Result<void> read = reader.read(inspector, context);
    if (!read && (isAboutTheFile(read.error()) || reader.isBeyondUs()))
        return failure(read.error());
    inspector.finish();
    takeFacts(inspection, reader);
    if (reader.isReadableInParts())
        inspection.index = {.blocks = inspector.blocks(), .points = reader.points()};
    judge(inspection, reader, read, reader.subject());
    return inspection;
}

bool beginsLikeADump(const QByteArray &head)
{
    DumpReader reader = DumpReader::over(std::make_unique<archive::BytesSource>(head), {});
    DumpInspection inspection;
    Inspector inspector(inspection);
    TaskContext context;
    // That it breaks off, and where, says nothing: it is only the beginning.
    const bool isText = !reader.format().problem;
    (void)reader.read(inspector, context);
    return isText && looksLikeADump(reader.facts());
}

} // namespace mayday::dump
