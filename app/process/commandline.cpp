// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/commandline.h"

#include "core/redactor.h"

using namespace Qt::StringLiterals;

namespace mayday::process {

namespace {

QString shown(const QString &word)
{
    const bool plain = !word.isEmpty() && !word.contains(u' ') && !word.contains(u'"');
    return plain ? word : u'"' + QString(word).replace(u'"', u"\\\""_s) + u'"';
}

} // namespace

QString display(const CommandLine &command)
{
    QStringList words;
    for (const auto &[name, value] : command.environment)
        words.append(name + u"=…"_s);
    words.append(shown(command.program));
    for (const QString &argument : command.arguments)
        words.append(shown(redacted(argument)));
    return words.join(u' ');
}

} // namespace mayday::process
