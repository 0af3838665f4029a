// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/dumpinterpreter.h"

#include "core/redactor.h"
#include "dump/sqlchars.h"
#include "dump/statementclass.h"

#include <QTimeZone>

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

/// In these a byte after the first of a character can be a quote or a backslash. Every name the
/// server knows them by, letters and digits alone.
constexpr std::array unsafeEncodings = {
    "sjis", "shiftjis", "mskanji",    "win932",  "windows932", "shiftjis2004",
    "big5", "win950",   "windows950", "gbk",     "win936",     "windows936",
    "uhc",  "win949",   "windows949", "gb18030", "johab"};

bool isUnsafeEncoding(const QString &name)
{
    QString bare = name.toLower();
    bare.removeIf([](QChar c) { return !c.isLetterOrNumber(); });
    return std::ranges::any_of(unsafeEncodings,
                               [&](const char *bad) { return bare == QLatin1StringView(bad); });
}

Error refused(qint64 line, const QString &detail)
{
    return {.kind = ErrorKind::Refused,
            .subject = {},
            .detail = detail,
            .advice = Advice::MakeBackupWithPgDump,
            .line = line};
}

Error unclear(qint64 line)
{
    return refused(line, u"it changes how strings are read, in a way that cannot be followed"_s);
}

Error unsupported(qint64 line, const QString &detail)
{
    return {.kind = ErrorKind::Unsupported,
            .subject = {},
            .detail = detail,
            .advice = Advice::MakeBackupWithPgDump,
            .line = line};
}

bool takePrefix(QByteArrayView &text, QByteArrayView prefix)
{
    if (!text.startsWith(prefix))
        return false;
    text = text.sliced(prefix.size());
    return true;
}

QString firstWord(QByteArrayView text)
{
    const qsizetype blank = text.indexOf(' ');
    return QString::fromUtf8(blank < 0 ? text : text.first(blank));
}

/// "2026-11-23 08:15:00 UTC". A zone nobody knows is no time at all.
std::optional<QDateTime> timeOf(QByteArrayView text)
{
    const QString whole = QString::fromUtf8(text.trimmed());
    const QDateTime local = QDateTime::fromString(whole.left(19), u"yyyy-MM-dd HH:mm:ss"_s);
    const QByteArray zone = whole.mid(20).toLatin1();
    const QTimeZone known = zone == "UTC" || zone == "GMT" ? QTimeZone::utc() : QTimeZone(zone);
    if (!local.isValid() || !known.isValid())
        return std::nullopt;
    return QDateTime(local.date(), local.time(), known).toUTC();
}

/// What the server makes of a boolean setting: it takes any beginning that is clear.
std::optional<bool> isOn(const QString &value)
{
    const QString word = value.toLower();
    const auto begins = [&](QLatin1StringView whole, qsizetype least) {
        return word.size() >= least && whole.startsWith(word);
    };
    if (begins("true"_L1, 1) || begins("yes"_L1, 1) || begins("on"_L1, 2) || word == u'1')
        return true;
    if (begins("false"_L1, 1) || begins("no"_L1, 1) || begins("off"_L1, 2) || word == u'0')
        return false;
    return std::nullopt;
}

/// Whether a name or a literal says itself what it says, without escapes.
bool saysPlainly(const SqlToken &token)
{
    switch (token.kind) {
    case SqlToken::Kind::Word: return true;
    case SqlToken::Kind::QuotedWord: return !token.isEscapedName();
    case SqlToken::Kind::String: return token.text.startsWith('\'') && !token.text.contains('\\');
    default: return false;
    }
}

QString valueOf(const SqlToken &token)
{
    switch (token.kind) {
    case SqlToken::Kind::String: return token.value();
    case SqlToken::Kind::Number: return QString::fromLatin1(token.text);
    default: return token.name();
    }
}

