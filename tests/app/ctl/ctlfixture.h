// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/atomicfile.h"
#include "support/temppostgres.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QTest>

namespace mayday::tests {

/// What a run of maydayctl has left for its caller. code -1: it did not end by itself.
struct Answer {
    int code = -1;
    QByteArray out = {};
    QByteArray err = {};

    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
    [[nodiscard]] QJsonObject error() const
    {
        return json()[QLatin1StringView("error")].toObject();
    }
    /// For a failed comparison: everything there is to read.
    [[nodiscard]] QByteArray all() const
    {
        return "exit code " + QByteArray::number(code) + '\n' + out + err;
    }
};

/// What pg_dump writes for one table of three rows.
inline const QByteArray smallDump =
    "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 17.11\n-- Dumped by "
    "pg_dump version 17.11\n\nSET client_encoding = 'UTF8';\n\nCREATE TABLE public.products (\n"
    "    id integer NOT NULL\n);\n\nCOPY public.products (id) FROM stdin;\n1\n2\n3\n\\.\n\n--\n-- "
    "PostgreSQL database dump complete\n--\n\n";

/// The program itself, as a script runs it: in a profile of its own, with the password in the
/// environment, beside a real server.
class Ctl final {
public:
    using Variables = QList<std::pair<QString, QString>>;

    [[nodiscard]] static QString program()
    {
        return QStringLiteral(MAYDAY_BINARY_DIR "/bin/maydayctl");
    }
    [[nodiscard]] TempPostgres &server() { return m_server; }
    [[nodiscard]] QString path(const QString &name) const { return m_folder.filePath(name); }
    [[nodiscard]] QString profile() const { return path(QStringLiteral("profile")); }

    QString write(const QString &name, const QByteArray &text) const
    {
        if (auto written = writeFileAtomically(path(name), text); !written)
            qFatal("%s", qPrintable(describe(written.error())));
        return path(name);
    }

    /// With nothing of the caller's own PG variables in the way.
    [[nodiscard]] QProcessEnvironment environment(const Variables &more = {}) const
    {
        QProcessEnvironment all = QProcessEnvironment::systemEnvironment();
        for (const char *name : {"PGHOST", "PGPORT", "PGUSER", "PGDATABASE"})
            all.remove(QString::fromLatin1(name));
        all.insert(QStringLiteral("PGPASSWORD"), QString::fromUtf8(m_server.password().reveal()));
        for (const auto &[name, value] : more)
            all.insert(name, value);
        return all;
    }
    void start(QProcess &process, const QStringList &arguments, const Variables &more = {}) const
    {
        process.setProcessEnvironment(environment(more));
        process.start(program(), QStringList{QStringLiteral("--profile"), profile()} + arguments);
    }
    [[nodiscard]] Answer run(const QStringList &arguments, const Variables &more = {}) const
    {
        QProcess process;
        start(process, arguments, more);
        return answerOf(process);
    }
    [[nodiscard]] static Answer answerOf(QProcess &process)
    {
        if (!process.waitForFinished(60000) || process.exitStatus() != QProcess::NormalExit)
            return {.out = process.readAllStandardOutput(), .err = process.readAllStandardError()};
        return {.code = process.exitCode(),
                .out = process.readAllStandardOutput(),
                .err = process.readAllStandardError()};
    }

    /// A database with one product, number 99, that a restore would replace.
    [[nodiscard]] QString liveDatabase(const QString &name)
    {
        const auto target = m_server.createDatabase(name);
        m_server.execute(name, "CREATE TABLE products (id integer); "
                               "INSERT INTO products VALUES (99)");
        return target.withoutPassword();
    }
    /// What is in it: "99" when nothing has happened.
    [[nodiscard]] QString products(const QString &database)
    {
        return m_server.scalar(database,
                               "SELECT string_agg(id::text, ' ' ORDER BY id) FROM products");
    }
    /// Schemas that a restore has left beside the live one.
    [[nodiscard]] QString keptSchemas(const QString &database)
    {
        return m_server.scalar(database, "SELECT count(*) FROM pg_namespace WHERE nspname NOT IN "
                                         "('public', 'information_schema') AND nspname NOT LIKE "
                                         "'pg\\_%'");
    }

private:
    QTemporaryDir m_folder;
    TempPostgres m_server;
};

} // namespace mayday::tests
