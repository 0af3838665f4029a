// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/serverwork.h"
#include "restore/contentcheck.h"
#include "restore/scheduledjobs.h"

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

QString asText(const restore::TableContent &table)
{
    QString text = u"  %1.%2: "_s.arg(table.schema, table.name);
    if (table.verdict == restore::ContentVerdict::NotCompared)
        text += u"not compared: %1"_s.arg(table.why);
    else if (!table.why.isEmpty())
        text += u"DIFFERENT: %1"_s.arg(table.why);
    else if (table.verdict == restore::ContentVerdict::Same)
        text += u"same, %1 rows, %2"_s.arg(amount(table.inFile.rows()), table.inFile.text());
    else
        text += u"DIFFERENT: %1 rows in the file, %2 in the database"_s.arg(
            amount(table.inFile.rows()), amount(table.inDatabase.rows()));
    if (!table.leftOut.isEmpty() && table.why.isEmpty())
        text += u"; without %1, %2"_s.arg(
            table.leftOut.join(u", "_s),
            restore::isJobTable(table.schema, table.name)
                ? u"which a restore switches off or the server writes its own way"_s
                : u"whose text depends on the server"_s);
    return text + u'\n';
}

QString asText(const restore::ContentCheck &check)
{
    QString lines;
    for (const restore::TableContent &table : check.tables)
        lines += asText(table);
    const QString sentence = check.tables.isEmpty() ? u"There are no rows in the file.\n"_s
                             : check.isSame() ? u"The same to the letter: %1 tables, %2 rows.\n"_s
                                                    .arg(check.tables.size())
                                                    .arg(amount(check.rows()))
                                              : u"%1 of %2 tables are the same to the letter.\n"_s
                                                    .arg(check.count(restore::ContentVerdict::Same))
                                                    .arg(check.tables.size());
    const QString but =
        check.leftOut() > 0
            ? u"Columns that were not compared: %1; they are named below.\n"_s.arg(check.leftOut())
            : QString();
    return sentence + but + lines;
}

} // namespace

ExitCode runDigest(const Call &call)
{
    QStringList arguments = call.arguments;
    const auto target = targetOf(arguments);
    if (!target)
        return usageError(call, target.error().detail);
    if (const auto unknown = unknownOption(arguments))
        return usageError(call, u"digest does not know %1"_s.arg(*unknown));
    if (arguments.size() != 1)
        return usageError(call, u"digest takes one file"_s);
    StopOnSignal stop;
    TaskContext context = stop.context();
    const SignalWatcher watcher(stop);
    const auto check =
        restore::checkContent({.file = arguments.front(), .target = *target}, context);
    if (!check)
        return call.output.fail(check.error());
    call.output.answer(restore::toJson(*check), asText(*check));
    return check->isSame() ? ExitCode::Done : ExitCode::DoneWithDifferences;
}

} // namespace mayday::ctl
