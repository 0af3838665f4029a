// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpinspection.h"
#include "dump/dumpreader.h"
#include "support/temppostgres.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace mayday::tests {

/// Of a dump that is SQL text; archives take a program, and are backup's.
[[nodiscard]] inline Result<dump::DumpInspection> inspectText(const QString &path,
                                                              TaskContext &context)
{
    auto reader = dump::DumpReader::open(path);
    if (!reader)
        return failure(reader.error());
    return dump::inspect(*reader, context);
}

/// A folder for the dumps of one test class: made of bytes, or by pg_dump of a real server. What
/// goes wrong in it ends the test program.
class DumpFiles final {
public:
    [[nodiscard]] QString path(const QString &name) const { return m_folder.filePath(name); }

    [[nodiscard]] QString written(const QByteArray &bytes,
                                  const QString &name = QStringLiteral("backup.sql")) const
    {
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("the test's own file cannot be written");
        return file.fileName();
    }

    [[nodiscard]] dump::DumpInspection inspected(const QByteArray &bytes) const
    {
        TaskContext context;
        return inspectText(written(bytes), context).value();
    }

    /// program: "pg_dump" or "pg_dumpall". With no database, the server's own.
    [[nodiscard]] QString dumped(const TempPostgres &server, const QString &program,
                                 const QString &database, const QStringList &options,
                                 const QString &name = QStringLiteral("real.sql")) const
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("PGPASSWORD"),
                           QString::fromUtf8(server.password().reveal()));
        process.setProcessEnvironment(environment);
        process.start(program,
                      options +
                          QStringList{QStringLiteral("--file=") + path(name),
                                      QStringLiteral("--dbname=") +
                                          server.connectionString(database).withoutPassword()});
        if (!process.waitForFinished(-1) || process.exitCode() != 0)
            qFatal("%s: %s", qPrintable(program), process.readAllStandardError().constData());
        return path(name);
    }

    [[nodiscard]] static QByteArray bytesOf(const QString &path)
    {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            qFatal("the test's own file cannot be read");
        return file.readAll();
    }

private:
    QTemporaryDir m_folder;
};

[[nodiscard]] inline QString wordOf(const dump::DumpInspection &inspection)
{
    return dump::verdictKey(inspection.verdict);
}

[[nodiscard]] inline QString problemOf(const dump::DumpInspection &inspection)
{
    return inspection.problem ? describe(*inspection.problem) : QString();
}

/// "public.products 3", one each, in the order of the file.
[[nodiscard]] inline QStringList rowsOf(const dump::DumpInspection &inspection)
{
    QStringList rows;
    for (const dump::TableInDump &table : inspection.tables)
        rows.append(QStringLiteral("%1.%2 %3").arg(table.schema, table.name).arg(table.rows));
    return rows;
}

} // namespace mayday::tests
