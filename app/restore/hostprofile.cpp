// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/hostprofile.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// What is known about one host, from its own documents.
struct KnownHost {
    QString name;
    QStringList logins = {};    ///< each of them tells it
    QStringList settings = {};  ///< each of them tells it
    QStringList hostNames = {}; ///< what its host names end with
    QStringList roles = {};     ///< its own; "x_*" for all that begin so
    QStringList others = {};    ///< reserved too, and names that anybody else gives his own roles
    QString rolesAre = {};      ///< what they are for, a sentence
    int transactionPort = 0;
    QStringList leavesOut = {};
    QStringList byHand = {};
};

/// The reserved roles are those that supabase/cli leaves out of its own roles dump and that
/// supabase/supautils refuses to a login that is no superuser (SQLSTATE 42501); the port is
/// Supavisor's and PgBouncer's (supabase.com/docs, "Connect to your database"); what is in no dump:
/// supabase.com/docs, "Backups".
KnownHost supabase()
{
    return {.name = u"Supabase"_s,
            .logins = {u"supabase_admin"_s},
            .hostNames = {u".supabase.co"_s, u".pooler.supabase.com"_s},
            .roles = {u"anon"_s, u"authenticated"_s, u"authenticator"_s, u"service_role"_s,
                      u"dashboard_user"_s, u"supabase_*"_s, u"cli_login_*"_s, u"pgsodium_*"_s,
                      u"pgtle_admin"_s},
            .others = {u"pgbouncer"_s},
            .rolesAre = u"Its services act as such roles, and policies are for them."_s,
            .transactionPort = 6543,
            .leavesOut = {u"What belongs to its services (auth, storage, realtime) stays as it is "
                          "wherever this login may not replace it."_s},
            .byHand = {u"Files of Storage are in no dump, only the list of them: copy them "
                       "separately."_s,
                       u"Passwords of roles, Edge Functions, settings of Auth and API keys are in "
                       "no dump."_s}};
}

/// docs.aws.amazon.com, RDS and Aurora User Guides: "Understanding the rds_superuser role",
/// "Controlling user access", "Using PostgreSQL extensions", "Working with parameters".
KnownHost amazonRds()
{
    return {.name = u"Amazon RDS or Aurora"_s,
            .logins = {u"rdsadmin"_s},
            .settings = {u"rds.extensions"_s},
            .hostNames = {u".rds.amazonaws.com"_s, u".rds.amazonaws.com.cn"_s},
            .roles = {u"rdsadmin"_s, u"rds_*"_s, u"rdsrepladmin"_s, u"rdstopmgr"_s,
                      u"rdsproxyadmin"_s, u"rdswriteforwarduser"_s},
            .rolesAre =
                u"Such roles are for its administration; an application does without them."_s,
            .leavesOut = {u"Only extensions that its parameter rds.extensions names can be "
                          "installed."_s},
            .byHand = {u"Settings of the server stand in its parameter group, and in no dump."_s}};
}

/// cloud.google.com/sql/docs/postgres/users ("customers cannot create or have access to users with
/// superuser attributes") and /flags.
KnownHost cloudSql()
{
    return {.name = u"Google Cloud SQL"_s,
            .logins = {u"cloudsqladmin"_s},
            .settings = {u"cloudsql.iam_authentication"_s},
            .roles = {u"cloudsql*"_s},
            .rolesAre =
                u"Such roles are for its administration; an application does without them."_s,
            .byHand = {u"Settings of the server stand in its database flags, and in no dump."_s}};
}

/// learn.microsoft.com/azure/postgresql/flexible-server: "Create users", "Allow extensions".
KnownHost azure()
{
    return {
        .name = u"Azure Database for PostgreSQL"_s,
        .logins = {u"azuresu"_s, u"azure_superuser"_s},
        .settings = {u"azure.extensions"_s},
        .hostNames = {u".postgres.database.azure.com"_s},
        .roles = {u"azuresu"_s, u"azure_*"_s},
        .rolesAre = u"Such roles are for its administration; an application does without them."_s,
        .leavesOut = {u"Only extensions that its server parameter azure.extensions allows can "
                      "be installed."_s},
        .byHand = {u"Settings of the server stand in its server parameters, and in no dump."_s}};
}

/// neon.com/docs/manage/roles; its settings: pgxn/neon/libpagestore.c in neondatabase/neon.
KnownHost neon()
{
    return {.name = u"Neon"_s,
            .settings = {u"neon.tenant_id"_s, u"neon.timeline_id"_s},
            .hostNames = {u".neon.tech"_s},
            .roles = {u"neon_*"_s, u"cloud_admin"_s},
            .rolesAre =
                u"Such roles are for its administration; an application does without them."_s};
}

/// docs.digitalocean.com/products/databases/postgresql/how-to/manage-users-and-databases.
KnownHost digitalOcean()
{
    return {.name = u"DigitalOcean"_s,
            .logins = {u"doadmin"_s},
            .hostNames = {u".db.ondigitalocean.com"_s},
            .roles = {u"doadmin"_s},
            .rolesAre = u"Such a role is the login that one is given there."_s};
}

/// aiven.io/docs/products/postgresql: the login one is given is avnadmin.
KnownHost aiven()
{
    return {.name = u"Aiven"_s,
            .logins = {u"avnadmin"_s},
            .hostNames = {u".aivencloud.com"_s},
            .roles = {u"avnadmin"_s},
            .rolesAre = u"Such a role is the login that one is given there."_s};
}

