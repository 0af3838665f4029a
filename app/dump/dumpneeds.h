// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/extensionuse.h"

#include <QJsonObject>
#include <QMap>
#include <QStringList>

namespace mayday::dump {

/// What a dump takes for granted on the server it goes to, by name, each once, in the order of the
/// file. A value.
struct DumpNeeds {
    QStringList extensions = {};
    QStringList owners = {};      ///< to whom things are given, and as whom some are made
    QStringList grantees = {};    ///< who gets rights; everybody (PUBLIC) is not one
    QStringList policyRoles = {}; ///< to whom a policy applies: it cannot be made without them
    QStringList otherRoles = {};  ///< without whom something is left out, or nothing is
    QStringList settings = {};    ///< that are SET; none of an extension's own ("a.b")
    ExtensionUses uses = {};      ///< what needs which extension of the whole dump

    [[nodiscard]] bool operator==(const DumpNeeds &) const = default;
};

/// By the schema that takes it for granted; what is for the whole dump stands under no name.
using NeedsBySchema = QMap<QString, DumpNeeds>;

/// The roles it names, each once.
[[nodiscard]] QStringList rolesIn(const DumpNeeds &needs);

/// Collects them, statement by statement.
class NeedsReader final {
public:
    void hear(const DumpStatement &statement);
    [[nodiscard]] const NeedsBySchema &needs() const { return m_needs; }

private:
    NeedsBySchema m_needs;
    ExtensionUseReader m_uses;
    QString m_speaker; ///< in whose name the dump goes on; needed by whatever is said in it
};

/// Of all of them together.
[[nodiscard]] DumpNeeds together(const NeedsBySchema &needs);

/// The parameter that a SET sets. Empty for any other statement, for what only reads like a
/// parameter (SET ROLE, SET TIME ZONE) and for an extension's own.
[[nodiscard]] QString settingOf(const DumpStatement &statement);

[[nodiscard]] QJsonObject toJson(const DumpNeeds &needs);
[[nodiscard]] QJsonObject toJson(const NeedsBySchema &needs);
[[nodiscard]] NeedsBySchema needsFromJson(const QJsonObject &json);

} // namespace mayday::dump
