// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/databasedump.h"
#include "ctl/serverwork.h"

#include <QFileInfo>
#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

QJsonObject asJson(const backup::DumpReceipt &receipt)
{
    return {{u"file"_s, receipt.file},
            {u"manifest"_s, receipt.manifest},
            {u"bytes"_s, receipt.bytes},
            {u"sha256"_s, QString::fromLatin1(receipt.sha256)},
            {u"tables"_s, receipt.tables},
            {u"rows"_s, receipt.rows},
            {u"madeWith"_s, receipt.madeWith},
            {u"withoutRows"_s, QJsonArray::fromStringList(receipt.withoutRows)}};
}

QString asText(const backup::DumpReceipt &receipt)
{
    QString text = u"Dumped and compared: %1 tables, %2 rows, %3 bytes, by %4.\n  %5\n  %6\n"_s.arg(
        amount(receipt.tables), amount(receipt.rows), amount(receipt.bytes), receipt.madeWith,
        receipt.file, receipt.manifest);
    if (receipt.withoutRows.isEmpty())
        return text;
    return text +
           u"warning: a standby has no rows of UNLOGGED tables, so none are in it of %1\n"_s.arg(
               receipt.withoutRows.join(u", "_s));
}

} // namespace

ExitCode runDump(const Call &call)
{
    QStringList arguments = call.arguments;
    const auto file = takeOption(arguments, u"--file"_s);
    const QStringList schemas = takeOptions(arguments, u"--schema"_s);
    const auto target = targetOf(arguments);
    if (!target)
        return usageError(call, target.error().detail);
    if (!arguments.isEmpty())
        return usageError(call, u"dump does not know %1"_s.arg(arguments.front()));
    if (!file || file->isEmpty())
        return usageError(call, u"--file is missing"_s);
    StopOnSignal stop;
    TaskContext context(stop.context().stopToken(),
                        [&call](qint64 done, qint64 total, const QString &phase) {
                            call.output.progress(phase, done, total);
                        });
    const SignalWatcher watcher(stop);
    const auto made = backup::makeDump(
        {.source = *target, .schemas = schemas, .file = QFileInfo(*file).absoluteFilePath()},
        context);
    call.output.endProgress();
    if (!made)
        return call.output.fail(made.error());
    call.output.answer(asJson(*made), asText(*made));
    return ExitCode::Done;
}

} // namespace mayday::ctl
