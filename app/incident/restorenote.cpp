// SPDX-License-Identifier: GPL-3.0-or-later
#include "incident/restorenote.h"

#include "core/bytetext.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::incident {

namespace {

/// Beside the live data, in the same database or in one of its own.
bool isCopy(const QJsonObject &planOrReceipt)
{
    const QString mode = planOrReceipt["mode"_L1].toString();
    return mode == "copy"_L1 || mode == "new-database"_L1;
}

bool isPutBackDone(const QJsonObject &data)
{
    const QString verdict = data["receipt"_L1]["verdict"_L1].toString();
    return verdict == "proven"_L1 || verdict == "differences"_L1;
}

/// The line was lost on the last word (SQLSTATE 08007): it may have taken place.
bool isUnknown(const QJsonObject &receipt)
{
    return receipt["error"_L1]["sqlstate"_L1].toString() == "08007"_L1;
}

/// A put-back undoes, and one more redoes.
bool isRestoredLive(const QJsonObject &data)
{
    return data["receipt"_L1].toObject()["live"_L1].toString() == "restored"_L1;
}

QStringList leftFrom(const QJsonObject &receipt)
{
    QStringList left;
    for (const auto &one : receipt["left"_L1].toArray())
        left.append(one.toObject()["what"_L1].toString());
    return left;
}

QString errorWords(const QJsonValue &value)
{
    const QJsonObject error = value.toObject();
    QString words = error["subject"_L1].toString();
    if (!words.isEmpty())
        words += u": "_s;
    words += error["detail"_L1].toString();
    if (const qint64 line = error["line"_L1].toInteger(); line > 0)
        words += u", line %1 of the dump"_s.arg(line);
    if (const QString state = error["sqlstate"_L1].toString(); !state.isEmpty())
        words += u" (SQLSTATE %1)"_s.arg(state);
    return words;
}

RestoredTable tableFrom(const QJsonObject &json)
{
    const QString schema = json["schema"_L1].toString();
    const QString name = json["name"_L1].toString();
    return {.name = schema.isEmpty() ? name : schema + u'.' + name,
            .rowsInDump = json["rowsInDump"_L1].toInteger(),
            .rowsAfter = json["rowsAfter"_L1].toInteger(-1),
            .verdict = json["verdict"_L1].toString(),
            .note = json["note"_L1].toString()};
}

/// Of a restore in place.
QString safetyCopyWords(const QJsonObject &receipt)
{
    const QString file = receipt["safetyCopy"_L1]["file"_L1].toString();
    return file.isEmpty() ? QString()
                          : u"what was live before is in the safety copy %1"_s.arg(file);
}

/// "5 of 5 tables are the same as in the backup, 60,000 rows"
QString lettersWords(const QJsonObject &data)
{
    const QJsonArray tables = data["check"_L1].toObject()["tables"_L1].toArray();
    qsizetype same = 0;
    qint64 rows = 0;
    QStringList different;
    QStringList notCompared;
    QStringList leftOut;
    for (const auto &table : tables) {
        const QString name = table["schema"_L1].toString() + u'.' + table["name"_L1].toString();
        const QString verdict = table["verdict"_L1].toString();
        rows += table["rowsInFile"_L1].toInteger();
        if (verdict == "same"_L1)
            ++same;
        else
            (verdict == "different"_L1 ? different : notCompared).append(name);
        for (const auto &column : table["leftOut"_L1].toArray())
            leftOut.append(name + u'.' + column.toString());
    }
    QString words = u"%1 of %2 tables are the same as in the backup, %3 rows"_s.arg(same)
                        .arg(tables.size())
                        .arg(QLocale(QLocale::English).toString(rows));
    if (!different.isEmpty())
        words += u"; different: "_s + different.join(u", "_s);
    if (!notCompared.isEmpty())
        words += u"; not compared: "_s + notCompared.join(u", "_s);
    if (!leftOut.isEmpty())
        words += u"; without the columns "_s + leftOut.join(u", "_s);
    return words;
}

QStringList notesIn(const QJsonObject &data)
{
    QStringList notes;
    for (const auto &text : data["notes"_L1].toArray())
        notes.append(text.toString());
    return notes;
}

/// Of what is outside; notes alone are no news.
QString differencesOf(const QJsonObject &receipt)
{
    return receipt["verdict"_L1].toString() == "differences"_L1
               ? u"; with differences: "_s + notesIn(receipt).join(u"; "_s)
               : QString();
}

void finish(RestoreNote &note, const store::JournalEvent &event)
{
    const QJsonObject receipt = event.data["receipt"_L1].toObject();
    note.endedAt = event.at;
    note.verdict = isUnknown(receipt) ? QString() : receipt["verdict"_L1].toString();
    note.error = errorWords(receipt["error"_L1]);
    note.tables.clear();
    if (!isUnknown(receipt)) { // their verdicts are those of what did not happen
        for (const auto &table : receipt["tables"_L1].toArray())
            note.tables.append(tableFrom(table.toObject()));
    }
    note.left = leftFrom(receipt);
    note.notes = notesIn(receipt);
    if (const QString copy = safetyCopyWords(receipt); !copy.isEmpty())
        note.notes.append(copy);
    if (const QString connection = receipt["connection"_L1].toString(); !connection.isEmpty())
        note.notes.append(u"it stands in a database of its own: "_s + connection);
}

qint64 rowsAddedBy(const QJsonObject &bringBack)
{
    qint64 rows = 0;
    if (bringBack["verdict"_L1].toString() != "proven"_L1)
        return rows;
    for (const auto &table : bringBack["tables"_L1].toArray())
        rows += table["inserted"_L1].toInteger();
    return rows;
}

RestoreNote noteFrom(const store::JournalEvent &event)
{
    return {.id = event.subject,
            .file = event.data["file"_L1].toString(),
            .target = event.data["target"_L1].toString(),
            .startedAt = event.at,
            .isCopy = isCopy(event.data)};
}

} // namespace

