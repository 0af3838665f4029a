// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/servererror.h"

#include "core/redactor.h"

#include <QRegularExpression>
#include <QStringList>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace mayday::postgres {

namespace {

struct Meaning {
    QLatin1StringView state; ///< five characters, or the two of a class
    ErrorKind kind;
    std::optional<Advice> advice;
};

/// Exact states stand before their class: the first that fits is taken.
constexpr std::array meanings{
    Meaning{"08P01"_L1, ErrorKind::Refused, Advice::UseDirectConnection},
    Meaning{"08"_L1, ErrorKind::Unreachable, Advice::CheckNetwork},
    Meaning{"0A"_L1, ErrorKind::Unsupported, std::nullopt},
    Meaning{"22P04"_L1, ErrorKind::Refused, Advice::TakeAnotherBackup},
    Meaning{"22"_L1, ErrorKind::Refused, std::nullopt},
    Meaning{"23"_L1, ErrorKind::Refused, std::nullopt},
    Meaning{"25006"_L1, ErrorKind::Refused, Advice::UseDirectConnection},
    Meaning{"28"_L1, ErrorKind::Denied, Advice::CheckPassword},
    Meaning{"3D000"_L1, ErrorKind::NotFound, Advice::CheckAddress},
    Meaning{"3F000"_L1, ErrorKind::NotFound, std::nullopt},
    Meaning{"40P01"_L1, ErrorKind::Refused, Advice::TryAgain},
    Meaning{"40"_L1, ErrorKind::Refused, Advice::TryAgain},
    Meaning{"42501"_L1, ErrorKind::Denied, Advice::AskForRights},
    Meaning{"42704"_L1, ErrorKind::NotFound, std::nullopt},
    Meaning{"42P01"_L1, ErrorKind::NotFound, std::nullopt},
    Meaning{"42703"_L1, ErrorKind::NotFound, std::nullopt},
    Meaning{"42883"_L1, ErrorKind::NotFound, std::nullopt},
    Meaning{"42P04"_L1, ErrorKind::AlreadyExists, std::nullopt},
    Meaning{"42P06"_L1, ErrorKind::AlreadyExists, std::nullopt},
    Meaning{"42P07"_L1, ErrorKind::AlreadyExists, std::nullopt},
    Meaning{"42710"_L1, ErrorKind::AlreadyExists, std::nullopt},
    Meaning{"42723"_L1, ErrorKind::AlreadyExists, std::nullopt},
    Meaning{"53100"_L1, ErrorKind::NoSpace, Advice::FreeServerSpace},
    Meaning{"53300"_L1, ErrorKind::Refused, Advice::CloseOtherSessions},
    Meaning{"53"_L1, ErrorKind::Refused, Advice::TryAgain},
    Meaning{"55P03"_L1, ErrorKind::Refused, Advice::CloseOtherSessions},
    Meaning{"55006"_L1, ErrorKind::Refused, Advice::CloseOtherSessions},
    Meaning{"57014"_L1, ErrorKind::Cancelled, std::nullopt},
    Meaning{"57P03"_L1, ErrorKind::Unreachable, Advice::TryAgain},
    Meaning{"57P"_L1, ErrorKind::Unreachable, Advice::CheckNetwork},
    Meaning{"58P01"_L1, ErrorKind::NotFound, Advice::InstallExtension},
    Meaning{"XX001"_L1, ErrorKind::Corrupt, std::nullopt},
    Meaning{"XX002"_L1, ErrorKind::Corrupt, std::nullopt},
};

Meaning meaningOf(const ServerReport &report)
{
    for (const Meaning &meaning : meanings) {
        if (!report.sqlState.startsWith(meaning.state))
            continue;
        Meaning found = meaning;
        // Messages may be translated; the word for a role is the part that tells.
        if (report.sqlState == "42704"_L1 && report.primary.startsWith("role "_L1))
            found.advice = Advice::CreateRole;
        if (report.sqlState == "0A000"_L1 && report.primary.startsWith("extension "_L1))
            found.advice = Advice::InstallExtension;
        return found;
    }
    return {.state = {}, .kind = ErrorKind::Refused, .advice = std::nullopt};
}

struct CopyPlace {
    QString table;
    qint64 line = 0;
    QString column = {};

    [[nodiscard]] QString text() const
    {
        QString out = u"COPY %1, line %2"_s.arg(table).arg(line);
        return column.isEmpty() ? out : out + u", column "_s + column;
    }
};

/// "COPY products, line 17, column price: ..." in any language of the server; only the first such
/// line, since what follows a colon may be a row that imitates one.
std::optional<CopyPlace> copyPlaceOf(const QString &context)
{
    static const QRegularExpression form(
        uR"re(^COPY ([^,:"\n]+|"[^"\n]+"), \p{L}+ (\d+)(?:, \p{L}+ ([^:"\n]+))?)re"_s,
        QRegularExpression::MultilineOption);
    const QRegularExpressionMatch match = form.match(context);
    if (!match.hasMatch())
        return std::nullopt;
    return CopyPlace{.table = match.captured(1),
                     .line = match.captured(2).toLongLong(),
                     .column = match.captured(3)};
}

