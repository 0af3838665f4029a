// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/awakening.h"

#include "core/latestop.h"
#include "postgres/quoting.h"
#include "restore/outgoingtriggers.h"
#include "restore/signins.h"

#include <utility>
#include <vector>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

Result<std::vector<postgres::Rows>>
askInPassing(postgres::Session &session, const QByteArrayList &questions, TaskContext &context)
{
    std::vector<QByteArray> all{
        "BEGIN READ ONLY", "SET LOCAL statement_timeout = '2s'", "SET LOCAL lock_timeout = '1s'",
        "SET LOCAL standard_conforming_strings = on", "SET LOCAL search_path = pg_catalog"};
    const auto before = std::ssize(all);
    all.insert(all.end(), questions.begin(), questions.end());
    all.emplace_back("ROLLBACK");
    auto answers = session.queryBatch(all, context);
    if (answers) {
        answers->erase(answers->begin(), answers->begin() + before);
        answers->pop_back();
        return answers;
    }
    if (session.isOpen() && session.inTransaction()) { // others use the session after us
        LateStop unstoppable(context);
        (void)session.execute("ROLLBACK", unstoppable.context());
    }
    return answers;
}

/// Together, which is one round trip; where that fails, each alone.
std::vector<Result<postgres::Rows>> askEach(postgres::Session &session,
                                            const QByteArrayList &questions, TaskContext &context)
{
    std::vector<Result<postgres::Rows>> answers;
    if (auto together = askInPassing(session, questions, context)) {
        for (postgres::Rows &rows : *together)
            answers.emplace_back(std::move(rows));
        return answers;
    }
    for (const QByteArray &question : questions)
        answers.push_back(askInPassing(session, {question}, context)
                              .transform([](std::vector<postgres::Rows> &&one) {
                                  return std::move(one.front());
                              }));
    return answers;
}

const QString triggersWord = QStringLiteral("triggers that call out");
const QString jobsWord = QStringLiteral("scheduled jobs");
const QString peopleWord = QStringLiteral("who is let in again");

} // namespace

Awakening::Awakening(QStringList schemas, QHash<QString, QString> keptNameOf)
    : m_schemas(std::move(schemas)), m_keptNameOf(std::move(keptNameOf))
{
}

QString Awakening::all()
{
    return triggersWord + u", "_s + jobsWord + u", "_s + peopleWord;
}

Afterwards Awakening::look(postgres::Session &live, TaskContext &context)
{
    const QStringList both = m_schemas + m_keptNameOf.values();
    const auto answers =
        askEach(live, {triggersQuestion(both), jobsQuestion(), SignIns::question(both)}, context);
    if (answers[0])
        lookAtTriggers(*answers[0], context);
    else
        miss(triggersWord, answers[0].error());
    if (answers[1])
        lookAtJobs(live, *answers[1], context);
    else
        miss(jobsWord, answers[1].error());
    if (answers[2])
        lookAtSignIns(live, *answers[2], context);
    else
        miss(peopleWord, answers[2].error());
    return std::move(m_seen);
}

void Awakening::miss(const QString &what, const Error &why)
{
    const bool isTooLong = why.kind == ErrorKind::Cancelled;
    m_seen.unseen.append(what + u": "_s +
                         (isTooLong ? u"it was not waited for any longer"_s : why.detail));
}

void Awakening::lookAtTriggers(const postgres::Rows &rows, TaskContext &context)
{
    QHash<QString, QString> themselves;
    for (const QString &schema : std::as_const(m_schemas))
        themselves.insert(schema, schema);
    const QList<OutgoingTrigger> now = triggersFrom(rows, themselves);
    if (m_before) {
        const auto there = askInPassing(*m_before, {triggersQuestion(m_schemas)}, context);
        if (!there)
            return miss(triggersWord, there.error());
        m_seen.found += shortened(awakened(triggersFrom(there->front(), themselves), now));
    } else if (!m_gone.isEmpty()) {
        m_seen.found += shortened(switchedOn(now));
    } else {
        QHash<QString, QString> liveNameOf;
        for (const auto &[live, kept] : std::as_const(m_keptNameOf).asKeyValueRange())
            liveNameOf.insert(kept, live);
        m_seen.found += shortened(awakened(triggersFrom(rows, liveNameOf), now));
    }
    m_seen.looked.append(triggersWord + u" by their own text"_s);
}

