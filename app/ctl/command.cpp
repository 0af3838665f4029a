// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/command.h"

#include "restore/restorereceipt.h"

#include <QJsonDocument>

#include <cstdio>

#ifdef Q_OS_WIN
#include <io.h>
#else
#include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

bool stderrIsTerminal()
{
#ifdef Q_OS_WIN
    return _isatty(_fileno(stderr)) != 0;
#else
    return isatty(STDERR_FILENO) != 0;
#endif
}

void print(std::FILE *where, const QByteArray &bytes)
{
    std::fwrite(bytes.constData(), 1, static_cast<size_t>(bytes.size()), where);
    std::fflush(where);
}

} // namespace

void Output::answer(const QJsonObject &document, const QString &text) const
{
    if (m_json)
        print(stdout, QJsonDocument(document).toJson(QJsonDocument::Indented));
    else
        print(stdout, text.toUtf8());
}

ExitCode Output::fail(const Error &error, ExitCode code) const
{
    if (m_json) {
        print(stdout, QJsonDocument(QJsonObject{{u"error"_s, toJson(error)}}).toJson());
        return code;
    }
    QString text = u"maydayctl: %1\n"_s.arg(describe(error));
    if (error.advice)
        text += u"What to do: %1\n"_s.arg(adviceText(*error.advice));
    print(stderr, text.toUtf8());
    return code;
}

void Output::say(const QString &line) const
{
    if (!m_json)
        print(stderr, line.toUtf8() + '\n');
}

void Output::ask(const QString &line) const
{
    print(stderr, line.toUtf8() + '\n');
}

void Output::progress(const QString &phase, qint64 done, qint64 total) const
{
    if (m_progressJson) {
        const QJsonObject line{{u"phase"_s, phase}, {u"done"_s, done}, {u"total"_s, total}};
        print(stderr, QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n');
    } else if (!m_json && stderrIsTerminal()) {
        const QString share = total > 0 ? u"%1 %"_s.arg(done * 100 / total) : QString();
        print(stderr, u"\r%1 %2   "_s.arg(phase, share).toUtf8());
    }
}

void Output::endProgress() const
{
    if (!m_progressJson && !m_json && stderrIsTerminal())
        print(stderr, "\r\x1b[K");
}

const QList<Command> &commands()
{
    static const QList<Command> all = {
        {.name = u"inspect"_s,
         .usage = u"inspect FILE"_s,
         .summary = u"Read a backup to its end and say what is in it."_s,
         .options = {},
         .run = runInspect},
        {.name = u"restore"_s,
         .usage = u"restore FILE --target CONNINFO [--yes]"_s,
         .summary = u"Load a backup beside the live data, prove it, swap. The old data is kept."_s,
         .options = u"  --target CONNINFO  the database whose data is replaced\n"
                    "  --yes              do not ask\n"_s,
         .run = runRestore},
        {.name = u"put-back"_s,
         .usage = u"put-back --target CONNINFO [--restore ID] [--yes]"_s,
         .summary = u"Undo the last restore: the kept data takes its old place."_s,
         .options = u"  --target CONNINFO  the database that was restored\n"
                    "  --restore ID       which restore; without it, the last one\n"
                    "  --yes              do not ask\n"_s,
         .run = runPutBack},
        {.name = u"compare"_s,
         .usage = u"compare --target CONNINFO [--restore ID]"_s,
         .summary = u"Count what came after the backup and went with the last restore."_s,
         .options = u"  --target CONNINFO  the database that was restored\n"
                    "  --restore ID       which restore; without it, the last one\n"_s,
         .run = runCompare},
        {.name = u"bring-back"_s,
         .usage = u"bring-back --target CONNINFO --table NAME=add [--table ...] [--yes]"_s,
         .summary = u"Bring rows that came after the backup into the restored tables, proven."_s,
         .options = u"  --target CONNINFO  the database that was restored\n"
                    "  --table NAME=add     the rows that only the earlier state has\n"
                    "  --table NAME=before  exactly the rows of the earlier state\n"
                    "  --restore ID       which restore; without it, the last one\n"
                    "  --yes              do not ask\n"_s,
         .run = runBringBack},
        {.name = u"kept"_s,
         .usage = u"kept --target CONNINFO"_s,
         .summary = u"List the earlier data that restores keep in a database, with sizes."_s,
         .options = u"  --target CONNINFO  the database that was restored\n"_s,
         .run = runKept},
        {.name = u"discard"_s,
         .usage = u"discard NAME --target CONNINFO [--yes]"_s,
         .summary = u"Drop one of them for good, when nothing uses it any more."_s,
         .options = u"  --target CONNINFO  the database that was restored\n"
                    "  --yes              do not ask\n"_s,
         .run = runDiscard},
        {.name = u"status"_s,
         .usage = u"status [--stack FILE]"_s,
         .summary = u"Probe the stack and read its providers once: us or them."_s,
         .options = u"  --stack FILE       a stack.yaml; without it, that of the profile\n"_s,
         .run = runStatus},
        {.name = u"runbook"_s,
         .usage = u"runbook check FILE"_s,
         .summary = u"Say what in a runbook Mayday cannot use."_s,
         .options = {},
         .run = runRunbook},
    };
    return all;
}

ExitCode usageError(const Call &call, const QString &reason)
{
    return call.output.fail({.kind = ErrorKind::Refused,
                             .subject = u"usage"_s,
                             .detail = reason + u" (see maydayctl --help)"_s},
                            ExitCode::Usage);
}

std::optional<QString> takeOption(QStringList &arguments, const QString &name)
{
    const QString joined = name + u'=';
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        if (arguments[i].startsWith(joined))
            return arguments.takeAt(i).mid(joined.size());
        if (arguments[i] == name && i + 1 < arguments.size()) {
            arguments.removeAt(i);
            return arguments.takeAt(i);
        }
    }
    return std::nullopt;
}

bool takeFlag(QStringList &arguments, const QString &name)
{
    return arguments.removeAll(name) > 0;
}

std::optional<QString> unknownOption(const QStringList &arguments)
{
    for (const QString &argument : arguments) {
        if (argument.size() > 1 && argument.startsWith(u'-'))
            return argument;
    }
    return std::nullopt;
}

} // namespace mayday::ctl
