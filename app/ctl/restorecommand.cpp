// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log.h"
#include "ctl/command.h"
#include "restore/restorerecord.h"
#include "restore/restorerunner.h"
#include "store/journal.h"

#include <QFile>
#include <QFileInfo>
#include <QTextStream>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

#ifndef Q_OS_WIN
#include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

std::atomic<bool> interrupted = false;

/// Ctrl+C and SIGTERM ask the work to stop; it rolls back and says so.
class StopOnSignal final {
public:
    StopOnSignal()
    {
        std::signal(SIGINT, [](int) { interrupted = true; });
        std::signal(SIGTERM, [](int) { interrupted = true; });
    }
    [[nodiscard]] TaskContext context() { return TaskContext(m_source.get_token()); }
    [[nodiscard]] std::stop_source &source() { return m_source; }

private:
    std::stop_source m_source;
};

/// Watches the worker from beside it: passes signals on and progress out, five times a second.
class Watcher final {
public:
    Watcher(StopOnSignal &stop, const Latest<restore::RestoreProgress> &progress,
            const Output &output)
        : m_thread([&stop, progress, output](const std::stop_token &ended) {
              std::mutex mutex;
              std::condition_variable_any woken;
              std::unique_lock lock(mutex);
              while (!ended.stop_requested()) {
                  woken.wait_for(lock, ended, std::chrono::milliseconds(200), [] { return false; });
                  if (interrupted)
                      stop.source().request_stop();
                  report(progress.read(), output);
              }
          })
    {
    }

private:
    static void report(const restore::RestoreProgress &at, const Output &output)
    {
        using restore::RestorePhase;
        switch (at.phase) {
        case RestorePhase::Inspecting:
            return output.progress(u"inspect"_s, at.bytesDone, at.bytesTotal);
        case RestorePhase::Loading: return output.progress(u"load"_s, at.bytesDone, at.bytesTotal);
        case RestorePhase::Proving:
            return output.progress(u"prove"_s, at.tablesDone, at.tablesTotal);
        default: return;
        }
    }

    std::jthread m_thread;
};

bool stdinIsTerminal()
{
#ifdef Q_OS_WIN
    return false;
#else
    return isatty(STDIN_FILENO) != 0;
#endif
}

