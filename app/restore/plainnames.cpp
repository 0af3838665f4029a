// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/plainnames.h"

#include <utility>
#include <vector>

namespace mayday::restore {

Result<postgres::Rows> askWithPlainNames(postgres::Session &session, const QByteArray &question,
                                         TaskContext &context)
{
    std::vector<QByteArray> questions{
        "SELECT pg_catalog.set_config('mayday.search_path',"
        " pg_catalog.current_setting('search_path'), true)",
        "SELECT pg_catalog.set_config('search_path', 'pg_catalog', true)", question,
        "SELECT pg_catalog.set_config('search_path',"
        " pg_catalog.current_setting('mayday.search_path'), true)"};
    size_t asked = 2;
    if (!session.inTransaction()) {
        questions.insert(questions.begin(), "BEGIN");
        questions.emplace_back("ROLLBACK");
        ++asked;
    }
    auto answers = session.queryBatch(questions, context);
    if (!answers)
        return failure(answers.error());
    return std::move((*answers)[asked]);
}

} // namespace mayday::restore