/// The database that \connect names: shop, "My Shop", -reuse-previous=on "dbname='My Shop'".
QString databaseOf(QByteArrayView text)
{
    takePrefix(text, "-reuse-previous=on ");
    if (text.size() < 2 || !text.startsWith('"') || !text.endsWith('"'))
        return QString::fromUtf8(text);
    text = text.sliced(1).chopped(1);
    if (takePrefix(text, "dbname='") && text.endsWith('\''))
        text = text.chopped(1);
    return QString::fromUtf8(text).replace("\"\""_L1, "\""_L1);
}

/// An option of COPY without a value is on; "match" is more than on.
bool isSwitchedOn(const SqlTokens &behindName)
{
    return isOn(valueOf(behindName.peek())).value_or(true);
}

bool contains(QByteArrayView text, std::string_view lowerCase)
{
    return !std::ranges::search(text, lowerCase, {}, lower, std::identity{}).empty();
}

/// Definitions keep their expressions for later; the other statements run them now.
bool isDefinition(StatementClass kind)
{
    switch (kind) {
    case StatementClass::Function:
    case StatementClass::Trigger:
    case StatementClass::Policy:
    case StatementClass::Rule:
    case StatementClass::View: return true;
    default: return false;
    }
}

/// Whether a call of set_config() follows that names no setting plainly, or the string rules.
bool hidesASetting(SqlTokens tokens)
{
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        const SqlToken after = tokens.peek();
        if (token.isEscapedName() && (after.isSymbol('(') || after.is("uescape")))
            return true;
        if (!token.isName() || token.name() != "set_config"_L1 || !tokens.takeSymbol('('))
            continue;
        const SqlToken name = tokens.next();
        if (name.kind != SqlToken::Kind::String || !saysPlainly(name) || !tokens.takeSymbol(',') ||
            name.value().toLower() == "standard_conforming_strings"_L1)
            return true;
    }
    return false;
}

/// The same of a whole statement; cheap for those that do not say the word.
bool hidesASetting(const DumpStatement &statement)
{
    if (isDefinition(statement.kind) ||
        !(contains(statement.sql, "set_config") || contains(statement.sql, "u&\"")))
        return false;
    return hidesASetting(SqlTokens(statement.sql, statement.plainStringsEscape));
}

/// RESET and DISCARD bring back the server's own rule, "on" unless somebody changed it: Supabase
/// ends its dumps with RESET ALL. A DO block may do anything.
bool resetsStringRules(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    const SqlToken first = tokens.next();
    if (first.is("reset") || first.is("discard"))
        return (tokens.take("all") && statement.plainStringsEscape) ||
               contains(statement.sql, "conforming_strings");
    return first.is("do") && contains(statement.sql, "conforming_strings");
}

} // namespace

// Statements

Result<ScanHandler::After> DumpInterpreter::statement(QByteArray sql, const StatementPlace &place)
{
    DumpStatement statement{.sql = std::move(sql),
                            .line = place.line,
                            .offset = place.offset,
                            .end = place.end,
                            .endLine = place.endLine,
                            .plainStringsEscape = m_plainStringsEscape};
    classify(statement);
    completeName(statement);
    ++m_facts.statements;
    m_facts.sqlStatements += statement.kind == StatementClass::Other ? 0 : 1;
    if (m_facts.completionSeen && !m_warnedAfterEnd) {
        m_warnedAfterEnd = true;
        m_facts.warnings.append(
            u"line %1: there are statements behind the end of the dump"_s.arg(place.line));
    }
    if (const auto known = setting(statement); !known)
        return failure(known.error());
    if (statement.kind == StatementClass::Data && SqlTokens(statement.sql).take("copy"))
        return copy(std::move(statement));
    if (const auto told = m_visitor.statement(statement); !told)
        return failure(told.error());
    return After::Statements;
}

/// Dumps before 2018 say the schema by SET search_path only.
void DumpInterpreter::completeName(DumpStatement &statement) const
{
    if (!statement.objectSchema.isEmpty() || statement.objectName.isEmpty())
        return;
    switch (statement.kind) {
    case StatementClass::Type:
    case StatementClass::Function:
    case StatementClass::Table:
    case StatementClass::Data:
    case StatementClass::Sequence:
    case StatementClass::SequenceSet:
    case StatementClass::Index:
    case StatementClass::Constraint:
    case StatementClass::ForeignKey:
    case StatementClass::View: statement.objectSchema = m_defaultSchema; break;
    default: break;
    }
}

