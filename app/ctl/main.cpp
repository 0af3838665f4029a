// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log.h"
#include "ctl/command.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;

namespace {

using namespace mayday;
using namespace mayday::ctl;

QString helpText()
{
    QString text =
        u"Usage: maydayctl COMMAND [OPTIONS]\n\n"
        "Mayday without a window: the same engine, for scripts, timers and other machines.\n\n"
        "Commands:\n"_s;
    for (const Command &command : commands())
        text += u"  %1\n      %2\n"_s.arg(command.usage, command.summary);
    return text + u"\nOptions:\n"
                  "  --json             one JSON document on standard output\n"
                  "  --progress json    progress as JSON lines on standard error\n"
                  "  --profile DIR      keep everything below DIR (record, backups, log)\n"
                  "  --version          the version\n"
                  "  --help             this text\n"
                  "\nCONNINFO is what psql takes: \"host=db user=app dbname=shop\" or "
                  "postgresql://app@db/shop.\n"
                  "The password comes from PGPASSWORD or ~/.pgpass; keep it off the command line.\n"
                  "Without --yes, restore and put-back ask on the terminal; without a terminal "
                  "they refuse.\n"
                  "\nExit codes:\n"
                  "  0  done and proven\n"
                  "  1  done, with differences; each is named\n"
                  "  2  not done; nothing changed\n"
                  "  3  not done, and something is left; the text says what and how to remove it\n"
                  "  64 the call's words are off\n"
                  "\nExamples:\n"
                  "  maydayctl inspect shop.sql.gz --json\n"
                  "  maydayctl restore shop.sql.gz --target postgresql://app@localhost/shop\n"
                  "  maydayctl put-back --target postgresql://app@localhost/shop --yes\n"_s;
}

void print(const QString &text)
{
    std::fputs(qUtf8Printable(text), stdout);
}

int run(QStringList arguments)
{
    const bool json = takeFlag(arguments, u"--json"_s);
    const QString progress = takeOption(arguments, u"--progress"_s).value_or(QString());
    const auto folder = takeOption(arguments, u"--profile"_s);
    const SystemClock clock;
    Call call{.profile = folder ? Profile::under(*folder) : Profile::standard(),
              .clock = clock,
              .output = Output(json, progress == "json"_L1),
              .arguments = {}};
    if (takeFlag(arguments, u"--help"_s) || takeFlag(arguments, u"-h"_s)) {
        print(helpText());
        return 0;
    }
    if (takeFlag(arguments, u"--version"_s)) {
        call.output.answer({{u"version"_s, QString::fromLatin1(MAYDAY_VERSION)}},
                           u"maydayctl %1\n"_s.arg(QString::fromLatin1(MAYDAY_VERSION)));
        return 0;
    }
    if (arguments.isEmpty()) {
        std::fputs(qUtf8Printable(helpText()), stderr);
        return static_cast<int>(ExitCode::Usage);
    }
    const QString name = arguments.takeFirst();
    const auto command = std::ranges::find(commands(), name, &Command::name);
    if (command == commands().end())
        return static_cast<int>(usageError(call, u"there is no command \"%1\""_s.arg(name)));
    if (auto opened = log::open(call.profile.logFolder()); !opened)
        call.output.say(u"warning: no log: %1"_s.arg(describe(opened.error())));
    call.arguments = arguments;
    const ExitCode code = command->run(call);
    log::close();
    return static_cast<int>(code);
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"mayday"_s);
    return run(QCoreApplication::arguments().mid(1));
}
