// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of Session::Link that move many messages: COPY streams and pipelines.
#include "postgres/serverlink.h"

#include <algorithm>
#include <ranges>

using namespace Qt::StringLiterals;

namespace mayday::postgres {

Error Session::Link::copyRefused(TaskContext &context)
{
    copyingIn = false;
    unsent = 0;
    const Result<Answer> answer = finish(context);
    return answer ? lostError() : answer.error();
}

Result<void> Session::Link::streamCopyOut(const std::function<Result<void>(QByteArrayView)> &sink,
                                          TaskContext &context)
{
    for (;;) {
        char *bytes = nullptr;
        const int size = PQgetCopyData(m_connection, &bytes, 1);
        const std::unique_ptr<char, decltype(&PQfreemem)> owner(bytes, &PQfreemem);
        if (size < 0)
            return {};
        if (context.stopRequested())
            return failure(stopped(u"the rows received so far are incomplete"_s));
        if (size == 0) {
            if (const Result<void> more = waitForInput(context); !more)
                return more;
            continue;
        }
        if (const Result<void> taken = sink(QByteArrayView(bytes, size)); !taken) {
            cancelAndSettle();
            return taken;
        }
    }
}

bool Session::Link::send(const Question &question)
{
    std::vector<const char *> values;
    values.reserve(question.parameters.size());
    for (const QByteArray &parameter : question.parameters)
        values.push_back(parameter.isNull() ? nullptr : parameter.constData());
    return PQsendQueryParams(m_connection, question.sql.constData(),
                             static_cast<int>(values.size()), nullptr, values.data(), nullptr,
                             nullptr, 0) == 1;
}

std::optional<Rows> Session::Link::takeAnswer(QByteArrayView sql,
                                              std::span<const QByteArray> parameters)
{
    const auto asked = std::ranges::find_if(ahead, [&](const auto &one) {
        return one.first.sql == sql && std::ranges::equal(one.first.parameters, parameters);
    });
    if (asked == ahead.end())
        return std::nullopt;
    Rows rows = std::move(asked->second);
    ahead.erase(asked);
    return rows;
}

bool Session::Link::takeAnswers(std::span<const QByteArray> questions, std::vector<Rows> &answers)
{
    // They were asked one behind the other, as they are asked now.
    const auto first =
        std::ranges::search(ahead, questions, [](const auto &one, const QByteArray &sql) {
            return one.first.sql == sql && one.first.parameters.empty();
        });
    if (questions.empty() || first.empty())
        return false;
    for (auto &one : first)
        answers.push_back(std::move(one.second));
    ahead.erase(first.begin(), first.end());
    return true;
}

Result<void> Session::Link::runPipeline(std::span<const Question> questions,
                                        const AnswerSink &onAnswer, TaskContext &context)
{
    for (const Question &question : questions) {
        if (const auto ready = readyFor(question.sql, context); !ready)
            return failure(ready.error());
    }
    if (questions.empty())
        return {};
    if (PQenterPipelineMode(m_connection) != 1)
        return failure(lostError());
    for (const Question &question : questions) {
        if (!send(question))
            return failure(lostError());
    }
    if (PQpipelineSync(m_connection) != 1)
        return failure(lostError());
    std::optional<Error> firstError;
    for (;;) {
        Result<Answer> answer = next(context);
        if (!answer)
            return failure(answer.error());
        if (!*answer) {
            // The end of one statement; after a loss it is the end of everything.
            if (PQstatus(m_connection) == CONNECTION_BAD)
                return failure(firstError.value_or(lostError()));
            continue;
        }
        const ExecStatusType status = PQresultStatus(answer->get());
        if (status == PGRES_PIPELINE_SYNC)
            break;
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY)
            onAnswer(*answer);
        else if (status != PGRES_PIPELINE_ABORTED && !firstError)
            firstError = errorOf(answer->get());
    }
    PQexitPipelineMode(m_connection);
    if (firstError)
        return failure(*firstError);
    return {};
}

} // namespace mayday::postgres