Result<ScanHandler::After> DumpInterpreter::copy(DumpStatement statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    tokens.take("copy");
    bool isBinary = tokens.take("binary");
    (void)takeName(tokens);
    int depth = 0;
    bool hasRows = false;
    bool hasHeader = false;
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
        hasRows = hasRows || (depth == 0 && token.is("from") && tokens.take("stdin"));
        isBinary = isBinary || (hasRows && token.is("binary"));
        hasHeader = hasHeader || (hasRows && token.is("header") && isSwitchedOn(tokens));
    }
    if (!hasRows) {
        const auto told = m_visitor.statement(statement);
        return told ? Result<After>(After::Statements) : failure(told.error());
    }
    if (isBinary)
        return failure(
            unsupported(statement.line, u"COPY with binary rows cannot be in a text file"_s));
    CopyHeader header{.statement = std::move(statement), .schema = {}, .table = {}};
    header.schema = header.statement.objectSchema;
    header.table = header.statement.objectName;
    m_facts.lastTable =
        header.schema.isEmpty() ? header.table : header.schema + u'.' + header.table;
    m_facts.inRows = true;
    m_rowsHaveHeader = hasHeader;
    if (const auto told = m_visitor.copyBegin(header); !told)
        return failure(told.error());
    return After::Rows;
}

Result<void> DumpInterpreter::rowsEnd(qint64 rows, qint64 bytes, qint64 line, qint64 end)
{
    m_facts.inRows = false;
    m_visitor.copyEndsAt(end);
    return m_visitor.copyEnd(rows - (m_rowsHaveHeader && rows > 0 ? 1 : 0), bytes, line);
}

Result<void> DumpInterpreter::setting(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (tokens.take("set")) {
        if (!tokens.take("session"))
            tokens.take("local");
        const SqlToken name = tokens.next();
        if (!saysPlainly(name))
            return failure(unclear(statement.line));
        if (!tokens.takeSymbol('='))
            tokens.take("to");
        return set(name.name().toLower(), tokens, statement.line);
    }
    tokens.take("select");
    if (tokens.take("pg_catalog"))
        tokens.takeSymbol('.');
    if (tokens.take("set_config") && tokens.takeSymbol('(')) {
        const SqlToken name = tokens.next();
        if (!saysPlainly(name) || !tokens.takeSymbol(',') || hidesASetting(tokens))
            return failure(unclear(statement.line));
        return set(name.value().toLower(), tokens, statement.line);
    }
    if (resetsStringRules(statement) || hidesASetting(statement))
        return failure(unclear(statement.line));
    return {};
}

Result<void> DumpInterpreter::set(const QString &name, SqlTokens tokens, qint64 line)
{
    const SqlToken token = tokens.next();
    const QString value = valueOf(token);
    if (name == "standard_conforming_strings"_L1) {
        const bool isWhole = tokens.next().kind != SqlToken::Kind::String;
        const bool isClear = saysPlainly(token) || token.kind == SqlToken::Kind::Number;
        const std::optional<bool> on = isWhole && isClear ? isOn(value) : std::nullopt;
        if (!on)
            return failure(unclear(line));
        m_plainStringsEscape = !*on;
    } else if (name == "client_encoding"_L1 || name == "names"_L1) {
        m_facts.encoding = value;
        if (isUnsafeEncoding(value))
            return failure(unsupported(
                line,
                u"text in the encoding %1 cannot be taken apart safely; dump with --encoding=UTF8"_s
                    .arg(value)));
    } else if (name == "search_path"_L1) {
        m_defaultSchema = value == "pg_catalog"_L1 ? QString() : value;
    }
    return {};
}

// Comments

/// pg_dumpall's file is a dump of dumps; others are dumps in a row. Where one begins, the one
/// before has to have ended.
void DumpInterpreter::beginDump(bool isCluster, qint64 line)
{
    if (m_facts.brokenOffAt == 0 && (m_isInDump || (isCluster && m_isCluster)))
        m_facts.brokenOffAt = line;
    m_isCluster = m_isCluster || isCluster;
    m_isInDump = !isCluster;
    m_facts.headerSeen = true;
    m_facts.completionSeen = m_warnedAfterEnd = false;
}

