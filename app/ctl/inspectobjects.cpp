// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/inspectobjects.h"

#include "backup/objectsql.h"
#include "dump/dumpobjects.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

using dump::DumpObject;
using dump::DumpObjects;

constexpr qsizetype mostNamed = 20;

/// A name may hold anything, and a terminal obeys some of it.
QString onOneLine(QString text)
{
    for (QChar &letter : text) {
        if (letter.category() == QChar::Other_Control)
            letter = QChar::ReplacementCharacter;
    }
    return text;
}

QString kindOf(const DumpObject &object)
{
    return dump::kindWord(object.kind);
}

QJsonObject asJson(const DumpObject &object)
{
    QJsonObject json{{u"kind"_s, kindOf(object)}, {u"schema"_s, object.schema},
                     {u"name"_s, object.name},    {u"line"_s, object.line},
                     {u"bytes"_s, object.bytes},  {u"isMade"_s, object.isMade},
                     {u"rows"_s, object.rows},    {u"rowBytes"_s, object.rowBytes}};
    if (!object.arguments.isEmpty())
        json.insert(u"arguments"_s, object.arguments);
    if (!object.table.isEmpty())
        json.insert(u"table"_s, object.table);
    return json;
}

QString asText(const DumpObject &object)
{
    QString text = u"%1  line %2  %3 bytes  %4"_s.arg(kindOf(object).leftJustified(13))
                       .arg(amount(object.line).rightJustified(10),
                            amount(object.bytes).rightJustified(9), onOneLine(object.title()));
    if (object.rowBytes > 0)
        text += u" (%1 rows in %2 bytes)"_s.arg(amount(object.rows), amount(object.rowBytes));
    return text + (object.isMade ? u"\n"_s : u" (not made in this file)\n"_s);
}

/// What can be said of a file that was not read to a good end.
QString shortfall(const dump::DumpInspection &inspection)
{
    if (inspection.verdict == dump::DumpVerdict::Complete)
        return {};
    return u"%1, and this is what was read before that: %2"_s.arg(
        dump::verdictKey(inspection.verdict),
        inspection.problem ? describe(*inspection.problem) : QString());
}

ExitCode list(const Call &call, const DumpObjects &objects, const dump::DumpInspection &inspection)
{
    QJsonArray json;
    QString text;
    for (const DumpObject &object : objects.all()) {
        if (call.output.isJson())
            json.append(asJson(object));
        else
            text += asText(object);
    }
    if (objects.isCut())
        text += u"warning: the file has more statements than are listed\n"_s;
    if (const QString why = shortfall(inspection); !why.isEmpty())
        text += u"warning: %1\n"_s.arg(why);
    QJsonObject document{{u"verdict"_s, dump::verdictKey(inspection.verdict)},
                         {u"objects"_s, json},
                         {u"isCut"_s, objects.isCut()}};
    if (inspection.problem)
        document.insert(u"problem"_s, toJson(*inspection.problem));
    call.output.answer(document, text);
    return inspection.verdict == dump::DumpVerdict::Complete ? ExitCode::Done : ExitCode::NotDone;
}

QString named(const DumpObjects &objects, const QList<qsizetype> &numbers)
{
    QStringList names;
    for (const qsizetype number : numbers.first(std::min(numbers.size(), mostNamed))) {
        const DumpObject &object = objects.all()[number];
        names.append(
            u"%1 %2 (line %3)"_s.arg(kindOf(object), onOneLine(object.title())).arg(object.line));
    }
    if (numbers.size() > mostNamed)
        names.append(u"and %1 more"_s.arg(numbers.size() - mostNamed));
    return names.join(u", "_s);
}

/// Those whose name has the word in it, for somebody who has not typed all of it.
QList<qsizetype> similarTo(const DumpObjects &objects, const QString &name)
{
    QList<qsizetype> numbers;
    for (qsizetype i = 0; i < objects.all().size(); ++i) {
        if (objects.all()[i].title().contains(name, Qt::CaseInsensitive))
            numbers.append(i);
    }
    return numbers;
}

Error notOne(const DumpObjects &objects, const QList<qsizetype> &found, const QString &name)
{
    if (!found.isEmpty())
        return {.kind = ErrorKind::Refused,
                .subject = name,
                .detail = u"%1 things have this name; say which, as it stands here: %2"_s
                              .arg(found.size())
                              .arg(named(objects, found))};
    const QList<qsizetype> similar = similarTo(objects, name);
    return {.kind = ErrorKind::NotFound,
            .subject = name,
            .detail = similar.isEmpty() ? u"nothing in the file has this name"_s
                                        : u"nothing in the file has this name; similar: %1"_s.arg(
                                              named(objects, similar))};
}

Error unknownLetters(const QString &file, const QString &encoding)
{
    return {.kind = ErrorKind::Unsupported,
            .subject = file,
            .detail = u"its letters are in %1, of which no JSON can be made here; without --json "
                      "they come as they stand in the file"_s.arg(encoding)};
}

ExitCode show(const Call &call, const QString &file, const dump::DumpInspection &inspection,
              const DumpObjects &objects, const ObjectQuestion &question)
{
    const QList<qsizetype> found = objects.find(question.name);
    if (found.size() != 1)
        return call.output.fail(notOne(objects, found, question.name));
    const auto rows = question.wantsRows ? DumpObjects::Rows::With : DumpObjects::Rows::Without;
    QByteArray sql;
    const auto sink = [&](QByteArrayView piece) -> Result<void> {
        if (!call.output.isJson())
            return call.output.pass(piece);
        sql.append(piece);
        return {};
    };
    const auto letters =
        call.output.isJson() ? backup::SqlLetters::Decoded : backup::SqlLetters::AsTheyStand;
    TaskContext context;
    const auto read = backup::readSql(file, inspection, objects.entriesOf(found.front(), rows),
                                      sink, context, letters);
    if (!read)
        return call.output.fail(read.error());
    const auto text = backup::decodedSql(sql, inspection.encoding);
    if (call.output.isJson() && !text)
        return call.output.fail(unknownLetters(file, inspection.encoding));
    if (call.output.isJson())
        call.output.answer({{u"verdict"_s, dump::verdictKey(inspection.verdict)},
                            {u"object"_s, asJson(objects.all()[found.front()])},
                            {u"sql"_s, *text}},
                           {});
    const QString why = shortfall(inspection);
    if (!why.isEmpty())
        call.output.say(u"The file is %1"_s.arg(why));
    return why.isEmpty() ? ExitCode::Done : ExitCode::DoneWithDifferences;
}

} // namespace

ExitCode answerAboutObjects(const Call &call, const QString &file,
                            const dump::DumpInspection &inspection, const ObjectQuestion &question)
{
    if (inspection.verdict == dump::DumpVerdict::NotADump && inspection.problem)
        return call.output.fail(*inspection.problem);
    TaskContext context;
    const auto objects = backup::objectsIn(file, inspection, context);
    if (!objects)
        return call.output.fail(objects.error());
    return question.wantsList ? list(call, *objects, inspection)
                              : show(call, file, inspection, *objects, question);
}

} // namespace mayday::ctl
