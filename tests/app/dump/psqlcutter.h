// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "process/toolbox.h"
#include "support/yesserver.h"

#include <QFile>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QUuid>

namespace mayday::tests {

/// Asks psql where the statements of texts end: psql sends them to a YesServer, which runs nothing.
/// What psql itself would run, \! and its kind, it refuses after \restrict (PostgreSQL 17.6 and
/// later), and it has an empty environment and a folder of its own.
class PsqlCutter final {
public:
    PsqlCutter()
    {
        // One that does not know \restrict gets no text at all.
        run({QStringLiteral("-c"), QStringLiteral("\\echo open")});
        if (!m_said.contains("restricted"))
            qFatal("psql cannot be restricted: %s", m_said.constData());
    }

    /// What psql sends of each text, in the order of the texts: its statements, each with its ';'
    /// and, at last, what remains at the end. All in one run; every text is read from a new state.
    [[nodiscard]] QList<QList<Heard>> cut(const QList<QByteArray> &texts)
    {
        const QByteArray mark = "SET standard_conforming_strings = on -- for the next text";
        QStringList arguments;
        for (qsizetype i = 0; i < texts.size(); ++i) {
            const QString name = QString::number(i);
            QFile file(m_folder.filePath(name));
            if (!file.open(QIODevice::WriteOnly) || file.write(texts[i]) != texts[i].size())
                qFatal("the test's own file cannot be written");
            arguments << QStringLiteral("-f") << name << QStringLiteral("-c")
                      << QString::fromLatin1(mark);
        }
        const QList<Heard> heard = run(arguments);
        QList<QList<Heard>> cuts(1);
        for (const Heard &piece : heard) {
            if (piece.sql == mark)
                cuts.emplaceBack();
            else
                cuts.back().append(piece);
        }
        cuts.removeLast();
        if (cuts.size() != texts.size())
            qFatal("psql did not read to the end: %s", m_said.right(2000).constData());
        return cuts;
    }

    /// A place that psql could reach.
    [[nodiscard]] QString path(const QString &name) const { return m_folder.filePath(name); }

private:
    QList<Heard> run(const QStringList &arguments)
    {
        const YesServer server;
        QProcess psql;
        psql.setProcessEnvironment(QProcessEnvironment());
        psql.setWorkingDirectory(m_folder.path());
        psql.setStandardOutputFile(QProcess::nullDevice());
        QSignalSpy ended(&psql, &QProcess::finished);
        psql.start(process::Toolbox::findPostgres(QStringLiteral("psql")).value(),
                   QStringList{QStringLiteral("--no-psqlrc"), QStringLiteral("--quiet"),
                               QStringLiteral("--dbname=host=127.0.0.1 port=%1 user=nobody "
                                              "dbname=nowhere sslmode=disable gssencmode=disable")
                                   .arg(server.port()),
                               QStringLiteral("-c"),
                               QStringLiteral("\\restrict ") +
                                   QUuid::createUuid().toString(QUuid::Id128)} +
                       arguments);
        if (!ended.wait(120000) && psql.state() != QProcess::NotRunning)
            qFatal("psql does not end");
        m_said = psql.readAllStandardError();
        return server.heard();
    }

    QTemporaryDir m_folder;
    QByteArray m_said;
};

} // namespace mayday::tests