Result<void> DumpInterpreter::comment(QByteArrayView text, qint64 line)
{
    QByteArrayView rest = text;
    if (!takePrefix(rest, "-- "))
        return {};
    if (rest == "PostgreSQL database dump" || rest == "PostgreSQL database cluster dump") {
        beginDump(rest.contains("cluster"), line);
    } else if (rest == "PostgreSQL database dump complete") {
        m_isInDump = false;
        m_facts.completionSeen = !m_isCluster;
    } else if (rest == "PostgreSQL database cluster dump complete") {
        m_isCluster = false;
        m_facts.completionSeen = !m_isInDump;
    } else if (takePrefix(rest, "Dumped from database version ")) {
        m_facts.serverVersion = firstWord(rest);
    } else if (takePrefix(rest, "Dumped by pg_dump version ")) {
        m_facts.dumpVersion = firstWord(rest);
    } else if (takePrefix(rest, "Started on ")) {
        m_facts.startedAt = timeOf(rest);
    }
    return {};
}

// Lines that are no SQL

Result<void> DumpInterpreter::metaCommand(QByteArrayView text, qint64 line)
{
    const qsizetype blank =
        std::min(text.indexOf(' ') < 0 ? text.size() : text.indexOf(' '), text.size());
    const QByteArrayView command = text.first(blank);
    const QByteArrayView argument = text.sliced(blank).trimmed();
    const bool isPlain =
        std::ranges::none_of(argument, [](char c) { return c == '\\' || c == '`'; });
    if (isPlain && command == "\\unrestrict")
        return unrestrict(argument, line);
    if (!m_restrictKey.isEmpty())
        return failure(refused(line, u"a psql meta-command between \\restrict and \\unrestrict"_s));
    if (isPlain && command == "\\restrict" && !argument.isEmpty() && !argument.contains(' ')) {
        m_restrictKey = argument.toByteArray();
        m_facts.isRestricted = true;
        return {};
    }
    if (isPlain && (command == "\\connect" || command == "\\c"))
        return connectTo(argument, line);
    if (isPlain && command == "\\encoding") {
        m_facts.warnings.append(
            u"line %1: \\encoding %2 was not run"_s.arg(line).arg(QString::fromUtf8(argument)));
        return set(u"client_encoding"_s, SqlTokens(argument), line);
    }
    return failure(refused(line, u"a psql meta-command; Mayday never runs them"_s));
}

Result<void> DumpInterpreter::unrestrict(QByteArrayView key, qint64 line)
{
    if (m_restrictKey.isEmpty() || key != m_restrictKey)
        return failure(refused(line, u"an \\unrestrict that does not match its \\restrict"_s));
    m_restrictKey.clear();
    m_facts.isRestricted = false;
    return {};
}

Result<void> DumpInterpreter::connectTo(QByteArrayView text, qint64 line)
{
    const QString database = databaseOf(text);
    // --create connects again when the database has settings of its own.
    if (!m_connectedTo.isEmpty() && m_connectedTo != database)
        return failure(unsupported(
            line,
            u"the file holds more than one database (pg_dumpall); Mayday restores one at a time"_s));
    if (m_connectedTo.isEmpty())
        m_facts.warnings.append(
            u"line %1: \\connect was not run; the dump comes from %2"_s.arg(line).arg(
                redacted(database)));
    m_connectedTo = database;
    return {};
}

Result<void> DumpInterpreter::strayLine(QByteArrayView text, qint64 line)
{
    const QString shown =
        redacted(QString::fromUtf8(text.first(std::min<qsizetype>(text.size(), 200))));
    if (m_facts.firstStray.isEmpty())
        m_facts.firstStray = shown;
    m_facts.warnings.append(
        u"line %1: a message that is no part of the dump was skipped: %2"_s.arg(line).arg(shown));
    return {};
}

} // namespace mayday::dump