void applyRestoreEvent(QList<RestoreNote> &notes, const store::JournalEvent &event)
{
    if (event.kind == "restore.started"_L1) {
        notes.append(noteFrom(event));
        return;
    }
    const auto note = std::ranges::find(notes, event.subject, &RestoreNote::id);
    if (note == notes.end())
        return;
    if (event.kind == "restore.finished"_L1) {
        finish(*note, event);
    } else if (event.kind == "restore.statistics"_L1) {
        note->notes += notesIn(event.data);
    } else if (event.kind == "restore.settled"_L1) {
        note->endedAt = event.at;
        note->committed = event.data["committed"_L1].toBool();
        if (const QString name = event.data["unfinished"_L1].toString();
            !name.isEmpty() && !*note->committed)
            note->left.append(u"database %1: an unfinished copy of the backup"_s.arg(name));
    } else if (event.kind == "restore.putback.settled"_L1) {
        note->putBackAt =
            event.data["putBack"_L1].toBool() ? std::optional(event.at) : std::nullopt;
    } else if (event.kind == "restore.content"_L1) {
        note->content = u"compared to the letter at %1: %2"_s.arg(
            event.at.toUTC().toString(u"yyyy-MM-dd HH:mm 'UTC'"_s), lettersWords(event.data));
    } else if (event.kind == "restore.putback"_L1 && isPutBackDone(event.data)) {
        note->putBackAt = isRestoredLive(event.data) ? std::nullopt : std::optional(event.at);
        note->left = leftFrom(event.data["receipt"_L1].toObject());
    } else if (event.kind == "restore.broughtback"_L1) {
        note->rowsBroughtBack += rowsAddedBy(event.data["receipt"_L1].toObject());
    } else if (event.kind == "restore.discarded"_L1) {
        const QString gone = u" %1: "_s.arg(event.data["schema"_L1].toString());
        note->left.removeIf([&](const QString &left) {
            return left.startsWith(u"schema"_s + gone) || left.startsWith(u"database"_s + gone);
        });
    }
}

QString verdictWords(const QString &verdict, bool isCopy)
{
    if (isCopy && verdict != "not-restored"_L1 && !verdict.isEmpty())
        return verdict == "proven"_L1 ? u"a proven copy; the live data was not touched"_s
                                      : u"a copy with differences; the live data was not touched"_s;
    if (verdict == "proven"_L1)
        return u"proven: every table holds the rows of the backup"_s;
    if (verdict == "differences"_L1)
        return u"restored with differences"_s;
    if (verdict == "not-restored"_L1)
        return u"not restored: the live data is as it was"_s;
    return u"no verdict: it was interrupted"_s;
}

QString restoreStartedWords(const QJsonObject &data, const QString &subject)
{
    return (isCopy(data) ? u"Restore %1 started: a copy of %2 beside the live data of %3"_s
                         : u"Restore %1 started: %2 into %3"_s)
        .arg(subject, QFileInfo(data["file"_L1].toString()).fileName(),
             data["target"_L1].toString());
}

QString restoreFinishedWords(const QJsonObject &data, const QString &subject)
{
    const QJsonObject receipt = data["receipt"_L1].toObject();
    QString words = u"Restore %1 ended: %2"_s.arg(
        subject, verdictWords(isUnknown(receipt) ? QString() : receipt["verdict"_L1].toString(),
                              isCopy(receipt)));
    const QJsonArray tables = receipt["tables"_L1].toArray();
    qint64 rows = 0;
    qint64 proven = 0;
    for (const auto &table : tables) {
        const RestoredTable counted = tableFrom(table.toObject());
        rows += std::max<qint64>(counted.rowsAfter, 0);
        proven += counted.verdict == "proven"_L1 ? 1 : 0;
    }
    if (!tables.isEmpty() && !isUnknown(receipt))
        words += u"; %1 of %2 tables proven, %3 rows"_s.arg(proven)
                     .arg(tables.size())
                     .arg(QLocale(QLocale::English).toString(rows));
    if (const QString copy = safetyCopyWords(receipt); !copy.isEmpty())
        words += u"; "_s + copy;
    const QString error = errorWords(receipt["error"_L1]);
    return error.isEmpty() ? words : words + u"; "_s + error;
}

