// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/bytesource.h"

#include <QFile>

namespace mayday::archive {

/// The bytes of a file as they are. Owns the open file.
class FileSource final : public ByteSource {
public:
    /// NotFound, Denied, or Refused for what is not a regular file.
    [[nodiscard]] static Result<std::unique_ptr<FileSource>> open(const QString &path);

    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override;
    /// By moving on in the file.
    [[nodiscard]] Result<qint64> skip(qint64 bytes) override;
    [[nodiscard]] qint64 consumed() const override { return m_consumed; }
    [[nodiscard]] qint64 total() const override { return m_total; }
    [[nodiscard]] QString format() const override;

    [[nodiscard]] const QString &path() const { return m_path; }
    /// Goes on reading from there; at the end when that is behind it.
    [[nodiscard]] Result<void> moveTo(qint64 offset);
    /// The next bytes, without taking them.
    [[nodiscard]] QByteArray peek(qsizetype size);

private:
    explicit FileSource(const QString &path);

    QString m_path;
    QFile m_file;
    qint64 m_total = 0;
    qint64 m_consumed = 0;
};

} // namespace mayday::archive
