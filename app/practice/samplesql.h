// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>

namespace mayday::practice {

/// Tables, types, functions and the like of the marketplace, in schema public.
[[nodiscard]] QByteArray sampleSchemaSql();
/// How much is in the sample. Small: an eighth, for those who make a world and look at something
/// else than its rows.
enum class SampleSize { Whole, Small };

/// Over 90,000 rows that end at that moment: nothing in them is younger.
[[nodiscard]] QByteArray sampleRowsSql(const QDateTime &end, SampleSize size = SampleSize::Whole);
/// A morning's work after a backup: new products, orders and events between the two moments.
[[nodiscard]] QByteArray sampleNewerRowsSql(const QDateTime &begin, const QDateTime &end);

} // namespace mayday::practice
