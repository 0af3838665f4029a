// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/runbooklibrary.h"

#include "core/atomicfile.h"

#include <QDir>

#include <algorithm>

namespace mayday::runbook {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostFiles = 500;

struct File {
    QString path;
    QString name; ///< without ".md"
    bool shipped = false;
    Result<QByteArray> bytes;
};

QFileInfoList markdownIn(const QString &folder)
{
    return folder.isEmpty() ? QFileInfoList()
                            : QDir(folder).entryInfoList({u"*.md"_s}, QDir::Files, QDir::Name);
}

QList<File> filesIn(const QString &folder, bool shipped)
{
    QList<File> files;
    const QFileInfoList found = markdownIn(folder);
    for (const QFileInfo &info : found.first(std::min(found.size(), mostFiles)))
        files.append({.path = info.filePath(),
                      .name = info.completeBaseName(),
                      .shipped = shipped,
                      .bytes = readWholeFile(info.filePath(), maxRunbookBytes)});
    return files;
}

/// The user's file of that name before the shipped one, unless nothing can be done with it.
IncludeSource includeFrom(const QList<File> &files, const VerbRegistry &verbs)
{
    return [&files, &verbs](const QString &name) -> std::optional<QByteArray> {
        std::optional<QByteArray> best;
        for (const File &file : files) {
            if (file.name != name || !file.bytes)
                continue;
            if (!best || readRunbook(*file.bytes, file.path, verbs).runbook)
                best = *file.bytes;
        }
        return best;
    };
}

RunbookReading readingOf(const File &file, const VerbRegistry &verbs, const IncludeSource &include)
{
    if (file.bytes)
        return readRunbook(*file.bytes, file.path, verbs, include);
    RunbookReading reading;
    reading.findings.append({.severity = Finding::Error,
                             .key = u"unreadable"_s,
                             .title = u"The file cannot be read"_s,
                             .explanation = file.bytes.error().detail});
    return reading;
}

Finding sameId(const Runbook &runbook, const Runbook &other)
{
    return {.severity = Finding::Warning,
            .key = u"same-id"_s,
            .title = u"\"%1\" has the id %2 too"_s.arg(other.fileName, runbook.id.text()),
            .explanation = u"Only this file is offered. Give one of them another id."_s,
            .line = 1};
}

/// What lies behind the limit must not be missed in silence.
std::optional<RunbookLibrary::Entry> leftOut(const QString &folder)
{
    const QFileInfoList found = markdownIn(folder);
    if (found.size() <= mostFiles)
        return std::nullopt;
    RunbookReading reading;
    reading.findings.append(
        {.severity = Finding::Error,
         .key = u"too-many-files"_s,
         .title = u"%1 files were left out, from %2 on"_s.arg(found.size() - mostFiles)
                      .arg(found[mostFiles].fileName()),
         .explanation = u"At most %1 are read, in the order of their names. Move what is not a "
                        "runbook to another folder."_s.arg(mostFiles)});
    return RunbookLibrary::Entry{.fileName = folder, .reading = reading};
}

/// Replaces the one of the same id; says so when both are the user's.
void put(QList<Runbook> &runbooks, RunbookLibrary::Entry &entry)
{
    const Runbook &runbook = *entry.reading.runbook;
    const auto same = std::ranges::find(runbooks, runbook.id, &Runbook::id);
    if (same == runbooks.end()) {
        runbooks.append(runbook);
        return;
    }
    if (!same->fileName.startsWith(u':'))
        entry.reading.findings.append(sameId(runbook, *same));
    *same = runbook;
}

} // namespace

RunbookLibrary RunbookLibrary::load(const QString &userFolder, const VerbRegistry &verbs)
{
    RunbookLibrary library;
    const QList<File> files = filesIn(u":/runbooks"_s, true) + filesIn(userFolder, false);
    const IncludeSource include = includeFrom(files, verbs);
    for (const File &file : files) {
        Entry entry{.fileName = file.path,
                    .shipped = file.shipped,
                    .reading = readingOf(file, verbs, include)};
        if (entry.reading.runbook) {
            entry.shared = entry.reading.runbook->place != SharedPlace::None;
            if (!entry.shared)
                put(library.m_runbooks, entry);
        }
        library.m_files.append(std::move(entry));
    }
    if (const auto more = leftOut(userFolder))
        library.m_files.append(*more);
    std::ranges::stable_sort(library.m_runbooks, [](const Runbook &a, const Runbook &b) {
        return a.tier != b.tier ? a.tier < b.tier : a.title.localeAwareCompare(b.title) < 0;
    });
    return library;
}

const Runbook *RunbookLibrary::find(const RunbookId &id) const
{
    const auto found = std::ranges::find(m_runbooks, id, &Runbook::id);
    return found == m_runbooks.end() ? nullptr : &*found;
}

QList<Finding> RunbookLibrary::findings(const QString &fileName) const
{
    const auto found = std::ranges::find(m_files, fileName, &Entry::fileName);
    return found == m_files.end() ? QList<Finding>() : found->reading.findings;
}

} // namespace mayday::runbook
