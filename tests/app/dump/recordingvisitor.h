// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/bytesource.h"
#include "dump/dumpreader.h"

#include <algorithm>

namespace mayday::tests {

/// Writes down what a reader tells, one line each; rows joined, since they may be cut anywhere.
class RecordingVisitor : public dump::DumpVisitor {
public:
    QStringList events;
    QByteArray rows;
    qsizetype failAt = -1; ///< answer the event of that number with an Error

    Result<void> statement(const dump::DumpStatement &statement) override
    {
        return note(QStringLiteral("%1 %2 [%3]")
                        .arg(statement.line)
                        .arg(QString::fromUtf8(statement.sql), dump::kindWord(statement.kind)));
    }
    Result<void> copyBegin(const dump::CopyHeader &header) override
    {
        rows.clear();
        return note(QStringLiteral("%1 copy %2.%3")
                        .arg(header.statement.line)
                        .arg(header.schema, header.table));
    }
    Result<void> copyData(QByteArrayView data) override
    {
        rows.append(data);
        return {};
    }
    Result<void> copyEnd(qint64 count, qint64 bytes, qint64 line) override
    {
        return note(QStringLiteral("%1 end %2 rows %3 bytes: %4")
                        .arg(line)
                        .arg(count)
                        .arg(bytes)
                        .arg(QString::fromUtf8(rows)));
    }

private:
    Result<void> note(const QString &event)
    {
        if (events.size() == failAt)
            return failure({.kind = ErrorKind::Unreachable,
                            .subject = QStringLiteral("server"),
                            .detail = QStringLiteral("gone")});
        events.append(event);
        return {};
    }
};

/// Keeps the statements as they are.
class StatementList final : public RecordingVisitor {
public:
    QList<dump::DumpStatement> found;
    Result<void> statement(const dump::DumpStatement &statement) override
    {
        found.append(statement);
        return {};
    }
};

/// Text in memory, given out in portions.
class TextSource final : public archive::ByteSource {
public:
    explicit TextSource(QByteArray text, qsizetype portion = 1 << 20)
        : m_text(std::move(text)), m_portion(portion)
    {
    }
    Result<qsizetype> read(std::span<char> buffer) override
    {
        const qsizetype size =
            std::min({m_portion, m_text.size() - m_at, static_cast<qsizetype>(buffer.size())});
        std::copy_n(m_text.constData() + m_at, size, buffer.data());
        m_at += size;
        return size;
    }
    qint64 consumed() const override { return m_at; }
    qint64 total() const override { return m_text.size(); }
    QString format() const override { return QStringLiteral("plain"); }

private:
    QByteArray m_text;
    qsizetype m_portion;
    qsizetype m_at = 0;
};

} // namespace mayday::tests
