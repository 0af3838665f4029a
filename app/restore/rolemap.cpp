// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/rolemap.h"

#include "dump/rolewords.h"
#include "postgres/quoting.h"

#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

QStringList withRoles(const QStringList &names, const RoleMap &roles)
{
    QStringList mapped;
    for (const QString &name : names)
        mapped.append(roles.value(name, name));
    mapped.removeDuplicates();
    return mapped;
}

Error unknownRole(const QString &role, const QString &detail)
{
    return {.kind = ErrorKind::NotFound, .subject = u"role "_s + role, .detail = detail};
}

} // namespace

dump::DumpStatement withRoles(const dump::DumpStatement &statement, const RoleMap &roles)
{
    dump::DumpStatement mapped = statement;
    QByteArray sql;
    qsizetype copied = 0;
    const auto copyUpTo = [&](qsizetype end) {
        sql += QByteArrayView(statement.sql).sliced(copied, end - copied);
    };
    QStringList list; // that the word stands in, so far
    for (const dump::RoleWord &word : dump::roleWords(statement)) {
        if (word.comma < 0)
            list.clear();
        const QString name = word.isSomebody ? roles.value(word.name, word.name) : word.name;
        const bool isAgain = word.comma >= 0 && list.contains(name);
        list.append(name);
        if (isAgain) {
            copyUpTo(word.comma);
        } else if (name != word.name) {
            copyUpTo(word.begin);
            sql += postgres::quoteIdentifier(name).toUtf8();
        } else {
            continue;
        }
        copied = word.end;
    }
    copyUpTo(statement.sql.size());
    mapped.sql = sql;
    return mapped;
}

dump::DumpNeeds withRoles(const dump::DumpNeeds &needs, const RoleMap &roles)
{
    dump::DumpNeeds mapped = needs;
    for (const auto list : {&dump::DumpNeeds::owners, &dump::DumpNeeds::grantees,
                            &dump::DumpNeeds::policyRoles, &dump::DumpNeeds::otherRoles})
        mapped.*list = withRoles(needs.*list, roles);
    return mapped;
}

dump::NeedsBySchema withRoles(const dump::NeedsBySchema &needs, const RoleMap &roles)
{
    dump::NeedsBySchema mapped = needs;
    for (dump::DumpNeeds &some : mapped)
        some = withRoles(some, roles);
    return mapped;
}

QByteArray withRoles(const QByteArray &fingerprint, const RoleMap &roles)
{
    if (fingerprint.isEmpty() || roles.isEmpty())
        return fingerprint;
    return fingerprint + ' ' + QJsonDocument(toJson(roles)).toJson(QJsonDocument::Compact);
}

Result<void> checkRolesOfDump(const RoleMap &roles, const dump::DumpInspection &whole)
{
    const QStringList named = rolesIn(together(whole.needs));
    for (auto it = roles.cbegin(); it != roles.cend(); ++it) {
        if (!named.contains(it.key()))
            return failure(unknownRole(
                it.key(), u"the dump names no such role, so it cannot be %1 here"_s.arg(*it)));
        // Its name goes among the bytes of the dump, which the server reads in that encoding.
        const bool isPlain = std::ranges::all_of(*it, [](QChar c) { return c.unicode() < 0x80; });
        const bool isUnicode = whole.encoding.isEmpty() || whole.encoding == "UTF8"_L1;
        if (!isPlain && !isUnicode)
            return failure({.kind = ErrorKind::Unsupported,
                            .subject = u"role "_s + *it,
                            .detail = u"the dump is in %1, and roles of other names than plain "
                                      "letters can only be mapped in one that is in UTF8"_s.arg(
                                          whole.encoding),
                            .advice = Advice::MakeBackupWithPgDump});
    }
    return {};
}

Result<void> checkRolesAreThere(postgres::Session &session, const RoleMap &roles,
                                TaskContext &context)
{
    if (roles.isEmpty())
        return {};
    const QByteArray names = postgres::arrayOf(roles.values());
    const auto there = session.query("SELECT rolname FROM pg_catalog.pg_roles"
                                     " WHERE rolname = ANY ($1::pg_catalog.text[])",
                                     {&names, 1}, context);
    if (!there)
        return failure(there.error());
    QStringList known;
    for (int i = 0; i < there->rowCount(); ++i)
        known.append(there->text(i, 0));
    for (auto it = roles.cbegin(); it != roles.cend(); ++it) {
        if (!known.contains(*it)) {
            Error error = unknownRole(
                *it,
                u"%1 of the dump is to be it, and this server has no such role"_s.arg(it.key()));
            error.advice = Advice::CreateRole;
            return failure(error);
        }
    }
    return {};
}

QString rolesInWords(const RoleMap &roles)
{
    QStringList words;
    for (auto it = roles.cbegin(); it != roles.cend(); ++it)
        words.append(u"%1 is %2"_s.arg(it.key(), *it));
    return words.join(u", "_s);
}

QJsonObject toJson(const RoleMap &roles)
{
    QJsonObject json;
    for (auto it = roles.cbegin(); it != roles.cend(); ++it)
        json.insert(it.key(), *it);
    return json;
}

RoleMap roleMapFromJson(const QJsonObject &json)
{
    RoleMap roles;
    for (auto it = json.begin(); it != json.end(); ++it)
        roles.insert(it.key(), it.value().toString());
    return roles;
}

Result<void> MappedDump::statement(const dump::DumpStatement &statement)
{
    return m_visitor.statement(m_roles.isEmpty() ? statement : withRoles(statement, m_roles));
}

} // namespace mayday::restore
