// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"

#include <QMap>
#include <QSet>
#include <QStringList>

namespace mayday::restore {

/// Who may do what with the tables, views, sequences and functions of some schemas: rights, row
/// security and its policies. Taken before a load and behind it, because a restore after which the
/// application is refused, or shows rows to whom it did not, is not as before, however many rows it
/// has brought. A value.
class Access final {
public:
    /// As it is now. What superusers may do is left out: everything.
    [[nodiscard]] static Result<Access> of(postgres::Session &session, const QStringList &schemas,
                                           TaskContext &context);
    /// What of() asks inside of a transaction, to be asked ahead.
    [[nodiscard]] static std::vector<postgres::Question> questions(const QStringList &schemas);
    /// What is otherwise in after, of the things that are in both: at most one sentence each on
    /// what is gone, on what has come, and on policies that read otherwise. That an owner may use
    /// its own is not told of a new one.
    [[nodiscard]] QStringList changesTo(const Access &after) const;
    /// What of that lets somebody do more than before, a sentence each: rights that came, row
    /// security and policies that went or read otherwise.
    [[nodiscard]] QStringList awakenedIn(const Access &after) const;

private:
    struct Fact {
        QString object; ///< "public.products"
        QString whom;   ///< of a right
        QString what; ///< a privilege; or what guards the rows, with its definition behind a break
        bool isOwn = false;
        /// Without the definition of a policy.
        [[nodiscard]] Fact named() const;
        [[nodiscard]] QString words() const; ///< "SELECT on public.products for reader"
        [[nodiscard]] bool operator==(const Fact &other) const
        {
            return object == other.object && whom == other.whom && what == other.what;
        }
        [[nodiscard]] friend size_t qHash(const Fact &fact, size_t seed = 0)
        {
            return qHashMulti(seed, fact.object, fact.whom, fact.what);
        }
    };
    [[nodiscard]] QList<Fact> surplusOver(const Access &other, bool withOwn) const;
    [[nodiscard]] QList<Fact> otherwiseIn(const Access &other) const;
    [[nodiscard]] QStringList beyond(const Access &other, bool withOwn) const;
    [[nodiscard]] QStringList readingOtherwise(const Access &other) const;

    QSet<QString> m_objects;
    QList<Fact> m_facts; ///< in the order of objects and roles
};

} // namespace mayday::restore
