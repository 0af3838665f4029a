// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/contentcheck.h"

#include "backup/dumpopener.h"
#include "postgres/quoting.h"
#include "postgres/session.h"
#include "restore/filedigests.h"
#include "restore/scheduledjobs.h"

#include <QElapsedTimer>
#include <QJsonArray>

#include <algorithm>
#include <array>
#include <numeric>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// Since then they are the shortest text that is exact.
constexpr int shortestFloatsSince = 12;

/// Domains count as what they are made of, arrays as their elements. What is made of several values
/// has a time in it or has not; nobody looks, and it is left out.
constexpr auto tablesSql = R"sql(
WITH RECURSIVE settled(type, base) AS (
  SELECT oid, oid FROM pg_catalog.pg_type WHERE typtype <> 'd'
  UNION ALL
  SELECT t.oid, s.base FROM pg_catalog.pg_type t JOIN settled s ON t.typtype = 'd' AND t.typbasetype = s.type
), rules(type, rule) AS (
  SELECT s.type, CASE
      WHEN b.oid = 'pg_catalog.timestamptz'::pg_catalog.regtype THEN 'utc'
      WHEN b.oid = 'pg_catalog.money'::pg_catalog.regtype THEN 'leave'
      WHEN b.oid IN ('pg_catalog.float4'::pg_catalog.regtype, 'pg_catalog.float8'::pg_catalog.regtype)
        OR b.typcategory = 'G' THEN 'float'
      WHEN b.typtype IN ('b', 'e') AND b.typcategory <> 'A' THEN 'take'
      WHEN b.typcategory = 'A' AND e.typtype IN ('b', 'e') AND e.typcategory <> 'G'
        AND e.oid NOT IN ('pg_catalog.timestamptz'::pg_catalog.regtype, 'pg_catalog.money'::pg_catalog.regtype,
                          'pg_catalog.float4'::pg_catalog.regtype, 'pg_catalog.float8'::pg_catalog.regtype) THEN 'take'
      WHEN b.oid IN ('pg_catalog.int4range'::pg_catalog.regtype, 'pg_catalog.int8range'::pg_catalog.regtype,
                     'pg_catalog.numrange'::pg_catalog.regtype, 'pg_catalog.daterange'::pg_catalog.regtype,
                     'pg_catalog.tsrange'::pg_catalog.regtype) THEN 'take'
      ELSE 'leave' END
    FROM settled s JOIN pg_catalog.pg_type b ON b.oid = s.base
    LEFT JOIN pg_catalog.pg_type e ON e.oid = b.typelem
)
SELECT n.nspname, c.relname, c.relkind = 'p', a.attname, r.rule
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN rules r ON r.type = a.atttypid
 WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
)sql";

ColumnRule ruleFrom(const QString &word)
{
    if (word == "utc"_L1)
        return ColumnRule::InUtc;
    if (word == "float"_L1)
        return ColumnRule::Float;
    return word == "take"_L1 ? ColumnRule::AsItIs : ColumnRule::LeaveOut;
}

Result<LiveTables> liveTables(postgres::Session &session, TaskContext &context)
{
    const auto rows = session.query(tablesSql, context);
    if (!rows)
        return failure(rows.error());
    LiveTables tables;
    for (int i = 0; i < rows->rowCount(); ++i) {
        LiveTable &table = tables[{rows->text(i, 0), rows->text(i, 1)}];
        table.isPartitioned = rows->isTrue(i, 2);
        const bool isSwitch = isJobSwitch(rows->text(i, 0), rows->text(i, 1), rows->text(i, 3));
        table.columns.insert(rows->text(i, 3),
                             isSwitch ? ColumnRule::LeaveOut : ruleFrom(rows->text(i, 4)));
    }
    return tables;
}