/// Whether there are jobs of pg_cron, and whether this login sees them all: its own rule lets
/// everybody see their own. The same of the table of those before, if they came with the backup.
QByteArray Awakening::jobsQuestion() const
{
    const QString kept = m_keptNameOf.value(u"cron"_s);
    const QByteArray before =
        kept.isEmpty()
            ? QByteArray("NULL")
            : "pg_catalog.to_regclass(" +
                  postgres::quoteLiteral((postgres::quoteIdentifier(kept) + u".job"_s).toUtf8()) +
                  ")";
    return "SELECT pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND"
           " pg_catalog.has_table_privilege(c.oid, 'SELECT'),"
           " NOT pg_catalog.row_security_active(c.oid), k.oid,"
           " pg_catalog.has_schema_privilege(k.relnamespace, 'USAGE') AND"
           " pg_catalog.has_table_privilege(k.oid, 'SELECT') AND"
           " NOT pg_catalog.row_security_active(k.oid)"
           " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
           " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'active'"
           " JOIN pg_catalog.pg_attribute i ON i.attrelid = c.oid AND i.attname = 'jobid'"
           " LEFT JOIN pg_catalog.pg_class k ON k.oid = " +
           before +
           "::pg_catalog.oid WHERE n.nspname = 'cron' AND c.relname = 'job'"
           " AND c.relkind = 'r'";
}

void Awakening::lookAtJobs(postgres::Session &live, const postgres::Rows &rows,
                           TaskContext &context)
{
    const QString looked = jobsWord + u" of pg_cron"_s;
    if (rows.rowCount() == 0)
        return m_seen.looked.append(looked);
    if (!rows.isTrue(0, 0))
        return m_seen.unseen.append(jobsWord + u": this login may not see cron.job"_s);
    const bool isCompared = !rows.isNull(0, 2);
    if (isCompared && !rows.isTrue(0, 3))
        return m_seen.unseen.append(jobsWord +
                                    u": this login may not see all that were there before"_s);
    QByteArray count = "SELECT pg_catalog.count(*) FROM cron.job j WHERE j.active";
    if (isCompared)
        count += " AND NOT EXISTS (SELECT FROM " +
                 postgres::quoteIdentifier(m_keptNameOf.value(u"cron"_s)).toUtf8() +
                 ".job o WHERE o.jobid = j.jobid AND o.active)";
    const auto counted = askInPassing(live, {count}, context);
    if (!counted)
        return miss(jobsWord, counted.error());
    if (rows.isTrue(0, 1))
        m_seen.looked.append(looked);
    else
        m_seen.unseen.append(jobsWord + u" of others: this login sees its own only"_s);
    const qint64 active = counted->front().integer(0, 0);
    if (active == 0)
        return;
    const QString said = active == 1 ? u"1 scheduled job of cron.job is active"_s
                                     : u"%1 scheduled jobs of cron.job are active"_s.arg(active);
    m_seen.found.append(said + (isCompared ? u" again"_s : u", with what was restored"_s));
}

void Awakening::lookAtSignIns(postgres::Session &live, const postgres::Rows &rows,
                              TaskContext &context)
{
    if (m_before || !m_gone.isEmpty())
        return m_seen.unseen.append(
            peopleWord + u": "_s +
            (m_before ? u"what was live before is in another database"_s : m_gone));
    if (m_keptNameOf.isEmpty())
        return; // nothing was there before, so everything came with the backup
    const SignIns signIns(rows, m_keptNameOf);
    m_seen.unseen += shortened(signIns.unseen());
    m_seen.looked.append(u"rows of tables that are called as those of users, keys or sessions"_s);
    QStringList told;
    const QByteArrayList questions = signIns.counts();
    for (qsizetype i = 0; i < questions.size(); ++i) {
        const auto counted = askInPassing(live, {questions[i]}, context);
        if (!counted)
            miss(signIns.nameOf(i), counted.error());
        else if (counted->front().isTrue(0, 0))
            m_seen.unseen.append(SignIns::tooLarge(signIns.nameOf(i)));
        else
            told += signIns.told(i, counted->front().integer(0, 1), counted->front().integer(0, 2));
    }
    m_seen.found += shortened(told);
}

} // namespace mayday::restore
