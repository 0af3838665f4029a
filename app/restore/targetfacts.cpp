// SPDX-License-Identifier: GPL-3.0-or-later
// What the load wants to know of the server, asked before it.
#include "restore/databasething.h"
#include "restore/preflight.h"

#include <vector>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

QSet<QString> names(const postgres::Rows &rows)
{
    QSet<QString> all;
    for (int i = 0; i < rows.rowCount(); ++i)
        all.insert(rows.text(i, 0));
    return all;
}

struct NamesOf {
    QSet<QString> TargetFacts::*answer;
    const char *sql;
};
constexpr NamesOf namesOf[] = {
    {&TargetFacts::settings, "SELECT name FROM pg_catalog.pg_settings"},
    {&TargetFacts::roles, "SELECT rolname FROM pg_catalog.pg_roles"},
    {&TargetFacts::logins, "SELECT rolname FROM pg_catalog.pg_roles WHERE rolcanlogin"},
    {&TargetFacts::rolesWeMayUse,
     "SELECT rolname FROM pg_catalog.pg_roles WHERE pg_catalog.pg_has_role(oid, CASE WHEN"
     " pg_catalog.current_setting('server_version_num')::int < 160000 THEN 'MEMBER'"
     " ELSE 'SET' END)"},
    {&TargetFacts::schemasWeOwn,
     "SELECT nspname FROM pg_catalog.pg_namespace WHERE pg_catalog.pg_has_role(nspowner,"
     " 'USAGE') AND nspname !~ '^pg_' AND nspname <> 'information_schema'"},
    {&TargetFacts::standing,
     "SELECT 'publication ' || pubname FROM pg_catalog.pg_publication UNION ALL"
     " SELECT 'event trigger ' || evtname FROM pg_catalog.pg_event_trigger"},
    {&TargetFacts::extensions, "SELECT extname FROM pg_catalog.pg_extension"},
    {&TargetFacts::availableExtensions, "SELECT name FROM pg_catalog.pg_available_extensions"},
    // Before PostgreSQL 13 nothing is trusted.
    {&TargetFacts::guardedExtensions,
     "SELECT a.name FROM pg_catalog.pg_available_extensions a"
     " JOIN pg_catalog.pg_available_extension_versions v"
     " ON v.name = a.name AND v.version = a.default_version WHERE v.superuser"
     " AND NOT coalesce((pg_catalog.to_jsonb(v) ->> 'trusted')::boolean, false)"},
};

const postgres::Question extensionComments{
    .sql = "SELECT a.name, CASE WHEN e.oid IS NULL THEN a.comment ELSE"
           " pg_catalog.obj_description(e.oid, 'pg_extension') END"
           " FROM pg_catalog.pg_available_extensions a"
           " LEFT JOIN pg_catalog.pg_extension e ON e.extname = a.name"};

std::vector<QByteArray> questionsOfNames()
{
    std::vector<QByteArray> texts;
    for (const NamesOf &question : namesOf)
        texts.emplace_back(question.sql);
    return texts;
}

} // namespace

std::vector<postgres::Question> targetQuestions(const QStringList &schemas)
{
    std::vector<postgres::Question> questions;
    for (const QByteArray &sql : questionsOfNames())
        questions.push_back({.sql = sql});
    questions.push_back(thingsQuestion(schemas));
    questions.push_back(extensionComments);
    return questions;
}

Result<TargetFacts> targetFacts(postgres::Session &session, const QStringList &schemas,
                                TaskContext &context)
{
    const auto answers = session.queryBatch(questionsOfNames(), context);
    if (!answers)
        return failure(answers.error());
    TargetFacts facts;
    facts.isSuperuser = session.facts().isSuperuser;
    for (size_t i = 0; i < answers->size(); ++i)
        facts.*namesOf[i].answer = names((*answers)[i]);
    facts.host = hostProfile({.logins = facts.logins,
                              .settings = facts.settings,
                              .user = session.facts().user,
                              .isSuperuser = facts.isSuperuser});
    auto things = databaseThings(session, schemas, context);
    if (!things)
        return failure(things.error());
    facts.databaseThings = *std::move(things);
    const auto comments = session.query(extensionComments, context);
    if (!comments)
        return failure(comments.error());
    for (int i = 0; i < comments->rowCount(); ++i)
        facts.comments.insert(comments->text(i, 0), comments->text(i, 1));
    return facts;
}

Result<void> leaveOutWhoMayNot(postgres::Session &session, const QSet<QString> &schemas,
                               TargetFacts &facts, TaskContext &context)
{
    for (const QString &schema : schemas) {
        const QByteArray name = schema.toUtf8();
        const auto rows = session.query(
            "SELECT r.rolname FROM pg_catalog.pg_roles r, pg_catalog.pg_namespace n"
            " WHERE n.nspname = $1 AND NOT pg_catalog.has_schema_privilege(r.oid, n.oid, 'CREATE')",
            {&name, 1}, context);
        if (!rows)
            return failure(rows.error());
        for (int i = 0; i < rows->rowCount(); ++i)
            facts.rolesWeMayUse.remove(rows->text(i, 0));
    }
    return {};
}

Result<QSet<QByteArray>> largeObjects(postgres::Session &session, TaskContext &context)
{
    const auto rows = session.query("SELECT oid FROM pg_catalog.pg_largeobject_metadata", context);
    if (!rows)
        return failure(rows.error());
    QSet<QByteArray> numbers;
    numbers.reserve(rows->rowCount());
    for (int i = 0; i < rows->rowCount(); ++i)
        numbers.insert(rows->text(i, 0).toLatin1());
    return numbers;
}

} // namespace mayday::restore