QString statisticsWords(const QJsonObject &data, const QString &subject)
{
    return u"Restore %1: %2"_s.arg(subject, notesIn(data).join(u"; "_s));
}

QString afterwardsWords(const QJsonObject &data, const QString &subject)
{
    constexpr qsizetype mostTold = 3;
    const QJsonArray found = data["afterwards"_L1]["found"_L1].toArray();
    QStringList told;
    for (qsizetype i = 0; i < std::min(found.size(), mostTold); ++i)
        told.append(found[i].toString());
    if (found.size() > mostTold)
        told.append(u"and %1 more"_s.arg(found.size() - mostTold));
    QString words =
        told.isEmpty()
            ? u"Restore %1: nothing was found that came to life with it, in what could be looked at"_s
                  .arg(subject)
            : u"Restore %1: came to life with it: %2"_s.arg(subject, told.join(u"; "_s));
    if (const qsizetype off = data["afterwards"_L1]["jobsOff"_L1].toArray().size(); off > 0)
        words +=
            u"; scheduled jobs of the backup that are off until they are switched on: %1"_s.arg(
                off);
    return words;
}

QString restoreSettledWords(const QJsonObject &data, const QString &subject)
{
    if (data["committed"_L1].toBool() && isCopy(data))
        return u"Restore %1 was interrupted; the server says that its copy stands beside the live data"_s
            .arg(subject);
    const QString unfinished = data["unfinished"_L1].toString();
    if (!data["committed"_L1].toBool() && !unfinished.isEmpty())
        return u"Restore %1 was interrupted; the server says that the live data is as it was, and that an unfinished copy is left, database %2"_s
            .arg(subject, unfinished);
    return data["committed"_L1].toBool()
               ? u"Restore %1 was interrupted; the server says that it did take effect"_s.arg(
                     subject)
               : u"Restore %1 was interrupted; the server says that nothing changed"_s.arg(subject);
}

QString putBackStartedWords(const QJsonObject &, const QString &subject)
{
    return u"Put-back of restore %1 started"_s.arg(subject);
}

QString putBackSettledWords(const QJsonObject &data, const QString &subject)
{
    return data["putBack"_L1].toBool()
               ? u"The put-back of restore %1 was interrupted; the server says that the data as it was before is live"_s
                     .arg(subject)
               : u"The put-back of restore %1 was interrupted; the server says that the restored data is live"_s
                     .arg(subject);
}

QString bringBackWords(const QJsonObject &data, const QString &subject)
{
    const QJsonObject receipt = data["receipt"_L1].toObject();
    if (receipt["verdict"_L1].toString() != "proven"_L1)
        return (receipt["isUnknown"_L1].toBool()
                    ? u"Whether what came after the backup of restore %1 is back is not known: %2"_s
                    : u"What came after the backup of restore %1 was not brought back: %2"_s)
            .arg(subject, errorWords(receipt["error"_L1]));
    QStringList tables;
    for (const auto &table : receipt["tables"_L1].toArray())
        tables.append(u"%1.%2 %3"_s.arg(
            table["schema"_L1].toString(), table["name"_L1].toString(),
            QLocale(QLocale::English).toString(table["inserted"_L1].toInteger())));
    return (receipt["isFromCopy"_L1].toBool()
                ? u"Rows of the backup brought into the live data from the copy of restore %1, rows added: %2"_s
                : u"What came after the backup of restore %1 brought back, rows added: %2"_s)
        .arg(subject, tables.join(u", "_s));
}

QString contentWords(const QJsonObject &data, const QString &subject)
{
    return u"Restore %1 compared with its backup to the letter: %2"_s.arg(subject,
                                                                          lettersWords(data));
}

QString discardedWords(const QJsonObject &data, const QString &subject)
{
    const bool isDatabase = data["removedWith"_L1].toString().startsWith("DROP DATABASE"_L1);
    const QString size = byteText(data["bytes"_L1].toInteger());
    QString words = u"What restore %1 kept is discarded for good"_s.arg(subject) +
                    (isDatabase ? u": database %1, %2"_s.arg(data["schema"_L1].toString(), size)
                                : u": schema %1, %2 tables, %3"_s.arg(
                                      data["schema"_L1].toString(),
                                      QString::number(data["tables"_L1].toInteger()), size));
    if (const int days = data["keepDays"_L1].toInt(); days > 0)
        words += u"; by itself, after %1 days (keep-days in stack.yaml)"_s.arg(days);
    return words;
}

QString putBackWords(const QJsonObject &data, const QString &subject)
{
    if (isPutBackDone(data))
        return (isRestoredLive(data)
                    ? u"Restore %1 taken again: the data it had brought is live again"_s
                    : u"Restore %1 put back: the data from before it is live again"_s)
                   .arg(subject) +
               differencesOf(data["receipt"_L1].toObject());
    const QJsonObject receipt = data["receipt"_L1].toObject();
    return (isUnknown(receipt) ? u"Whether restore %1 is put back is not known: %2"_s
                               : u"Putting back restore %1 did not work: %2"_s)
        .arg(subject, errorWords(receipt["error"_L1]));
}

} // namespace mayday::incident