/// The name is typed, as in the window: Enter alone never replaces anything.
bool isConfirmed(const Call &call, const QString &what, const QString &name)
{
    if (!stdinIsTerminal())
        return false;
    call.output.ask(what);
    call.output.ask(u"Type the name of the database (%1) to go on:"_s.arg(name));
    QTextStream in(stdin);
    return in.readLine().trimmed() == name;
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

Result<postgres::ConnectionString> targetOf(QStringList &arguments)
{
    const auto text = takeOption(arguments, u"--target"_s);
    if (!text)
        return failure({.kind = ErrorKind::Refused,
                        .subject = u"usage"_s,
                        .detail = u"--target is missing"_s});
    const auto given = postgres::ConnectionString::parse(*text);
    if (!given)
        return given;
    const auto target = completed(*given);
    if (!target)
        return target;
    if (target->database().isEmpty())
        return failure({.kind = ErrorKind::Refused,
                        .subject = u"usage"_s,
                        .detail = u"--target names no database"_s});
    const QByteArray password = qgetenv("PGPASSWORD");
    const postgres::ConnectionString named = target->withDatabase(target->database());
    if (given->hasPassword())
        return named.withPassword(given->password());
    return password.isEmpty() ? named : named.withPassword(Secret(password));
}

/// The record is worth having and never worth more than the data: without it the work goes on.
class Record final {
public:
    explicit Record(const Call &call)
    {
        auto journal = store::Journal::open(call.profile.journalFile(), call.clock);
        if (journal)
            m_journal = *std::move(journal);
        else
            call.output.say(
                u"warning: nothing is written to the record: %1"_s.arg(describe(journal.error())));
    }
    void write(const store::JournalDraft &draft)
    {
        if (!m_journal)
            return;
        if (auto written = m_journal->appendNow(draft); !written)
            log::error(u"ctl", describe(written.error()));
    }

private:
    std::unique_ptr<store::Journal> m_journal;
};

ExitCode exitCodeOf(restore::Verdict verdict, bool somethingLeft)
{
    switch (verdict) {
    case restore::Verdict::Proven: return ExitCode::Done;
    case restore::Verdict::Differences: return ExitCode::DoneWithDifferences;
    case restore::Verdict::NotRestored: break;
    }
    return somethingLeft ? ExitCode::NotDoneAndLeft : ExitCode::NotDone;
}

QString leftAsText(const QList<restore::Leftover> &left)
{
    QString text;
    for (const restore::Leftover &one : left) {
        text += u"left: %1\n"_s.arg(one.what);
        if (!one.removeWith.isEmpty())
            text += u"      remove it with: %1\n"_s.arg(one.removeWith);
    }
    return text;
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

QString asText(const restore::RestoreReceipt &receipt)
{
    QString text;
    switch (receipt.verdict) {
    case restore::Verdict::Proven:
        text = u"Proven: %1 tables, %2 rows, in %3 s.\n"_s.arg(receipt.tables.size())
                   .arg(receipt.rowsRestored())
                   .arg(receipt.seconds, 0, 'f', 1);
        break;
    case restore::Verdict::Differences:
        text = u"Restored with differences; they are named below.\n"_s;
        break;
    case restore::Verdict::NotRestored:
        text =
            receipt.left.isEmpty() ? u"Not restored. Nothing changed.\n"_s : u"Not restored.\n"_s;
        break;
    }
    text += errorAsText(receipt.error);
    for (const restore::TableResult &table : receipt.tables)
        text += u"  %1.%2: %3 in the dump, %4 after: %5 %6\n"_s.arg(table.schema, table.name)
                    .arg(table.rowsInDump)
                    .arg(table.rowsAfter)
                    .arg(verdictKey(table.verdict), table.note);
    for (const QString &note : receipt.notes)
        text += u"note: %1\n"_s.arg(note);
    return text + leftAsText(receipt.left);
}

} // namespace

ExitCode runRestore(const Call &call)
{
    QStringList arguments = call.arguments;
    const bool yes = takeFlag(arguments, u"--yes"_s);
    const auto target = targetOf(arguments);
    if (!target)
        return usageError(call, target.error().detail);
    if (const auto unknown = unknownOption(arguments))
        return usageError(call, u"restore does not know %1"_s.arg(*unknown));
    if (arguments.size() != 1)
        return usageError(call, u"restore takes one file"_s);
    restore::RestorePlan plan{.id = restore::freshRestoreId(call.clock.now()),
                              .file = QFileInfo(arguments.front()).absoluteFilePath(),
                              .target = *target,
                              .environment = {},
                              .plannedAt = call.clock.now()};
    if (!QFile::exists(plan.file))
        return call.output.fail({.kind = ErrorKind::NotFound,
                                 .subject = plan.file,
                                 .detail = u"there is no such file"_s});
    if (!yes && !isConfirmed(call, u"This replaces the data in %1."_s.arg(target->display()),
                             target->database()))
        return call.output.fail({.kind = ErrorKind::Refused,
                                 .subject = target->display(),
                                 .detail = u"not confirmed; without a terminal, say --yes"_s},
                                ExitCode::NotDone);
    StopOnSignal stop;
    Latest<restore::RestoreProgress> progress;
    TaskContext context = stop.context();
    Record record(call);
    record.write(restore::startedDraft(plan));
    restore::RestoreReceipt receipt;
    {
        const Watcher watcher(stop, progress, call.output);
        receipt = restore::RestoreRunner(plan, call.clock, progress).run(std::nullopt, context);
    }
    call.output.endProgress();
    record.write(restore::finishedDraft(plan, receipt));
    call.output.answer(restore::toJson(receipt), asText(receipt));
    return exitCodeOf(receipt.verdict, !receipt.left.isEmpty());
}

ExitCode runPutBack(const Call &call)
{
    QStringList arguments = call.arguments;
    const bool yes = takeFlag(arguments, u"--yes"_s);
    const QString restore = takeOption(arguments, u"--restore"_s).value_or(QString());
    const auto target = targetOf(arguments);
    if (!target)
        return usageError(call, target.error().detail);
    if (!arguments.isEmpty())
        return usageError(call, u"put-back does not know %1"_s.arg(arguments.front()));
    if (!yes && !isConfirmed(call, u"This puts the kept data back in %1."_s.arg(target->display()),
                             target->database()))
        return call.output.fail({.kind = ErrorKind::Refused,
                                 .subject = target->display(),
                                 .detail = u"not confirmed; without a terminal, say --yes"_s},
                                ExitCode::NotDone);
    StopOnSignal stop;
    TaskContext context = stop.context();
    const Latest<restore::RestoreProgress> silent;
    restore::PutBackReceipt receipt;
    {
        const Watcher watcher(stop, silent, call.output);
        receipt = restore::putBack(*target, restore, call.clock.now(), context);
    }
    Record(call).write(restore::putBackDraft(restore, {}, receipt));
    QString text = receipt.verdict == restore::Verdict::Proven
                       ? u"Put back: schema %1.\n"_s.arg(receipt.schemas.join(u", "_s))
                       : u"Not put back. Nothing changed.\n"_s;
    text += errorAsText(receipt.error) + leftAsText(receipt.left);
    call.output.answer(restore::toJson(receipt), text);
    return exitCodeOf(receipt.verdict, false);
}

} // namespace mayday::ctl
