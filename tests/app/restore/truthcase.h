// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/gzipbytes.h"

#include <QFile>
#include <QList>
#include <QStringConverter>
#include <QStringList>

#include <utility>

namespace mayday::restore::test {

/// One case of tests/data/truth: a dump, and what has to be said of it. README.md beside the cases
/// explains the keys.
struct TruthCase {
    QString name = {};
    QString verdict = {};
    QString source = {};  ///< of the text; empty: the .sql of the same name
    QString pgDump = {};  ///< options: the text is what pg_dump writes of the odd shop
    QByteArray live = {}; ///< run on the live database first
    qint64 line = 0;
    QString sqlState = {};
    QString object = {};
    QStringList says = {};                             ///< parts of the error
    QStringList notes = {};                            ///< parts of the receipt's notes
    QList<std::pair<QString, qint64>> rows = {};       ///< per table
    QList<std::pair<QString, QString>> sequences = {}; ///< "42 t": last value, is called
    QByteArrayList checks = {};                        ///< each has to answer t
    QList<std::pair<QString, QByteArray>> transforms = {};
    bool replacesOther = false; ///< the dump brings the schema "other" too
};

[[nodiscard]] inline QByteArray fileBytes(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s cannot be read", qPrintable(path));
    return file.readAll();
}

/// \n, \t, \r, \\ and \xHH.
[[nodiscard]] inline QByteArray unescapedArgument(const QByteArray &text)
{
    QByteArray plain;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            plain += text[i];
            continue;
        }
        switch (const char c = text[++i]) {
        case 'n': plain += '\n'; break;
        case 't': plain += '\t'; break;
        case 'r': plain += '\r'; break;
        case 'x':
            plain += QByteArray::fromHex(text.mid(i + 1, 2));
            i += 2;
            break;
        default: plain += c;
        }
    }
    return plain;
}

/// "public.t=3"; the last '=' counts.
[[nodiscard]] inline std::pair<QString, QString> splitFact(const QByteArray &value)
{
    const qsizetype equals = value.lastIndexOf('=');
    return {QString::fromUtf8(value.first(equals)), QString::fromUtf8(value.mid(equals + 1))};
}

inline void takeKey(TruthCase &found, const QByteArray &key, const QByteArray &value)
{
    const QString text = QString::fromUtf8(value);
    if (key == "verdict")
        found.verdict = text;
    else if (key == "source")
        found.source = text;
    else if (key == "pg_dump")
        found.pgDump = text;
    else if (key == "live")
        found.live += value + ";\n";
    else if (key == "line")
        found.line = value.toLongLong();
    else if (key == "sqlstate")
        found.sqlState = text;
    else if (key == "object")
        found.object = text;
    else if (key == "says")
        found.says.append(text);
    else if (key == "note")
        found.notes.append(text);
    else if (key == "rows")
        found.rows.append({splitFact(value).first, splitFact(value).second.toLongLong()});
    else if (key == "sequence")
        found.sequences.append(splitFact(value));
    else if (key == "check")
        found.checks.append(value);
    else if (key == "replaces-other")
        found.replacesOther = value == "yes";
    else if (key == "transform")
        found.transforms.append({text.section(u' ', 0, 0), value.contains(' ')
                                                               ? value.mid(value.indexOf(' ') + 1)
                                                               : QByteArray()});
    else
        qFatal("%s: what is the key \"%s\"?", qPrintable(found.name), key.constData());
}

[[nodiscard]] inline TruthCase readCase(const QString &folder, const QString &name)
{
    TruthCase found{.name = name};
    for (const QByteArray &line :
         fileBytes(folder + u'/' + name + QStringLiteral(".expect")).split('\n')) {
        if (line.isEmpty() || line.startsWith('#'))
            continue;
        const qsizetype colon = line.indexOf(": ");
        takeKey(found, line.first(colon), line.mid(colon + 2));
    }
    if (found.source.isEmpty())
        found.source = name + QStringLiteral(".sql");
    return found;
}

