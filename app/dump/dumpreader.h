// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/bytesource.h"
#include "archive/pointsieve.h"
#include "core/taskcontext.h"
#include "dump/dumpfacts.h"
#include "dump/dumpindex.h"
#include "dump/dumpvisitor.h"
#include "dump/fileformat.h"
#include "dump/textsource.h"

#include <memory>

namespace mayday::dump {

class DumpInterpreter;
class GarbledText;

/// Reads the SQL text of a dump, compressed or not, from front to end and tells a visitor what is
/// in it. Runs nothing, contacts nobody; memory does not depend on the size of the file.
///
/// For one reading, on one thread that may block (inflating takes a second thread of its own).
class DumpReader final {
public:
    /// Fails only when the file cannot be read; what it is, and whether it is whole, shows later.
    [[nodiscard]] static Result<DumpReader> open(const QString &path);
    /// The same over any source; subject stands for it in errors.
    [[nodiscard]] static DumpReader over(std::unique_ptr<archive::ByteSource> source,
                                         const QString &subject);

    /// Parts of a file that was read in full before, as one text; nothing else of it is read.
    /// Lines and offsets are those of the whole.
    [[nodiscard]] static DumpReader ofParts(const QString &path, QList<TextPart> parts,
                                            archive::AccessPoints points);

    /// Shows the text to who looks for garbled words, too; has to live until read() is done.
    void showTo(GarbledText &words) { m_words = &words; }

    /// To the end, or to the first Error: the visitor's own, Cancelled, Corrupt (damaged, cut or
    /// not a dump), Refused (a psql meta-command) or Unsupported; with the line of the text.
    /// Progress is in bytes of the file. A dump is whole only if this succeeds and
    /// completionLineSeen().
    [[nodiscard]] Result<void> read(DumpVisitor &visitor, TaskContext &context);

    /// Whether offsets in the text are places in the file, from which it can be read anew.
    [[nodiscard]] bool isReadableInParts() const { return m_isReadableInParts; }
    /// Takes the ends of what may be read alone later, while the file is read.
    [[nodiscard]] archive::PointSieve &sieve() { return *m_sieve; }
    /// Of a gzip file, after reading it to its end.
    [[nodiscard]] const archive::AccessPoints &points() const { return m_sieve->points(); }
    /// The file, as errors name it.
    [[nodiscard]] const QString &subject() const { return m_subject; }
    /// What the first bytes say.
    [[nodiscard]] const FileFormat &format() const { return m_format; }
    [[nodiscard]] const DumpFacts &facts() const { return m_facts; }
    [[nodiscard]] TextMark mark() const { return m_mark; }
    /// The line pg_dump writes last, and all that has to stand behind it.
    [[nodiscard]] bool completionLineSeen() const
    {
        return m_facts.completionSeen && !m_facts.isRestricted && m_facts.brokenOffAt == 0;
    }
    /// Whether the Error was that the file stops too early.
    [[nodiscard]] bool endedEarly() const { return m_endedEarly; }
    /// Whether it was the compressed file that stopped, before its own end.
    [[nodiscard]] bool isFileCut() const { return m_isFileCut; }
    /// Whether it was the compressed file that cannot be unpacked here, whatever is in it.
    [[nodiscard]] bool isBeyondUs() const { return m_isBeyondUs; }
    [[nodiscard]] QString serverVersion() const { return m_facts.serverVersion; }
    [[nodiscard]] QString dumpVersion() const { return m_facts.dumpVersion; }
    [[nodiscard]] QString encoding() const { return m_facts.encoding; }
    [[nodiscard]] qint64 lines() const { return m_lines; }
    [[nodiscard]] qint64 plainBytes() const { return m_plainBytes; }
    [[nodiscard]] qint64 fileBytes() const { return m_fileBytes; }

private:
    DumpReader() = default;
    [[nodiscard]] Result<void> readParts(DumpInterpreter &interpreter, TaskContext &context);
    [[nodiscard]] Result<void> readText(std::unique_ptr<archive::ByteSource> source,
                                        const TextPart &part, DumpInterpreter &interpreter,
                                        TaskContext &context);
    [[nodiscard]] Error placed(Error error) const;

    QString m_subject;
    std::unique_ptr<archive::ByteSource> m_source;
    QList<TextPart> m_parts;        ///< instead of the source
    archive::AccessPoints m_points; ///< to reach these parts by
    /// Filled by the thread that reads ahead, so it stays where it is.
    std::unique_ptr<archive::PointSieve> m_sieve = std::make_unique<archive::PointSieve>();
    bool m_isAsItIs = false; ///< the text, as far as its first bytes tell
    bool m_isReadableInParts = false;
    TextMark m_mark = TextMark::None;
    GarbledText *m_words = nullptr;
    FileFormat m_format;
    DumpFacts m_facts;
    bool m_endedEarly = false;
    bool m_isFileCut = false;
    bool m_isBeyondUs = false;
    qint64 m_lines = 0;
    qint64 m_plainBytes = 0;
    qint64 m_fileBytes = 0;
};

} // namespace mayday::dump
