// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace mayday::report {

/// Builds GitHub-flavoured Markdown. Secrets are taken out of the text and the rest is escaped, so
/// that what people typed stays text.
class MarkdownWriter final {
public:
    void heading(int level, const QString &text);
    void paragraph(const QString &text);
    void bullet(const QString &text);
    /// An open box.
    void task(const QString &text);
    void table(const QStringList &header, const QList<QStringList> &rows);
    [[nodiscard]] const QString &text() const { return m_text; }

    /// One line without anything Markdown or HTML would take for its own.
    [[nodiscard]] static QString escaped(const QString &plain);

private:
    [[nodiscard]] static QString safe(const QString &plain);
    void endList();

    QString m_text;
    bool m_inList = false;
};

} // namespace mayday::report
