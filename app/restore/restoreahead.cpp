// SPDX-License-Identifier: GPL-3.0-or-later
// RestoreRunner's way of asking together, in one round trip, what it wants to know at one moment:
// the parts that take the answers do not know of each other.
#include "postgres/catalog.h"
#include "restore/dependents.h"
#include "restore/partitions.h"
#include "restore/platform.h"
#include "restore/restorerunner.h"

#include <algorithm>
#include <iterator>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using postgres::Question;

void append(std::vector<Question> &to, std::vector<Question> more)
{
    std::ranges::move(more, std::back_inserter(to));
}

} // namespace

bool RestoreRunner::isBesideSchema() const
{
    return m_plan.mode == RestoreMode::Replace || m_plan.mode == RestoreMode::Copy;
}

Result<void> RestoreRunner::askAtFirst(postgres::Session &session, TaskContext &context) const
{
    if (!isBesideSchema())
        return checkNoPooler(session, m_plan, context);
    if (const auto reason = m_plan.target.looksLikeTransactionPooler())
        return failure(poolerError(session, u" (%1)"_s.arg(*reason)));
    std::vector<Question> questions{postgres::markSessionQuestion(session)};
    for (const QString &schema : m_plan.leaveOut)
        questions.push_back(postgres::schemaExistsQuestion(schema));
    append(questions, platformQuestions(m_inspection.schemas));
    append(questions, rightsQuestions(m_inspection.schemas));
    append(questions, targetQuestions(m_inspection.schemas));
    if (m_plan.mode == RestoreMode::Replace)
        questions.push_back(dependentsQuestion(m_inspection.schemas));
    return session.askAhead(questions, context);
}

/// From here on it is one backend. Whether it is the one that has the session's settings is seen
/// here, so that nobody has to look for a pooler before.
Result<void> RestoreRunner::begin(postgres::Session &session, TaskContext &context) const
{
    // Somebody else's open change of the same schema must not hold us, and with us them, for ever.
    const QByteArray patience = "SET LOCAL lock_timeout = '5s'";
    // What comes after the locks has to be seen, whatever the role's own default says.
    const QByteArray begin = "BEGIN ISOLATION LEVEL READ COMMITTED";
    if (!isBesideSchema()) {
        return session.execute(begin + "; " + patience, context).and_then([&](qint64) {
            return lockForRestore(session, context);
        });
    }
    const std::vector<Question> questions{{.sql = begin},
                                          {.sql = patience},
                                          lockQuestion(),
                                          postgres::isMarkedQuestion(),
                                          DefaultRights::question({})};
    if (auto asked = session.askAhead(questions, context); !asked)
        return asked;
    if (auto locked = lockForRestore(session, context); !locked)
        return locked;
    return postgres::isMarked(session, context).and_then([&](bool isMarked) -> Result<void> {
        return isMarked ? Result<void>() : failure(poolerError(session, {}));
    });
}

Result<void> RestoreRunner::askBeforeTheMove(postgres::Session &session, TaskContext &context) const
{
    if (!isBesideSchema())
        return {};
    RestorePlan naming = m_plan;
    naming.mode = RestoreMode::Replace;
    std::vector<Question> questions;
    if (m_plan.mode != RestoreMode::Copy)
        append(questions, Access::questions(m_inspection.schemas));
    // What is asked of the others would be forgotten when the first of them moves.
    const QString &first = m_inspection.schemas.first();
    questions.push_back(postgres::schemaExistsQuestion(first));
    questions.push_back(postgres::schemaExistsQuestion(naming.keptSchemaName(first)));
    questions.push_back(SchemaProperties::question(first));
    append(questions, moveAsideQuestions(first));
    return session.askAhead(questions, context);
}

std::vector<postgres::Question> RestoreRunner::questionsBehindProof() const
{
    std::vector<Question> questions{aboveForeignQuestion()};
    if (m_plan.mode != RestoreMode::Copy && m_plan.mode != RestoreMode::Tables)
        append(questions, Access::questions(m_inspection.schemas));
    if (m_manifest)
        questions.push_back(backup::schemaObjectsQuestion(m_inspection.schemas));
    return questions;
}

} // namespace mayday::restore
