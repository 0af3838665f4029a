// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>
#include <QStringList>

namespace mayday::restore {

/// The first words of a statement as PostgreSQL reads them: comments and white space skipped, bare
/// words folded to lower case, quoted identifiers unquoted, other characters one word each. String
/// literals come out as one word with their leading quote ("'abc"). Stops at the limit.
[[nodiscard]] QStringList leadingWords(QByteArrayView sql, qsizetype limit);
/// Whether a statement that begins with this word changes rows that are there.
[[nodiscard]] bool changesRows(const QString &firstWord);
/// The last words, by the same rules; for "... OWNER TO app" and "... TO app".
[[nodiscard]] QStringList allWords(QByteArrayView sql);
/// Names as string literals, for what stands between the brackets of "IN (...)"; without any, what
/// nothing is equal to.
[[nodiscard]] QByteArray quotedList(const QStringList &names);

} // namespace mayday::restore
