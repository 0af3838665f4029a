// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "incident/incidentdesk.h"
#include "support/fakeclock.h"

#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

namespace mayday::tests {

/// A checklist with everything in it: human and sensed steps, an optional one, a decision, shared
/// phases, and prose that a redactor would take for a secret.
inline constexpr const char *sharedMarkdown = R"(---
id: first
title: First response
place: before
---

## Immediate (0-15 min)

- [ ] Tell the team. (1 min)
- [ ] Token: rotate it, password: reset it. (2 min)
)";

inline constexpr const char *bookMarkdown = R"(---
id: data-loss
title: Data loss
tier: critical
rto: 15 min
include: [first]
---

# Data loss

## Recover (15-60 min)

### Option: From the provider

- [ ] Ask the provider for a copy. (10 min)

### Option: From our own dump

- [ ] Choose the dump. (1 min)
- [ ] Optional: Make a copy of what is there. (2 min)
- [ ] Check that the products are back. (1 min)
  [Rows](check:rows?database=main&table=products&min=1)

## After

- [ ] Tell everybody that it is over. (1 min)
)";

/// A journal, a clock, a checklist and one desk over them, in a folder of their own.
class IncidentFixture {
public:
    QTemporaryDir folder;
    FakeClock clock;
    std::unique_ptr<store::Journal> journal;
    std::unique_ptr<incident::IncidentDesk> desk;
    incident::SharedSources shared{{QStringLiteral("first"), QByteArray(sharedMarkdown)}};
    QList<Error> errors;

    IncidentFixture() { start(); }

    /// As the program starts: nothing but what the journal says.
    void start()
    {
        desk.reset();
        journal.reset();
        auto opened = store::Journal::open(path(), clock);
        if (!opened)
            qFatal("%s", qPrintable(describe(opened.error())));
        journal = *std::move(opened);
        desk = std::make_unique<incident::IncidentDesk>(*journal, clock);
        desk->replay(journal->read().value());
        QObject::connect(desk.get(), &incident::IncidentDesk::failed, desk.get(),
                         [this](const Error &error) { errors.append(error); });
    }
    [[nodiscard]] QString path() const { return folder.filePath(QStringLiteral("journal.sqlite")); }
    [[nodiscard]] runbook::Runbook book() const
    {
        const auto reading = runbook::readRunbook(
            bookMarkdown, QStringLiteral("data-loss.md"), runbook::VerbRegistry::standard(),
            [this](const QString &name) { return std::optional(shared.value(name)); });
        if (!reading.runbook || reading.runbook->stepCount() != 7)
            qFatal("the sample runbook is not what the tests think");
        return *reading.runbook;
    }
    void open(incident::OpenOptions options = {.title = QStringLiteral("Products are gone"),
                                               .environment = QStringLiteral("production"),
                                               .commander = QStringLiteral("Ada")})
    {
        desk->open(book(), shared, options);
        written();
    }
    /// Waits until everything asked for is on the disk and shown.
    void written()
    {
        QVERIFY(journal->appendNow(
            {.kind = QStringLiteral("test.mark"), .subject = QStringLiteral("t")}));
        bool isThere = false;
        auto task =
            journal->append({.kind = QStringLiteral("test.mark"), .subject = QStringLiteral("t")});
        task.deliverTo(desk.get(), [&](const Result<store::JournalEvent> &) { isThere = true; });
        QTRY_VERIFY(isThere);
        clock.advance(std::chrono::seconds(7));
    }
    [[nodiscard]] const incident::Incident &running() const
    {
        if (!desk->running())
            qFatal("no incident is running");
        return *desk->running();
    }
    /// The step whose action begins so.
    [[nodiscard]] runbook::StepId step(const QString &action) const
    {
        for (const runbook::Phase &phase : running().checklist.runbook().phases) {
            for (const runbook::Group &group : phase.groups) {
                for (const runbook::Step &one : group.steps) {
                    if (one.action.startsWith(action))
                        return one.id;
                }
            }
        }
        qFatal("no step begins with %s", qPrintable(action));
    }
    [[nodiscard]] QStringList lines() const
    {
        QStringList texts;
        for (const incident::TimelineEntry &entry : running().timeline)
            texts.append(entry.text);
        return texts;
    }
    /// Everything a person could see of every incident, as text: equal text, equal state.
    [[nodiscard]] static QString dump(const QList<incident::Incident> &incidents);
};

inline QString IncidentFixture::dump(const QList<incident::Incident> &incidents)
{
    QString text;
    QDebug out(&text);
    for (const incident::Incident &one : incidents) {
        out << one.id.text() << one.number << one.title << one.runbookTitle << int(one.severity)
            << one.environment << one.drill << one.security << one.openedAt
            << one.closedAt.value_or(QDateTime()) << one.commander << one.rto.count()
            << one.nextUpdateDue << one.updatesSent << one.checklist.runbook().source << "\n";
        for (const runbook::Step &step : one.checklist.order()) {
            const runbook::StepOutcome outcome = one.checklist.outcome(step.id);
            out << step.id.value << step.action << int(outcome.state) << outcome.at << outcome.by
                << outcome.reason << "\n";
        }
        for (const runbook::Decision &decision : one.checklist.decisions())
            out << decision.id << decision.options << decision.chosen << "\n";
        for (const incident::TimelineEntry &entry : one.timeline)
            out << entry.sequence << entry.at << entry.who << entry.kind << entry.text << "\n";
        for (const incident::RestoreNote &note : one.restores)
            out << note.id << note.verdict << note.tables.size()
                << note.putBackAt.value_or(QDateTime()) << "\n";
        for (const incident::Choice &choice : one.choices)
            out << choice.option << choice.reason << choice.at << "\n";
        for (const incident::KeptEvidence &kept : one.evidence)
            out << kept.folder << kept.files << kept.manifestHash << "\n";
    }
    return text;
}

} // namespace mayday::tests
