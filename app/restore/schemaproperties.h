// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpstatement.h"
#include "postgres/session.h"

#include <QList>
#include <QMap>
#include <QSet>
#include <QStringList>

namespace mayday::restore {

/// The rights on the schemas that a load makes anew, and their comments.
///
/// pg_dump writes down only what is not as in every new database, and all of it at the end. So a
/// dump that speaks of rights, or of comments, has them all; one that does not (--no-privileges,
/// --no-comments) leaves those that are there. Until it has spoken the schema has the rights of the
/// old one, for functions that run during the load; and every role that is to own something may
/// make things in it, because otherwise the server gives it nothing. One for one load.
class SchemaProperties final {
public:
    explicit SchemaProperties(const postgres::ServerFacts &server) : m_server(server) {}

    /// What remember() asks.
    [[nodiscard]] static postgres::Question question(const QString &schema);
    /// What the schema has now; before it is moved aside. Of one that is not there: nothing.
    [[nodiscard]] Result<void> remember(postgres::Session &session, const QString &schema,
                                        TaskContext &context);
    /// Gives the rights to the new one; or it has been given them, by a load that is gone on with.
    enum class Lending { Now, Done };
    [[nodiscard]] Result<void> lend(postgres::Session &session, const QString &schema,
                                    TaskContext &context, Lending lending = Lending::Now);
    /// The statements that do it, for a new one that is known to be this role's.
    [[nodiscard]] QList<QByteArray> lendTo(const QString &schema, const QString &owner);
    /// Every statement of the dump, also those that are left out.
    void hear(const dump::DumpStatement &statement);
    /// What has to run in front of a statement that is about to run.
    [[nodiscard]] QList<QByteArray> inFrontOf(const dump::DumpStatement &statement);
    /// Behind the load: what the dump has not said. Returns notes on what stays as it was.
    [[nodiscard]] Result<QStringList> settle(postgres::Session &session, TaskContext &context);

private:
    struct Right {
        QString grantee = {}; ///< quoted; or PUBLIC
        QString privilege = {};
        bool isGrantable = false;
        [[nodiscard]] bool operator==(const Right &) const = default;
    };
    struct Properties {
        bool wasThere = false;
        QString owner = {};        ///< of the new one, quoted
        QString comment = {};      ///< of the old one
        QList<Right> rights = {};  ///< of the old one, without its owner's
        QStringList holders = {};  ///< quoted: who has rights on the new one beside its owner
        QSet<QString> makers = {}; ///< quoted: who may make things in it
        bool isMadeByDump = false; ///< by CREATE SCHEMA, so it starts with nothing at all
        bool hasComment = false;   ///< the dump has one for it
        bool isAsInDump = false;   ///< its rights are what the dump says
    };

    [[nodiscard]] QList<Right> standardRights(const QString &schema) const;
    [[nodiscard]] QString standardComment(const QString &schema) const;
    [[nodiscard]] QList<QByteArray> withdrawn(const QString &schema) const;
    [[nodiscard]] QList<QByteArray> letMake(const QString &schema, const QString &role);
    [[nodiscard]] QList<QByteArray> startOver(const QString &schema);
    [[nodiscard]] QList<QByteArray> takeBack(const QString &schema);
    [[nodiscard]] QList<QByteArray> commentAgain(const QString &schema, QStringList &notes) const;

    postgres::ServerFacts m_server;
    QMap<QString, Properties> m_schemas;
    bool m_saysRights = false;
    bool m_saysComments = false;
};

} // namespace mayday::restore