/// What pg_dump asks of its session, and UTC.
std::array<QByteArray, 9> sameSpelling(const QString &encoding)
{
    return {"BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
            "SET LOCAL client_encoding TO " +
                postgres::quoteLiteral(encoding.isEmpty() ? "UTF8" : encoding.toUtf8()),
            "SET LOCAL DateStyle TO ISO",
            "SET LOCAL IntervalStyle TO postgres",
            "SET LOCAL extra_float_digits TO 3",
            "SET LOCAL TimeZone TO 'UTC'",
            "SET LOCAL bytea_output TO hex",
            "SET LOCAL search_path TO ''",
            "SET LOCAL row_security TO off"};
}

Result<void> digestLive(postgres::Session &session, FileDigests::Entry &entry,
                        const LiveTable &live, const std::function<void()> &onRow,
                        TaskContext &context)
{
    QStringList taken;
    for (qsizetype i = 0; i < entry.columns.size(); ++i) {
        if (entry.rules[i] != ColumnRule::LeaveOut)
            taken.append(postgres::quoteIdentifier(entry.columns[i]));
    }
    TableContent &content = entry.content;
    const QString sql = u"COPY (SELECT %1 FROM %2%3.%4) TO STDOUT"_s.arg(
        taken.join(u", "_s), live.isPartitioned ? QString() : u"ONLY "_s,
        postgres::quoteIdentifier(content.schema), postgres::quoteIdentifier(content.name));
    const auto copied = session.copyOut(
        sql.toUtf8(),
        [&](QByteArrayView row) -> Result<void> {
            if (row.endsWith('\n'))
                row.chop(1);
            content.inDatabase.add(row);
            onRow();
            return {};
        },
        context);
    if (!copied)
        return copied;
    content.verdict = content.inFile.isSame(content.inDatabase) ? ContentVerdict::Same
                                                                : ContentVerdict::Different;
    return {};
}

/// Says how far it is, at most some ten times a second.
class Reporter final {
public:
    using Sink = std::function<void(const ContentProgress &)>;
    explicit Reporter(Sink sink) : m_sink(std::move(sink)) { m_time.start(); }

    void beginTables(qint64 rows, qsizetype tables)
    {
        m_now = {.isReading = false, .total = rows, .tablesTotal = tables};
        m_time.restart();
        tell();
    }
    void beginTable(const TableContent &table)
    {
        m_now.table = table.schema + u'.' + table.name;
        tell();
    }
    void endTable()
    {
        ++m_now.tables;
        tell();
    }
    void row()
    {
        // A look at the clock costs as much as a row.
        constexpr qint64 between = 512;
        if (++m_now.done % between == 0)
            tellSometimes();
    }
    void bytes(qint64 done, qint64 total)
    {
        m_now.done = done;
        m_now.total = total;
        tellSometimes();
    }

private:
    void tellSometimes()
    {
        constexpr std::chrono::milliseconds pace{80};
        if (std::chrono::milliseconds(m_time.elapsed()) - m_now.elapsed >= pace)
            tell();
    }
    void tell()
    {
        m_now.elapsed = std::chrono::milliseconds(m_time.elapsed());
        if (m_sink)
            m_sink(m_now);
    }

    Sink m_sink;
    ContentProgress m_now;
    QElapsedTimer m_time;
};

struct FileFacts {
    QString encoding;
    int serverMajor = 0;
};

Result<FileFacts> readFile(const QString &file, FileDigests &digests, TaskContext &context)
{
    auto reader = backup::openDump(file, context);
    if (!reader)
        return failure(reader.error());
    if (auto read = reader->read(digests, context); !read)
        return failure(read.error());
    if (!reader->completionLineSeen())
        return failure({.kind = ErrorKind::Corrupt,
                        .subject = file,
                        .detail = u"the last line of a whole dump is missing"_s});
    return FileFacts{.encoding = reader->encoding(),
                     .serverMajor = reader->serverVersion().section(u'.', 0, 0).toInt()};
}

/// The same numbers may be written in two ways; a difference in them says nothing then.
void doubtFloats(FileDigests::Entry &entry)
{
    if (entry.content.verdict == ContentVerdict::Different &&
        entry.content.inFile.rows() == entry.content.inDatabase.rows() &&
        entry.rules.contains(ColumnRule::Float)) {
        entry.content.verdict = ContentVerdict::NotCompared;
        entry.content.why =
            u"before PostgreSQL 12 floating point numbers were written differently"_s;
    }
}

} // namespace

