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

} // namespace

Awakening::Awakening(QStringList schemas, QHash<QString, QString> keptNameOf)
    : m_schemas(std::move(schemas)), m_keptNameOf(std::move(keptNameOf))
{
}

Afterwards Awakening::look(postgres::Session &live, TaskContext &context)
{
    QStringList both = m_schemas + m_keptNameOf.values();
    const auto answers = askInPassing(
        live, {triggersQuestion(both), SignIns::question(both), jobsQuestion()}, context);
    if (!answers) {
        m_seen.unseen.append(u"triggers that call out, scheduled jobs, and who is let in: %1"_s.arg(
            answers.error().detail));
        return std::move(m_seen);
    }
    lookAtTriggers(answers->at(0), context);
    const SignIns signIns(answers->at(1), m_keptNameOf);
    m_seen.unseen += shortened(signIns.unseen());
    if (m_isGone || m_before)
        m_seen.unseen.append(m_isGone ? u"who is let in again: what was live before is gone"_s
                                      : u"who is let in again: what was live before is in another "
                                        "database"_s);
    const QByteArray active = activeJobs(answers->at(2));
    const QByteArrayList counts = signIns.counts();
    const QByteArrayList questions = active.isEmpty() ? counts : counts + QByteArrayList{active};
    if (questions.isEmpty()) {
        lookAtJobs(answers->at(2), 0);
        return std::move(m_seen);
    }
    const auto counted = askInPassing(live, questions, context);
    if (!counted) {
        m_seen.unseen.append(
            u"scheduled jobs, and who is let in: %1"_s.arg(counted.error().detail));
        return std::move(m_seen);
    }
    QList<std::pair<qint64, qint64>> signedIn;
    for (size_t i = 0; i < static_cast<size_t>(counts.size()); ++i)
        signedIn.append({counted->at(i).integer(0, 0), counted->at(i).integer(0, 1)});
    m_seen.found += shortened(signIns.told(signedIn));
    lookAtJobs(answers->at(2), active.isEmpty() ? 0 : counted->back().integer(0, 0));
    return std::move(m_seen);
}

void Awakening::lookAtTriggers(const postgres::Rows &rows, TaskContext &context)
{
    QHash<QString, QString> themselves;
    for (const QString &schema : std::as_const(m_schemas))
        themselves.insert(schema, schema);
    const QList<OutgoingTrigger> now = triggersFrom(rows, themselves);
    if (m_isGone) {
        m_seen.found += shortened(switchedOn(now));
        return;
    }
    if (m_before) {
        const auto there = askInPassing(*m_before, {triggersQuestion(m_schemas)}, context);
        if (there)
            m_seen.found += shortened(awakened(triggersFrom(there->front(), themselves), now));
        else
            m_seen.unseen.append(u"triggers that call out: %1"_s.arg(there.error().detail));
        return;
    }
    QHash<QString, QString> liveNameOf;
    for (const auto &[live, kept] : std::as_const(m_keptNameOf).asKeyValueRange())
        liveNameOf.insert(kept, live);
    m_seen.found += shortened(awakened(triggersFrom(rows, liveNameOf), now));
}

/// Whether there are jobs of pg_cron that may be seen; and the table of those before, if they came
/// with the backup.
QByteArray Awakening::jobsQuestion() const
{
    const QString before =
        postgres::quoteIdentifier(m_keptNameOf.value(u"cron"_s, u"cron"_s)) + u".job"_s;
    const bool areKept = m_keptNameOf.contains(u"cron"_s);
    return "SELECT pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND"
           " pg_catalog.has_table_privilege(c.oid, 'SELECT'), " +
           (areKept ? "pg_catalog.to_regclass(" + postgres::quoteLiteral(before.toUtf8()) + ")"
                    : QByteArray("NULL")) +
           " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
           " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'active'"
           " JOIN pg_catalog.pg_attribute i ON i.attrelid = c.oid AND i.attname = 'jobid'"
           " WHERE n.nspname = 'cron' AND c.relname = 'job' AND c.relkind = 'r'";
}

QByteArray Awakening::activeJobs(const postgres::Rows &rows) const
{
    if (rows.rowCount() == 0 || !rows.isTrue(0, 0))
        return {};
    QByteArray count = "SELECT pg_catalog.count(*) FROM cron.job j WHERE j.active";
    if (rows.isNull(0, 1))
        return count;
    return count + " AND NOT EXISTS (SELECT FROM " +
           postgres::quoteIdentifier(m_keptNameOf.value(u"cron"_s)).toUtf8() +
           ".job o WHERE o.jobid = j.jobid AND o.active)";
}

void Awakening::lookAtJobs(const postgres::Rows &rows, qint64 active)
{
    if (rows.rowCount() > 0 && !rows.isTrue(0, 0))
        m_seen.unseen.append(u"scheduled jobs: this login may not see cron.job"_s);
    if (active == 0)
        return;
    const QString count = active == 1 ? u"1 scheduled job of cron.job is active"_s
                                      : u"%1 scheduled jobs of cron.job are active"_s.arg(active);
    m_seen.found.append(rows.isNull(0, 1) ? count + u", with what was restored"_s
                                          : count + u" again"_s);
}

} // namespace mayday::restore