[[nodiscard]] inline QByteArray asUtf16(const QByteArray &text, QStringConverter::Encoding encoding)
{
    QStringEncoder encoder(encoding, QStringConverter::Flag::WriteBom);
    return encoder(QString::fromUtf8(text));
}

/// What a program makes of it that takes its bytes for another code page, and writes UTF-8.
[[nodiscard]] inline QByteArray readAs(const QByteArray &text, const QByteArray &codePage)
{
    QStringDecoder decoder(codePage.constData());
    if (!decoder.isValid())
        qFatal("Qt knows no \"%s\"", codePage.constData());
    return QString(decoder(text)).toUtf8();
}

/// In so many gzip members, as pigz and "cat a.gz b.gz" write them.
[[nodiscard]] inline QByteArray inMembers(const QByteArray &text, qsizetype members)
{
    QByteArray all;
    const qsizetype width = text.size() / members + 1;
    for (qsizetype at = 0; at < text.size(); at += width)
        all += tests::gzipped(text.mid(at, width));
    return all;
}

[[nodiscard]] inline qsizetype placeOf(const QByteArray &text, const QByteArray &part)
{
    const qsizetype at = text.indexOf(part);
    if (at < 0)
        qFatal("\"%s\" is not in the dump", part.constData());
    return at;
}

[[nodiscard]] inline QByteArray transformed(QByteArray text, const QString &how,
                                            const QByteArray &raw)
{
    const QByteArray argument = unescapedArgument(raw);
    if (how == QLatin1StringView("cut-before"))
        return text.first(placeOf(text, argument));
    if (how == QLatin1StringView("cut-after"))
        return text.first(placeOf(text, argument) + argument.size());
    if (how == QLatin1StringView("cut-at"))
        return text.first(argument.toLongLong());
    if (how == QLatin1StringView("drop-last"))
        return text.chopped(argument.toLongLong());
    if (how == QLatin1StringView("replace")) {
        const qsizetype arrow = raw.indexOf(" => ");
        const QByteArray from = unescapedArgument(raw.first(arrow));
        return text.replace(placeOf(text, from), from.size(),
                            unescapedArgument(raw.mid(arrow + 4)));
    }
    if (how == QLatin1StringView("append"))
        return text + argument;
    if (how == QLatin1StringView("prepend"))
        return argument + text;
    if (how == QLatin1StringView("zeros"))
        return text + QByteArray(argument.toLongLong(), '\0');
    if (how == QLatin1StringView("twice"))
        return text + text;
    if (how == QLatin1StringView("crlf"))
        return text.replace("\n", "\r\n");
    if (how == QLatin1StringView("bom"))
        return "\xef\xbb\xbf" + text;
    if (how == QLatin1StringView("utf16le"))
        return asUtf16(text, QStringConverter::Utf16LE);
    if (how == QLatin1StringView("utf16be"))
        return asUtf16(text, QStringConverter::Utf16BE);
    if (how == QLatin1StringView("latin1"))
        return QString::fromUtf8(text).toLatin1();
    if (how == QLatin1StringView("read-as"))
        return readAs(text, argument);
    if (how == QLatin1StringView("gzip"))
        return tests::gzipped(text);
    if (how == QLatin1StringView("gzip-members"))
        return inMembers(text, argument.toLongLong());
    if (how == QLatin1StringView("flip-from-end")) {
        const qsizetype at = text.size() - argument.toLongLong();
        text[at] = static_cast<char>(text[at] ^ 0x55);
        return text;
    }
    qFatal("there is no transform \"%s\"", qPrintable(how));
}

[[nodiscard]] inline QByteArray bytesOf(const TruthCase &found, QByteArray text)
{
    for (const auto &[how, argument] : found.transforms)
        text = transformed(text, how, argument);
    return text;
}

} // namespace mayday::restore::test
