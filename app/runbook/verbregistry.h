// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace mayday::runbook {

enum class VerbKind { Do, Check };

/// One parameter a verb understands.
struct VerbParameter {
    QString name;
    bool required = false;
    QStringList values = {}; ///< the allowed ones; empty: any text
};

/// What a link `do:name?...` or `check:name?...` may say.
struct Verb {
    VerbKind kind = VerbKind::Do;
    QString name;
    QList<VerbParameter> parameters;
    QStringList oneOf = {}; ///< at least one of these must be given: {"service", "database"}

    [[nodiscard]] const VerbParameter *parameter(const QString &name) const;
    [[nodiscard]] QStringList parameterNames() const;
};

/// The verbs runbooks may use. Modules register theirs; a name registered twice is replaced. A
/// value, filled at start and read only afterwards. Knows words, never what they do.
class VerbRegistry final {
public:
    /// The verbs of the runbook format: rollback, promote, restore, backup, run, open, notify,
    /// env-snapshot, env-restore, evidence, maintenance-page; status, probe, http, sql, deployment,
    /// backup-age, tool, rows.
    [[nodiscard]] static VerbRegistry standard();

    void add(const Verb &verb);
    [[nodiscard]] const Verb *find(VerbKind kind, const QString &name) const;
    [[nodiscard]] QStringList names(VerbKind kind) const;

private:
    QList<Verb> m_verbs;
};

} // namespace mayday::runbook
