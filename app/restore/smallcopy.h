// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace mayday::restore {

/// The rows of a COPY block as one INSERT, which travels with other statements where a COPY costs
/// two round trips of its own. The server reads every value with the same input function.
/// Without rows: a SELECT of none, which fails where the COPY would.
///
/// copySql: "COPY public.t (a, b) FROM stdin", as pg_dump writes it. rows: COPY's text format.
/// Nothing when it cannot be said as an INSERT without doubt: options, no list of columns, a wrong
/// number of values, a zero byte, lines that end in CR LF, or bytes beyond ASCII while isUtf8 is
/// false (in other encodings a part of a letter may look like a quote). Then COPY itself has to do
/// it, and to say what is wrong.
[[nodiscard]] std::optional<QByteArray> insertFor(const QByteArray &copySql, QByteArrayView rows,
                                                  bool isUtf8);

} // namespace mayday::restore
