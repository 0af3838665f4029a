// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/sharedphases.h"

#include <QSet>

#include <algorithm>

namespace mayday::runbook {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype longestStepSlug = 48;

void addPhases(QList<Phase> &all, const QList<Phase> &more)
{
    for (const Phase &phase : more) {
        const auto same = std::ranges::find(all, phase.slug, &Phase::slug);
        if (same == all.end())
            all.append(phase);
        else
            same->groups.append(phase.groups);
    }
}

QString stepSlug(const QString &action)
{
    QString slug = slugOf(action).left(longestStepSlug);
    while (slug.endsWith(u'-'))
        slug.chop(1);
    return slug.isEmpty() ? u"step"_s : slug;
}

} // namespace

void mergeShared(Runbook &runbook, const QList<Runbook> &shared)
{
    QList<Phase> phases;
    for (const Runbook &other : shared) {
        if (other.place != SharedPlace::After)
            addPhases(phases, other.phases);
    }
    addPhases(phases, runbook.phases);
    for (const Runbook &other : shared) {
        if (other.place == SharedPlace::After)
            addPhases(phases, other.phases);
        for (const MessageTemplate &message : other.templates) {
            if (!runbook.messageTemplate(message.name))
                runbook.templates.append(message);
        }
    }
    runbook.phases = phases;
}

void assignStepIds(Runbook &runbook)
{
    QSet<QString> taken;
    QHash<QString, int> copies;
    for (Phase &phase : runbook.phases) {
        for (Group &group : phase.groups) {
            for (Step &step : group.steps) {
                const QString wanted = phase.slug + u'/' + stepSlug(step.action);
                QString id = wanted;
                while (taken.contains(id))
                    id = wanted + u'-' + QString::number(++copies[wanted] + 1);
                taken.insert(id);
                step.id = StepId{id};
            }
        }
    }
}

} // namespace mayday::runbook