bool isAboutData(const ServerReport &report)
{
    return report.sqlState.startsWith("22"_L1) || report.sqlState.startsWith("23"_L1) ||
           report.sqlState.startsWith("44"_L1) || report.sqlState.startsWith("P0"_L1) ||
           report.sqlState == "42601"_L1 || copyPlaceOf(report.context).has_value();
}

/// Which quoted words of a message are names, not values: those the server lists as names, and
/// those behind a word that only names follow.
bool isName(const ServerReport &report, QStringView before, const QString &quoted)
{
    for (const QString &name :
         {report.schema, report.table, report.column, report.constraint, report.dataType}) {
        if (!name.isEmpty() && name == quoted)
            return true;
    }
    static const QStringList heralds{u"column "_s,   u"relation "_s, u"constraint "_s, u"table "_s,
                                     u"encoding "_s, u"domain "_s,   u"sequence "_s,   u"view "_s};
    return std::ranges::any_of(heralds, [&](const QString &word) { return before.endsWith(word); });
}

/// The message without what may come from a row. After the first quoted value everything up to the
/// last quote goes, since the value itself may hold quotes.
QString withoutValues(const ServerReport &report)
{
    static const QRegularExpression bytes(u"0x[0-9a-fA-F]{2}(?:\\s0x[0-9a-fA-F]{2})*"_s);
    // Translated servers quote in their own way; the marks of names and values are the same there.
    static const QRegularExpression lastValue(u":\\s?[\"»«„“”「‘’]"_s);
    static const QRegularExpression foreign(u"[»«„“”「‘].*[»«„“”」’]"_s,
                                            QRegularExpression::DotMatchesEverythingOption);
    QString text = report.primary;
    const qsizetype value = text.indexOf(lastValue);
    if (value >= 0)
        text.truncate(value);
    text.replace(foreign, u"…"_s);
    qsizetype from = 0;
    while ((from = text.indexOf(u'"', from)) >= 0) {
        const qsizetype end = text.indexOf(u'"', from + 1);
        if (end < 0 ||
            !isName(report, QStringView(text).left(from), text.mid(from + 1, end - from - 1))) {
            const qsizetype last = text.lastIndexOf(u'"');
            text.replace(from, last - from + 1, u"…"_s);
            break;
        }
        from = end + 1;
    }
    return text.replace(bytes, u"…"_s);
}

QString detailOf(const ServerReport &report)
{
    if (!isAboutData(report)) {
        const QString all =
            report.detail.isEmpty() ? report.primary : report.primary + u"; "_s + report.detail;
        return redacted(all);
    }
    const std::optional<CopyPlace> place = copyPlaceOf(report.context);
    // A trigger's own exception is free text and may hold the whole row.
    const bool freeText = report.sqlState.startsWith("P0"_L1) && place;
    const QString message = freeText ? u"a trigger of the table raised an exception"_s
                                     : redacted(withoutValues(report));
    return place ? place->text() + u": "_s + message : message;
}

} // namespace

Error errorFromServer(const ServerReport &report, const QString &subject)
{
    const Meaning meaning = meaningOf(report);
    return {.kind = meaning.kind,
            .subject = subject,
            .detail = detailOf(report),
            .advice = meaning.advice,
            .sqlState = report.sqlState};
}

Error errorFromConnecting(const QString &libpqText, const QString &subject)
{
    static const QRegularExpression form(u":  ([0-9A-Z]{5}): ([^\n]*)"_s);
    // With several hosts or encryption modes tried, the last answer is the one that counts.
    QRegularExpressionMatch answer;
    for (auto matches = form.globalMatch(libpqText); matches.hasNext();)
        answer = matches.next();
    if (answer.hasMatch()) {
        return errorFromServer({.sqlState = answer.captured(1), .primary = answer.captured(2)},
                               subject);
    }
    Error error{.kind = ErrorKind::Unreachable,
                .subject = subject,
                .detail = redacted(libpqText.simplified()),
                .advice = Advice::CheckNetwork};
    if (libpqText.contains("no password supplied"_L1)) {
        error.kind = ErrorKind::Denied;
        error.advice = Advice::CheckPassword;
    } else if (libpqText.contains("could not translate host name"_L1) ||
               libpqText.contains("No such file or directory"_L1)) {
        error.advice = Advice::CheckAddress;
    }
    return error;
}

std::optional<qint64> copyLineOf(const Error &error)
{
    const std::optional<CopyPlace> place = copyPlaceOf(error.detail);
    return place ? std::optional(place->line) : std::nullopt;
}

QString copyTableOf(const Error &error)
{
    const std::optional<CopyPlace> place = copyPlaceOf(error.detail);
    return place ? place->table : QString();
}

} // namespace mayday::postgres
