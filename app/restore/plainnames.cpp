// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/plainnames.h"

#include <utility>
#include <vector>

namespace mayday::restore {

namespace {

const size_t placeOfAnswer = 2;

std::vector<QByteArray> withPlainNames(const QByteArray &question)
{
    return {"SELECT pg_catalog.set_config('mayday.search_path',"
            " pg_catalog.current_setting('search_path'), true)",
            "SELECT pg_catalog.set_config('search_path', 'pg_catalog', true)", question,
            "SELECT pg_catalog.set_config('search_path',"
            " pg_catalog.current_setting('mayday.search_path'), true)"};
}

} // namespace

std::vector<postgres::Question> questionsWithPlainNames(const QByteArray &question)
{
    std::vector<postgres::Question> questions;
    for (const QByteArray &sql : withPlainNames(question))
        questions.push_back({.sql = sql});
    return questions;
}

Result<postgres::Rows> askWithPlainNames(postgres::Session &session, const QByteArray &question,
                                         TaskContext &context)
{
    std::vector<QByteArray> questions = withPlainNames(question);
    size_t asked = placeOfAnswer;
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
