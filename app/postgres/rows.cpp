// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/rows.h"

#include <libpq-fe.h>

namespace mayday::postgres {

void Rows::Clear::operator()(pg_result *result) const
{
    PQclear(result);
}

Rows::Rows(pg_result *result) : m_result(result) {}

int Rows::rowCount() const
{
    return m_result ? PQntuples(m_result.get()) : 0;
}

int Rows::columnCount() const
{
    return m_result ? PQnfields(m_result.get()) : 0;
}

QString Rows::columnName(int column) const
{
    return column >= 0 && column < columnCount()
               ? QString::fromUtf8(PQfname(m_result.get(), column))
               : QString();
}

bool Rows::holds(int row, int column) const
{
    const bool inside = row >= 0 && row < rowCount() && column >= 0 && column < columnCount();
    Q_ASSERT_X(inside, "Rows", "a row or column that is not there");
    return inside;
}

bool Rows::isNull(int row, int column) const
{
    return !holds(row, column) || PQgetisnull(m_result.get(), row, column) == 1;
}

QByteArrayView Rows::value(int row, int column) const
{
    if (isNull(row, column))
        return {};
    return {PQgetvalue(m_result.get(), row, column), PQgetlength(m_result.get(), row, column)};
}

Cell Rows::cell(int row, int column) const
{
    return isNull(row, column) ? Cell() : Cell(value(row, column).toByteArray());
}

QString Rows::text(int row, int column) const
{
    return QString::fromUtf8(value(row, column));
}

qint64 Rows::integer(int row, int column) const
{
    return value(row, column).toLongLong();
}

bool Rows::isTrue(int row, int column) const
{
    return value(row, column) == "t";
}

} // namespace mayday::postgres
