// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/dumpinspection.h"

#include "archive/headsource.h"
#include "dump/dumpreader.h"
#include "dump/garbledtext.h"
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

bool DumpInspection::isEmpty() const
{
    // How many rows an INSERT ... SELECT brings nobody can tell; it has bytes.
    return verdict == DumpVerdict::Complete && objects.value(u"large-object"_s) == 0 &&
           std::ranges::all_of(tables, [](const TableInDump &table) {
               return table.rows == 0 && table.bytes == 0;
           });
}

QString emptyInWords(const DumpInspection &inspection)
{
    switch (inspection.tables.size()) {
    case 0: return u"holds no table"_s;
    case 1: return u"holds no rows: its one table is empty"_s;
    default: return u"holds no rows: its %1 tables are empty"_s.arg(inspection.tables.size());
    }
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

Error rewritten(const QString &path, qint64 line, const QString &detail)
{
    return {.kind = ErrorKind::Corrupt,
            .subject = path,
            .detail = detail,
            .advice = Advice::DumpIntoFile,
            .line = line};
}

/// Code pages of consoles lose nothing, so the bytes that pg_dump wrote can be had again.
QString wayBack(const QString &codePage, TextMark mark)
{
    if (mark == TextMark::Utf16)
        return u"iconv -f UTF-16 -t %1 FILE"_s.arg(codePage);
    const QString all = u"iconv -f UTF-8 -t %1"_s.arg(codePage);
    return mark == TextMark::Utf8 ? u"tail -c +4 FILE | "_s + all : all + u" FILE"_s;
}

bool hasByteOrderMark(TextMark mark)
{
    return mark == TextMark::Utf8 || mark == TextMark::Utf16;
}

/// Its example is the only text of a row that any Error holds. GarbledWord says how much. isPlain:
/// the file is the text itself, and nothing has to be unpacked.
Error garbled(const QString &path, const GarbledFinding &finding, TextMark mark, bool isPlain)
{
    QString detail =
        u"its text was read as %1 on the way, and written again: \"%2\" was probably \"%3\""_s.arg(
            finding.codePage, finding.example.is, finding.example.was);
    if (finding.isOfConsole && isPlain)
        detail += u" (without another backup, \"%1\" may bring it back)"_s.arg(
            wayBack(finding.codePage, mark));
    return rewritten(path, finding.example.line, detail);
}

QString garbledWarning(const GarbledFinding &finding)
{
    return u"line %1: %2 of %3 different words beyond ASCII are garbled, as if they had been read "
           "as %4 before they were dumped; they would be restored so: \"%5\" was probably \"%6\""_s
               .arg(QString::number(finding.example.line), QString::number(finding.garbled),
                    QString::number(finding.words), finding.codePage, finding.example.is,
                    finding.example.was);
}

/// Whether the bytes of the text are said to be something else than Unicode.
bool isOtherThanUnicode(QString encoding)
{
    encoding.removeIf([](QChar c) { return !c.isLetterOrNumber(); });
    const QString bare = encoding.toLower();
    return !bare.isEmpty() && bare != "utf8"_L1 && bare != "unicode"_L1 && bare != "sqlascii"_L1;
}

/// Text that was garbled on its way into the file is refused; such as the database held itself is
/// restored as it was. Nothing in the words tells the one from the other, so the file has to bear
/// a trace of the way too: a byte order mark, which pg_dump never writes; or line ends of Windows
/// together with a code page of a console, in which no application has stored text for decades
/// (line ends alone are in every honest "pg_dump > file" of cmd). A mark alone is put on by an
/// editor, too, in which somebody has corrected a line of a database that held a few garbled words
/// from a form; so where no console had a part in it, there have to be many.
void judgeText(DumpInspection &inspection, const DumpReader &reader, const GarbledText &words)
{
    const TextMark mark = reader.mark();
    const bool isOther = isOtherThanUnicode(inspection.encoding);
    if (isOther && hasByteOrderMark(mark) && words.words() > 0) {
        inspection.verdict = DumpVerdict::Damaged;
        inspection.problem = rewritten(
            reader.subject(), 0,
            u"it says that its letters are in %1, and they were written again as Unicode"_s.arg(
                inspection.encoding));
    }
    const auto finding = words.finding();
    if (!finding || isOther)
        return;
    const bool isOnTheWay = finding->isOfConsole
                                ? hasByteOrderMark(mark) || mark == TextMark::LineEnds
                                : hasByteOrderMark(mark) && finding->isMuch;
    if (finding->isWhole && isOnTheWay) {
        inspection.verdict = DumpVerdict::Damaged;
        inspection.problem =
            garbled(reader.subject(), *finding, mark, reader.format().word == "plain"_L1);
    } else {
        inspection.warnings.append(garbledWarning(*finding));
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
    Inspector inspector(inspection, reader.sieve());
    GarbledText words;
    reader.showTo(words);
    const Result<void> read = reader.read(inspector, context);
    if (!read && (isAboutTheFile(read.error()) || reader.isBeyondUs()))
        return failure(read.error());
    inspector.finish();
    takeFacts(inspection, reader);
    inspection.index.objects = inspector.objects();
    if (reader.isReadableInParts()) {
        inspection.index.blocks = inspector.blocks();
        inspection.index.inserts = inspector.inserts();
        inspection.index.points = reader.points();
        inspection.index.isReadableInParts = true;
    }
    judge(inspection, reader, read, reader.subject());
    if (inspection.verdict == DumpVerdict::Complete)
        judgeText(inspection, reader, words);
    return inspection;
}

bool beginsLikeADump(const QByteArray &head)
{
    DumpReader reader = DumpReader::over(std::make_unique<archive::BytesSource>(head), {});
    DumpInspection inspection;
    Inspector inspector(inspection, reader.sieve());
    TaskContext context;
    // That it breaks off, and where, says nothing: it is only the beginning.
    const bool isText = !reader.format().problem;
    (void)reader.read(inspector, context);
    return isText && looksLikeADump(reader.facts());
}

} // namespace mayday::dump
