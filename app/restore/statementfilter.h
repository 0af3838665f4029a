// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "dump/dumpstatement.h"
#include "restore/hostprofile.h"

#include <QHash>
#include <QSet>
#include <QString>

namespace mayday::restore {

/// The schemas of a dump that are left out of a restore.
struct LeftOut {
    QSet<QString> schemas = {};
    QSet<QString> things = {}; ///< what the server has in them: "table auth.users"
    bool isCompared = true;    ///< what the dump has there and the server has not is a difference
};

/// What the server has, asked once before the load so that no statement has to fail to find out.
struct TargetFacts {
    QSet<QString> settings;            ///< names in pg_settings
    QSet<QString> roles;               ///< all roles of the server
    QSet<QString> logins;              ///< of them those that can log in
    QSet<QString> rolesWeMayUse;       ///< roles the connected role may own things as
    QSet<QString> extensions;          ///< installed
    QSet<QString> availableExtensions; ///< installable
    QSet<QString> guardedExtensions;   ///< of them, those that only a superuser may install
    QHash<QString, QString> comments;  ///< of extensions; of those that are not installed: to come
    QSet<QString> standing;        ///< "publication p", "event trigger e": that stay as they are
    QSet<QString> databaseThings;  ///< that belong to no schema: see databasething.h
    QSet<QString> schemasWeOwn;    ///< none of the server's own
    QSet<QString> schemasThatStay; ///< of those that are filled, the ones that are others'
    QSet<QByteArray> largeObjects; ///< numbers of those that are there and have to stay
    LeftOut leftOut;
    HostProfile host; ///< as the server tells it, whatever the connection's host is called
    bool isSuperuser = false;
    bool isOwnDatabase = false; ///< made for the load, so that nothing in it is anybody's
};

/// What is done with one statement of a dump.
struct StatementDecision {
    enum class Kind { Run, Skip, Refuse };
    Kind kind = Kind::Run;
    QString note = {};         ///< for Skip and Run: one sentence for the receipt, or empty
    bool isDifference = false; ///< the result then differs from the dump
    bool isSpeaker = false;    ///< for Run: it says who speaks; the note is about what follows
    bool isDrop = false;       ///< for Skip: right only as long as there is nothing to drop
    std::optional<Error> error = std::nullopt;
    std::optional<QByteArray> instead = std::nullopt; ///< for Run: what is run in its place
};

/// The decision to refuse a statement, with its line.
[[nodiscard]] StatementDecision refusal(ErrorKind kind, qint64 line, const QString &detail);

/// Decides, statement by statement, what a side load runs, leaves out or refuses. Pure.
///
/// Left out: settings this server does not know, owners that do not exist, transaction control,
/// what the empty side schema makes moot (DROP), and what must not be switched on unasked (event
/// triggers, publications). Refused: whatever could reach outside the side load.
class StatementFilter final {
public:
    /// schemas: those that were moved aside and made anew, so that CREATE SCHEMA is moot.
    StatementFilter(TargetFacts facts, QSet<QString> schemas);

    [[nodiscard]] StatementDecision decide(const dump::DumpStatement &statement) const;
    [[nodiscard]] const QSet<QByteArray> &largeObjectsThatStay() const
    {
        return m_facts.largeObjects;
    }

private:
    [[nodiscard]] StatementDecision decideSetting(const dump::DumpStatement &statement) const;
    [[nodiscard]] StatementDecision decideStanding(const QString &thing, bool isAboutItself) const;
    [[nodiscard]] StatementDecision decideSpeaker(const QString &role) const;
    [[nodiscard]] StatementDecision decideExtension(const dump::DumpStatement &statement,
                                                    const QStringList &words) const;
    [[nodiscard]] StatementDecision
    decideExtensionComment(const dump::DumpStatement &statement) const;
    [[nodiscard]] StatementDecision decideOwner(const dump::DumpStatement &statement) const;
    [[nodiscard]] std::optional<StatementDecision>
    decideDatabaseThing(const dump::DumpStatement &statement, const QStringList &words) const;
    [[nodiscard]] std::optional<StatementDecision>
    decideSchemaItself(const dump::DumpStatement &statement, const QStringList &words) const;
    [[nodiscard]] StatementDecision decideGrant(const dump::DumpStatement &statement) const;

    TargetFacts m_facts;
    QSet<QString> m_schemas;
    QSet<QString> m_reach; ///< whose rights and comments the dump may change
};

} // namespace mayday::restore
