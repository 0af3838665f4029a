// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpinspection.h"
#include "dump/dumpvisitor.h"
#include "postgres/session.h"
#include "restore/restoreplan.h"

#include <QJsonObject>

namespace mayday::restore {

/// The same statement about the roles of the server, wherever its grammar names one (see
/// dump::roleWords); bodies and literals are as they were. Two that are one here stand in a list
/// once. Its place in the file stays. Pure.
[[nodiscard]] dump::DumpStatement withRoles(const dump::DumpStatement &statement,
                                            const RoleMap &roles);
/// What the dump takes for granted then.
[[nodiscard]] dump::DumpNeeds withRoles(const dump::DumpNeeds &needs, const RoleMap &roles);
[[nodiscard]] dump::NeedsBySchema withRoles(const dump::NeedsBySchema &needs, const RoleMap &roles);
/// Another one as soon as somebody else is meant; empty stays empty.
[[nodiscard]] QByteArray withRoles(const QByteArray &fingerprint, const RoleMap &roles);

/// Refused for a role that the dump does not name. whole: schemas that are left out included.
[[nodiscard]] Result<void> checkRolesOfDump(const RoleMap &roles,
                                            const dump::DumpInspection &whole);
/// Refused for one that this server does not have. Asks nothing when there are none.
[[nodiscard]] Result<void> checkRolesAreThere(postgres::Session &session, const RoleMap &roles,
                                              TaskContext &context);

/// "old_owner is new_owner, reader is web"; empty without any.
[[nodiscard]] QString rolesInWords(const RoleMap &roles);
[[nodiscard]] QJsonObject toJson(const RoleMap &roles);
[[nodiscard]] RoleMap roleMapFromJson(const QJsonObject &json);

/// Passes a dump on with the roles of the server in place of its own.
class MappedDump final : public dump::DumpVisitor {
public:
    MappedDump(dump::DumpVisitor &visitor, const RoleMap &roles)
        : m_visitor(visitor), m_roles(roles)
    {
    }

    Result<void> statement(const dump::DumpStatement &statement) override;
    Result<void> copyBegin(const dump::CopyHeader &header) override
    {
        return m_visitor.copyBegin(header);
    }
    Result<void> copyData(QByteArrayView rows) override { return m_visitor.copyData(rows); }
    void copyEndsAt(qint64 place) override { m_visitor.copyEndsAt(place); }
    Result<void> copyEnd(qint64 rows, qint64 bytes, qint64 line) override
    {
        return m_visitor.copyEnd(rows, bytes, line);
    }

private:
    dump::DumpVisitor &m_visitor;
    const RoleMap &m_roles;
};

} // namespace mayday::restore
