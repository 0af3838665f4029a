// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/dump/recordingvisitor.h"
#include "dump/dumpinspection.h"
#include "dump/dumpreader.h"

namespace mayday::tests {

/// A reading without its lines: what a statement says, where it does not depend on what stands
/// before it, and the rows.
[[nodiscard]] inline QStringList withoutLines(const QStringList &events)
{
    QStringList bare;
    for (const QString &event : events) {
        QString text = event.sliced(event.indexOf(QLatin1Char(' ')) + 1);
        if (text.startsWith(QStringLiteral("copy ")))
            text = QStringLiteral("copy"); // its schema may be said by a setting
        bare.append(text);
    }
    return bare;
}

/// What is wrong with the places that an inspection has of a file's statements: one after the
/// other, each read by itself, they have to give what the whole file gives. Empty: nothing.
[[nodiscard]] inline QString rangesBreach(const QString &path,
                                          const dump::DumpInspection &inspection)
{
    const auto entries = inspection.index.objects.entries();
    if (!entries)
        return QStringLiteral("the list of objects is damaged");
    TaskContext context;
    RecordingVisitor whole;
    auto reader = dump::DumpReader::open(path);
    if (!reader || !reader->read(whole, context))
        return QStringLiteral("the file cannot be read");
    RecordingVisitor ranges;
    qint64 rows = 0;
    qint64 end = 0;
    for (const dump::DumpEntry &entry : *entries) {
        if (entry.offset < end || entry.end <= entry.offset)
            return QStringLiteral("byte %1: not in order").arg(entry.offset);
        end = entry.end;
        rows += entry.rows;
        const qsizetype before = ranges.events.size();
        auto part = dump::DumpReader::ofParts(
            path, {{.from = entry.offset, .to = entry.end, .line = entry.line}},
            inspection.index.points);
        if (const auto read = part.read(ranges, context); !read)
            return QStringLiteral("byte %1: %2").arg(entry.offset).arg(describe(read.error()));
        const QString first = ranges.events.value(before);
        if (!first.startsWith(QString::number(entry.line) + QLatin1Char(' ')))
            return QStringLiteral("line %1 is not where it begins: %2").arg(entry.line).arg(first);
        const auto read = ranges.events.size() - before;
        if (read != (entry.role == dump::EntryRole::Copies ? 2 : 1) && entry.rows == 0 &&
            entry.kind != dump::StatementClass::LargeObject)
            return QStringLiteral("byte %1: %2 statements").arg(entry.offset).arg(read);
    }
    if (withoutLines(ranges.events) != withoutLines(whole.events))
        return QStringLiteral("not what the file says: %1 and %2 events")
            .arg(ranges.events.size())
            .arg(whole.events.size());
    qint64 counted = 0;
    for (const dump::TableInDump &table : inspection.tables)
        counted += table.rows;
    return rows == counted ? QString() : QStringLiteral("%1 rows, not %2").arg(rows).arg(counted);
}

} // namespace mayday::tests