bool ContentCheck::isSame() const
{
    return count(ContentVerdict::Same) == tables.size();
}

qsizetype ContentCheck::count(ContentVerdict verdict) const
{
    return std::ranges::count(tables, verdict, &TableContent::verdict);
}

qint64 ContentCheck::rows() const
{
    return std::accumulate(
        tables.cbegin(), tables.cend(), qint64(0),
        [](qint64 sum, const TableContent &table) { return sum + table.inFile.rows(); });
}

qsizetype ContentCheck::leftOut() const
{
    return std::accumulate(
        tables.cbegin(), tables.cend(), qsizetype(0),
        [](qsizetype sum, const TableContent &table) { return sum + table.leftOut.size(); });
}

Result<ContentCheck> checkContent(const ContentQuestion &question, TaskContext &context,
                                  const std::function<void(const ContentProgress &)> &onProgress)
{
    Reporter reporter(onProgress);
    TaskContext reading(
        context.stopToken(),
        [&reporter](qint64 done, qint64 total, const QString &) { reporter.bytes(done, total); });
    auto session = postgres::Session::connect(question.target, context,
                                              {.applicationName = u"mayday digest"_s});
    if (!session)
        return failure(session.error());
    const auto live = liveTables(*session, context);
    if (!live)
        return failure(live.error());
    FileDigests digests(*live, question.tables);
    const Result<FileFacts> facts = readFile(question.file, digests, reading);
    if (!facts)
        return failure(facts.error());
    const bool writeFloatsAlike = (facts->serverMajor >= shortestFloatsSince) ==
                                  (session->facts().versionNumber / 10000 >= shortestFloatsSince);
    for (const QByteArray &setting : sameSpelling(facts->encoding)) {
        if (const auto done = session->execute(setting, context); !done)
            return failure(done.error());
    }
    ContentCheck check{.file = question.file};
    for (const FileDigests::Entry &entry : std::as_const(digests.entries()))
        check.tables.append(entry.content);
    reporter.beginTables(check.rows(), check.tables.size());
    for (qsizetype i = 0; i < check.tables.size(); ++i) {
        FileDigests::Entry &entry = digests.entries()[i];
        reporter.beginTable(entry.content);
        if (entry.content.why.isEmpty()) {
            const auto digested = digestLive(
                *session, entry, live->value({entry.content.schema, entry.content.name}),
                [&reporter] { reporter.row(); }, context);
            if (!digested)
                return failure(digested.error());
            if (!writeFloatsAlike)
                doubtFloats(entry);
        }
        check.tables[i] = entry.content;
        reporter.endTable();
    }
    return check;
}

QString contentVerdictKey(ContentVerdict verdict)
{
    switch (verdict) {
    case ContentVerdict::Same: return u"same"_s;
    case ContentVerdict::Different: return u"different"_s;
    case ContentVerdict::NotCompared: return u"not-compared"_s;
    }
    Q_UNREACHABLE_RETURN(QString());
}

QJsonObject toJson(const ContentCheck &check)
{
    QJsonArray tables;
    for (const TableContent &table : check.tables)
        tables.append(QJsonObject{{u"schema"_s, table.schema},
                                  {u"name"_s, table.name},
                                  {u"verdict"_s, contentVerdictKey(table.verdict)},
                                  {u"rowsInFile"_s, table.inFile.rows()},
                                  {u"rowsInDatabase"_s, table.inDatabase.rows()},
                                  {u"digestInFile"_s, table.inFile.text()},
                                  {u"digestInDatabase"_s, table.inDatabase.text()},
                                  {u"leftOut"_s, QJsonArray::fromStringList(table.leftOut)},
                                  {u"why"_s, table.why}});
    return {{u"file"_s, check.file}, {u"isSame"_s, check.isSame()}, {u"tables"_s, tables}};
}

} // namespace mayday::restore
