// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/unpackfolder.h"
#include "core/log.h"
#include "ctl/command.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;

namespace {

using namespace mayday;
using namespace mayday::ctl;

constexpr auto commonOptions =
    "  --json             one JSON document on standard output\n"
    "  --progress json    progress as JSON lines on standard error\n"
    "  --profile DIR      keep everything below DIR (record, backups, log)\n"_L1;

constexpr auto notes =
    "\nCONNINFO is what psql takes: \"host=db user=app dbname=shop\" or "
    "postgresql://app@db/shop.\n"
    "The password comes from PGPASSWORD or ~/.pgpass; keep it off the command line.\n"
    "Without --yes, restore, put-back, bring-back and discard ask on the terminal; without\n"
    "one they refuse.\n"
    "\nExit codes:\n"
    "  0  done and proven\n"
    "  1  done, with differences; each is named\n"
    "  2  not done; nothing changed\n"
    "  3  not done, and something is left; the text says what and how to remove it\n"
    "  64 the call's words are off\n"_L1;

QString helpText()
{
    QString text =
        u"Usage: maydayctl COMMAND [OPTIONS]\n\n"
        "Mayday without a window: the same engine, for scripts, timers and other machines.\n\n"
        "Commands:\n"_s;
    for (const Command &command : commands())
        text += u"  %1\n      %2\n"_s.arg(command.usage, command.summary);
    return text + u"\nOptions:\n"_s + commonOptions +
           u"  --version          the version\n"
           "  --help             this text; after a command, what that one takes\n"_s +
           notes +
           u"\nExamples:\n"
           "  maydayctl inspect shop.sql.gz --json\n"
           "  maydayctl restore shop.sql.gz --target postgresql://app@localhost/shop\n"
           "  maydayctl put-back --target postgresql://app@localhost/shop --yes\n"_s;
}

QString helpText(const Command &command)
{
    return u"Usage: maydayctl %1\n\n%2\n\nOptions:\n%3"_s.arg(command.usage, command.summary,
                                                              command.options) +
           commonOptions + notes;
}

void print(const QString &text)
{
    std::fputs(qUtf8Printable(text), stdout);
}

const Command *commandCalled(const QString &name)
{
    const auto found = std::ranges::find(commands(), name, &Command::name);
    return found == commands().end() ? nullptr : &*found;
}

ExitCode runCommand(const Command &command, Call &call, const QStringList &arguments)
{
    if (auto opened = log::open(call.profile.logFolder()); !opened)
        call.output.say(u"warning: no log: %1"_s.arg(describe(opened.error())));
    backup::UnpackFolder::removeLeftovers();
    call.arguments = arguments;
    const ExitCode code = command.run(call);
    log::close();
    return code;
}

ExitCode run(QStringList arguments)
{
    const bool json = takeFlag(arguments, u"--json"_s);
    const auto progress = takeOption(arguments, u"--progress"_s);
    const auto folder = takeOption(arguments, u"--profile"_s);
    const SystemClock clock;
    Call call{.profile = folder ? Profile::under(*folder) : Profile::standard(),
              .clock = clock,
              .output = Output(json, progress == u"json"_s),
              .arguments = {}};
    const bool wantsHelp = takeFlag(arguments, u"--help"_s) || takeFlag(arguments, u"-h"_s);
    const QString name = arguments.value(0);
    const Command *command = commandCalled(name);
    if (wantsHelp && (command || name.isEmpty())) {
        print(command ? helpText(*command) : helpText());
        return ExitCode::Done;
    }
    if (takeFlag(arguments, u"--version"_s)) {
        call.output.answer({{u"version"_s, QString::fromLatin1(MAYDAY_VERSION)}},
                           u"maydayctl %1\n"_s.arg(QString::fromLatin1(MAYDAY_VERSION)));
        return ExitCode::Done;
    }
    if (progress && progress != u"json"_s)
        return usageError(call, u"--progress knows json only, not \"%1\""_s.arg(*progress));
    if (folder && folder->isEmpty())
        return usageError(call, u"--profile wants a folder"_s);
    if (name.isEmpty() && !json) {
        std::fputs(qUtf8Printable(helpText()), stderr);
        return ExitCode::Usage;
    }
    if (!command)
        return usageError(call, name.isEmpty() ? u"a command is missing"_s
                                               : u"there is no command \"%1\""_s.arg(name));
    return runCommand(*command, call, arguments.mid(1));
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"mayday"_s);
    return static_cast<int>(run(QCoreApplication::arguments().mid(1)));
}
