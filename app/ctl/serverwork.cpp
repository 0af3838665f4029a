// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/serverwork.h"

#include "core/log.h"

#include <QTextStream>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>

#ifndef Q_OS_WIN
#include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

std::atomic<bool> interrupted = false;

bool stdinIsTerminal()
{
#ifdef Q_OS_WIN
    return false;
#else
    return isatty(STDIN_FILENO) != 0;
#endif
}

/// libpq takes what the text leaves out from the environment, unseen. Here it is filled in first,
/// so that what is shown, confirmed and written down is the database that is changed.
Result<postgres::ConnectionString> completed(const postgres::ConnectionString &given)
{
    constexpr std::array<std::pair<const char *, const char *>, 4> parts{
        {{"host", "PGHOST"}, {"port", "PGPORT"}, {"user", "PGUSER"}, {"dbname", "PGDATABASE"}}};
    QString text = given.withoutPassword();
    for (const auto &[keyword, variable] : parts) {
        const auto isIt = [keyword](const auto &setting) {
            return setting.first == keyword;
        };
        QString value = qEnvironmentVariable(variable);
        if (value.isEmpty() || std::ranges::any_of(given.settings(), isIt))
            continue;
        value.replace(u'\\', u"\\\\"_s).replace(u'\'', u"\\'"_s);
        text += u" %1='%2'"_s.arg(QLatin1StringView(keyword), value);
    }
    return text == given.withoutPassword() ? given : postgres::ConnectionString::parse(text);
}

} // namespace

StopOnSignal::StopOnSignal()
{
    std::signal(SIGINT, [](int) { interrupted = true; });
    std::signal(SIGTERM, [](int) { interrupted = true; });
}

StopOnSignal::~StopOnSignal()
{
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

void StopOnSignal::look()
{
    if (interrupted)
        m_source.request_stop();
}

SignalWatcher::SignalWatcher(StopOnSignal &stop)
    : m_thread([&stop](const std::stop_token &ended) {
          std::mutex mutex;
          std::condition_variable_any woken;
          std::unique_lock lock(mutex);
          while (!ended.stop_requested()) {
              woken.wait_for(lock, ended, std::chrono::milliseconds(100), [] { return false; });
              stop.look();
          }
      })
{
}

Record::Record(const Call &call)
{
    auto journal = store::Journal::open(call.profile.journalFile(), call.clock);
    if (journal) {
        m_journal = *std::move(journal);
        return;
    }
    m_error = journal.error();
    call.output.say(u"warning: nothing is written to the record: %1"_s.arg(describe(m_error)));
}

void Record::write(const store::JournalDraft &draft)
{
    if (!m_journal)
        return;
    if (auto written = tryWrite(draft); !written)
        log::error(u"ctl", describe(written.error()));
}

Result<void> Record::tryWrite(const store::JournalDraft &draft)
{
    if (!m_journal)
        return failure(m_error);
    return m_journal->appendNow(withIncident(draft)).transform([](const store::JournalEvent &) {});
}

store::JournalDraft Record::withIncident(store::JournalDraft draft) const
{
    if (!draft.data["incident"_L1].toString().isEmpty() || draft.subject.isEmpty())
        return draft;
    const auto started =
        m_journal->read({.kindPrefix = u"restore.started"_s, .subject = draft.subject});
    if (started && !started->isEmpty())
        draft.data[u"incident"_s] = started->last().data["incident"_L1];
    return draft;
}

Result<postgres::ConnectionString> targetOf(QStringList &arguments)
{
    const auto text = takeOption(arguments, u"--target"_s);
    if (!text)
        return failure({.kind = ErrorKind::Refused,
                        .subject = u"usage"_s,
                        .detail = u"--target is missing"_s});
    return postgres::ConnectionString::parse(*text).and_then(filledIn);
}

Result<postgres::ConnectionString> filledIn(const postgres::ConnectionString &given)
{
    const auto target = completed(given);
    if (!target)
        return target;
    if (target->database().isEmpty())
        return failure({.kind = ErrorKind::Refused,
                        .subject = u"usage"_s,
                        .detail = u"--target names no database"_s});
    const QByteArray password = qgetenv("PGPASSWORD");
    const postgres::ConnectionString named = target->withDatabase(target->database());
    if (given.hasPassword())
        return named.withPassword(given.password());
    return password.isEmpty() ? named : named.withPassword(Secret(password));
}

bool isConfirmed(const Call &call, bool yes, const QString &what,
                 const postgres::ConnectionString &target)
{
    if (yes || !stdinIsTerminal())
        return yes;
    call.output.ask(what);
    call.output.ask(u"Type the name of the database (%1) to go on:"_s.arg(target.database()));
    QTextStream in(stdin);
    return in.readLine().trimmed() == target.database();
}

Error notConfirmed(const postgres::ConnectionString &target)
{
    return {.kind = ErrorKind::Refused,
            .subject = target.display(),
            .detail = u"not confirmed; without a terminal, say --yes"_s};
}

restore::TableName tableNameFrom(const QString &text)
{
    const bool isQualified = text.contains(u'.');
    return isQualified ? restore::TableName(text.section(u'.', 0, 0), text.section(u'.', 1))
                       : restore::TableName(u"public"_s, text);
}

QString asText(const restore::Comparison &comparison)
{
    const QString line =
        comparison.isCopy
            ? u"  %1.%2: %3 only in the backup, %4 written since, %5 changed since%6\n"_s
            : u"  %1.%2: %3 came after the backup, %4 only in the backup, %5 changed%6\n"_s;
    const QString notLive =
        comparison.isCopy ? u" (it is not there live)"_s : u" (the backup has no such table)"_s;
    QString text;
    for (const restore::TableComparison &table : comparison.tables) {
        if (table.isSame())
            continue;
        text += line.arg(table.pair.liveSchema, table.pair.name)
                    .arg(table.onlyKept)
                    .arg(table.onlyLive)
                    .arg(table.different)
                    .arg(table.pair.hasLive ? QString() : notLive);
    }
    if (text.isEmpty())
        return (comparison.isCopy
                    ? u"Nothing differs: %1 tables hold the same rows live as in the backup.\n"_s
                    : u"Nothing differs: %1 tables hold the same rows as before the restore.\n"_s)
            .arg(comparison.tables.size());
    return (comparison.isCopy ? u"%1 rows of the backup are not live now:\n"_s
                              : u"%1 rows came after the backup and are not live now:\n"_s)
               .arg(comparison.onlyKept()) +
           text;
}

QString errorAsText(const std::optional<Error> &error)
{
    if (!error)
        return {};
    QString text = describe(*error) + u'\n';
    if (error->advice)
        text += u"What to do: %1\n"_s.arg(adviceText(*error->advice));
    return text;
}

} // namespace mayday::ctl
