// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "status/boardsnapshot.h"
#include "status/suggestion.h"

namespace mayday::status {

/// Whose fault it is.
enum class Side { AllWell, Us, Them, Both, Unclear };

/// "all-well", "us", "them", "both", "unclear".
[[nodiscard]] QString sideKey(Side side);

/// One thing the verdict rests on, for a screen that words it in another language.
struct Fact {
    enum class Kind {
        ProbeSilent,      ///< no answer from name for lasting
        ProbeFailing,     ///< name answers, but wrongly (words), for lasting
        RowsLost,         ///< words on name; before and now are rows
        VendorReports,    ///< name (a provider) reports words
        VendorUnaware,    ///< the disagreement: name reports no trouble, our probe there fails
        VendorUnfelt,     ///< the other one: name reports words, our probes there answer
        VendorUnknown,    ///< name's page gives no fresh reading, our probe there fails
        NotFresh,         ///< name has no fresh reading
        NothingReachable, ///< neither a probe nor a page: perhaps our own network
    };
    Kind kind;
    QString id; ///< of the probe or the provider; empty for NothingReachable
    QString name;
    QString words = {};
    std::chrono::milliseconds lasting{0};
    qint64 before = 0;
    qint64 now = 0;

    /// In English, without a full stop.
    [[nodiscard]] QString sentence() const;
};

/// The answer of the first screen (R17): us or them, since when, which checklist. A value.
struct Verdict {
    Side side = Side::Unclear;
    QString
        sentence;   ///< "It is them: Supabase. Our database shop has not answered for 14 minutes."
    QString detail; ///< the other facts in words; disagreements are named here
    QList<Fact> facts;
    int probesAnswering = 0;
    int probesTotal = 0;
    QDateTime since; ///< when the first of the failures began; invalid when there is none
    QList<Suggestion> suggestions;
};

/// Pure: the same board gives the same verdict. Only fresh readings count; a vendor's page
/// explains, it never proves that we are well.
[[nodiscard]] Verdict judge(const BoardSnapshot &board, const QList<SuggestRule> &rules = {});

} // namespace mayday::status