/// PostgreSQL as it comes, in a container, with a superuser: docs.railway.com, "PostgreSQL",
/// "TCP Proxy", "Private Networking", "Backups" (of a volume). Nothing in it tells the host.
KnownHost railway()
{
    return {.name = u"Railway"_s,
            .hostNames = {u".rlwy.net"_s, u".railway.internal"_s},
            .byHand = {u"Railway's own backups are of the whole volume: to restore one of them "
                       "undoes this restore, too."_s}};
}

const QList<KnownHost> &knownHosts()
{
    static const QList<KnownHost> hosts{supabase(), amazonRds(),    cloudSql(), azure(),
                                        neon(),     digitalOcean(), aiven(),    railway()};
    return hosts;
}

bool isAmong(const QString &role, const QStringList &names)
{
    return std::ranges::any_of(names, [&role](const QString &name) {
        return name.endsWith(u'*') ? role.startsWith(QStringView(name).chopped(1)) : role == name;
    });
}

/// "the role rdsadmin"; empty when the server says nothing of this host.
QString signOf(const KnownHost &host, const HostSigns &signs)
{
    for (const QString &login : host.logins) {
        if (signs.logins.contains(login))
            return u"the role "_s + login;
    }
    for (const QString &setting : host.settings) {
        if (signs.settings.contains(setting))
            return u"the setting "_s + setting;
    }
    return {};
}

bool isNamedSo(const KnownHost &host, const QString &hostName)
{
    return std::ranges::any_of(host.hostNames, [&hostName](const QString &end) {
        return hostName.endsWith(end, Qt::CaseInsensitive);
    });
}

/// What of a backup a login has to leave out anywhere is NotMade and MissingNeeds.
QString whoIsNoSuperuser(const QString &user, const QStringList &reserved)
{
    QString text = u"%1 is no superuser there."_s.arg(user);
    if (reserved.isEmpty())
        return text;
    return text + u" Roles that only the host can make (%1) are not made; where one is missing, "
                  "what is for it is left out."_s.arg(reserved.join(u", "_s));
}

QString fateOf(MissingRoles fate, bool isOne)
{
    const QString who = isOne ? u"It"_s : u"They"_s;
    const QString are = isOne ? u"is"_s : u"are"_s;
    switch (fate) {
    case MissingRoles::Stay:
        return u"%1 %2 left out here; a policy cannot be made without its role."_s.arg(who, are);
    case MissingRoles::MayBeMade:
        return u"%1 can be made here without a login, or left out; a policy cannot be made without "
               "its role."_s.arg(who);
    case MissingRoles::AreMade: break;
    }
    return u"%1 %2 made here, without a login."_s.arg(who, are);
}

HostProfile profileOf(const KnownHost &host, const QString &toldBy, bool byTheServer,
                      const HostSigns &signs)
{
    HostProfile profile{.name = host.name,
                        .toldBy = toldBy,
                        .isSuperuser = signs.isSuperuser,
                        .transactionPort = host.transactionPort,
                        .byHand = host.byHand};
    if (byTheServer && !signs.isSuperuser)
        profile.reservedRoles = host.roles + host.others;
    if (signs.isSuperuser)
        profile.leavesOut = {u"%1 is a superuser there."_s.arg(signs.user)};
    else
        profile.leavesOut =
            QStringList{whoIsNoSuperuser(signs.user, profile.reservedRoles)} + host.leavesOut;
    return profile;
}

} // namespace

bool HostProfile::isReserved(const QString &role) const
{
    return role.startsWith("pg_"_L1) || isAmong(role, reservedRoles);
}

HostProfile hostProfile(const HostSigns &signs)
{
    for (const KnownHost &host : knownHosts()) {
        if (const QString sign = signOf(host, signs); !sign.isEmpty())
            return profileOf(host, sign, true, signs);
    }
    for (const KnownHost &host : knownHosts()) {
        if (isNamedSo(host, signs.hostName))
            return profileOf(host, u"the host name "_s + signs.hostName, false, signs);
    }
    return {.isSuperuser = signs.isSuperuser};
}

QString inWords(const HostProfile &host)
{
    return host.name.isEmpty() ? QString() : u"%1 (told by %2)"_s.arg(host.name, host.toldBy);
}

QJsonObject toJson(const HostProfile &host)
{
    if (host.name.isEmpty())
        return {};
    QJsonObject json{{u"name"_s, host.name},
                     {u"toldBy"_s, host.toldBy},
                     {u"superuser"_s, host.isSuperuser},
                     {u"reservedRoles"_s, QJsonArray::fromStringList(host.reservedRoles)},
                     {u"leavesOut"_s, QJsonArray::fromStringList(host.leavesOut)},
                     {u"byHand"_s, QJsonArray::fromStringList(host.byHand)}};
    if (host.transactionPort > 0)
        json.insert(u"transactionPort"_s, host.transactionPort);
    return json;
}

QList<PreflightNote> notesOfHostRoles(const QStringList &missing, const HostProfile &here,
                                      MissingRoles fate)
{
    QList<PreflightNote> notes;
    for (const KnownHost &host : knownHosts()) {
        QStringList its = missing;
        its.removeIf([&host](const QString &role) { return !isAmong(role, host.roles); });
        if (its.isEmpty() || host.name == here.name)
            continue;
        const QString what = its.size() == 1 ? u"%1 is the name of a role of %2's own. "_s
                                             : u"%1 are names of roles of %2's own. "_s;
        notes.append({PreflightNote::Weight::Fact, what.arg(its.join(u", "_s), host.name) +
                                                       host.rolesAre + u' ' +
                                                       fateOf(fate, its.size() == 1)});
    }
    return notes;
}

} // namespace mayday::restore
