// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpfacts.h"
#include "dump/dumpscanner.h"
#include "dump/dumpvisitor.h"
#include "dump/sqltokens.h"

namespace mayday::dump {

/// Between scanner and visitor: gives each statement its class and its names, finds the COPY
/// blocks, collects the facts, and stops at what must not be in a dump (meta-commands, a second
/// database, an encoding whose bytes hide quotes). One for one reading.
class DumpInterpreter final : public ScanHandler {
public:
    explicit DumpInterpreter(DumpVisitor &visitor) : m_visitor(visitor) {}

    [[nodiscard]] Result<After> statement(QByteArray sql, const StatementPlace &place) override;
    [[nodiscard]] Result<void> comment(QByteArrayView text, qint64 line) override;
    [[nodiscard]] Result<void> metaCommand(QByteArrayView text, qint64 line) override;
    [[nodiscard]] Result<void> strayLine(QByteArrayView text, qint64 line) override;
    [[nodiscard]] Result<void> rows(QByteArrayView bytes) override
    {
        return m_visitor.copyData(bytes);
    }
    [[nodiscard]] Result<void> rowsEnd(qint64 rows, qint64 bytes, qint64 line, qint64 end) override;

    [[nodiscard]] bool plainStringsEscape() const override { return m_plainStringsEscape; }

    [[nodiscard]] const DumpFacts &facts() const { return m_facts; }

private:
    [[nodiscard]] Result<After> copy(DumpStatement statement);
    [[nodiscard]] Result<void> setting(const DumpStatement &statement);
    [[nodiscard]] Result<void> set(const QString &name, SqlTokens tokens, qint64 line);
    void beginDump(bool isCluster, qint64 line);
    [[nodiscard]] Result<void> connectTo(QByteArrayView text, qint64 line);
    [[nodiscard]] Result<void> unrestrict(QByteArrayView key, qint64 line);
    void completeName(DumpStatement &statement) const;

    DumpVisitor &m_visitor;
    DumpFacts m_facts;
    QString m_defaultSchema;
    QByteArray m_restrictKey;
    QString m_connectedTo;
    bool m_plainStringsEscape = false;
    bool m_rowsHaveHeader = false;
    bool m_isCluster = false; // in a file of pg_dumpall ...
    bool m_isInDump = false;  // ... and in one of its databases
    bool m_warnedAfterEnd = false;
};

} // namespace mayday::dump
