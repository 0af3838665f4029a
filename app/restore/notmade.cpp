// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/notmade.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// "2 publications, 1 event trigger"
QString countsOf(const QStringList &things)
{
    QStringList parts;
    for (const QString &kind : {u"publication"_s, u"subscription"_s, u"event trigger"_s}) {
        const auto count = std::ranges::count_if(
            things, [&kind](const QString &thing) { return thing.startsWith(kind + u' '); });
        if (count > 0)
            parts.append(u"%1 %2%3"_s.arg(count).arg(kind, count == 1 ? QString() : u"s"_s));
    }
    return parts.join(u", "_s);
}

} // namespace

NotMade notMade(const dump::DumpInspection &inspection, const TargetFacts &facts)
{
    NotMade what{.switches = inspection.switches, .isSuperuser = facts.isSuperuser};
    for (const QString &thing : inspection.switches) {
        if (facts.standing.contains(thing))
            what.there.append(thing);
    }
    const auto &comments = inspection.extensionComments;
    for (auto it = comments.cbegin(); it != comments.cend(); ++it) {
        const bool isInTheWay = facts.extensions.contains(it.key()) || !facts.isSuperuser;
        if (isInTheWay && facts.comments.value(it.key()) != it.value())
            what.comments.append(it.key());
    }
    return what;
}

QStringList inWords(const NotMade &what, RestoreMode mode)
{
    if (mode == RestoreMode::Tables)
        return {};
    QStringList sentences;
    const bool isNewDatabase = mode == RestoreMode::ReplaceDatabase; // nothing is there then
    QStringList absent = what.switches;
    if (!isNewDatabase)
        absent.removeIf([&what](const QString &thing) { return what.there.contains(thing); });
    if (!absent.isEmpty())
        sentences.append(countsOf(absent) + u": no restore switches such things on; make them by "
                                            "hand where they are wanted."_s);
    if (!isNewDatabase && !what.there.isEmpty())
        sentences.append(countsOf(what.there) + u": there already, and what is there stays."_s);
    if (what.comments.isEmpty() || (isNewDatabase && what.isSuperuser))
        return sentences;
    sentences.append(u"%1 (%2): what the server says of them stays."_s.arg(
        what.comments.size() == 1 ? u"1 comment on an extension"_s
                                  : u"%1 comments on extensions"_s.arg(what.comments.size()),
        what.comments.join(u", "_s)));
    return sentences;
}

QJsonObject toJson(const NotMade &what)
{
    return {{u"switches"_s, QJsonArray::fromStringList(what.switches)},
            {u"there"_s, QJsonArray::fromStringList(what.there)},
            {u"extensionComments"_s, QJsonArray::fromStringList(what.comments)}};
}

} // namespace mayday::restore
