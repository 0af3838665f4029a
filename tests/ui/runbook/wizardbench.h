// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/incident/incidentfixture.h"
#include "secrets/memorysecretstore.h"
#include "support/screen.h"
#include "support/scriptedprompter.h"
#include "support/scriptedtransport.h"
#include "ui/runbook/wizardpage.h"

#include <QListView>

namespace mayday::tests {

/// A checklist with one of each: message, command, action, optional and sensed step, decision, and
/// an action with a panel of its own.
inline constexpr const char *wizardMarkdown = R"(---
id: data-loss
title: Data loss
tier: critical
rto: 15 min
---

# Data loss

Rows are gone.

## Immediate (0-15 min)

### Respond

- [ ] Tell the team. (1 min)
  Everybody stops deploying.

  [Fill in the team message](do:notify?template=team)

  **Expect:** Somebody else has answered.

- [ ] Look at the log of {{service.backend.name}}. (2 min)
  It says since when.

  [Save logs and readings](do:evidence)

  ```bash {write}
  curl -s {{service.backend.url}}/log
  ```

  **If not:** Read it on the dashboard.

- [ ] Optional: Ask a colleague. (1 min)

- [ ] See that the backend answers. (1 min)

  [The backend answers 200](check:http?service=backend&status=200)

## Recover (15-60 min)

### Option: From the provider

- [ ] Ask the provider for a copy. (10 min)

- [ ] Wait for the copy. (10 min)

### Option: From our own dump

- [ ] Restore the dump. (5 min)

  [Choose a backup and restore](do:restore?database=main)

## After

- [ ] Tell everybody that it is over. (1 min)

## Messages

### Team message

> We have an incident: [what users cannot do], since [time].

### Update message

> We work on [what]. Next update by [time of next update].
)";

/// The wizard page over a real journal, a real desk and a real sensor; only the network, the user's
/// answers and the time are made up.
class WizardBench final {
public:
    ui::Theme theme;
    IncidentFixture fixture;
    ScriptedTransport transport;
    QThreadPool pool;
    secrets::MemorySecretStore store;
    desk::Credentials credentials{store, pool};
    status::StatusBoard board{fixture.clock};
    desk::StepSensor sensor{{.transport = transport,
                             .pool = pool,
                             .clock = fixture.clock,
                             .board = board,
                             .credentials = credentials}};
    test::ScriptedPrompter prompter;
    std::function<QWidget *(const runbook::VerbCall &, QWidget *)> panelFor;
    std::unique_ptr<ui::WizardPage> page;

    WizardBench()
    {
        using namespace Qt::StringLiterals;
        theme.applyTo(*qApp);
        stack::Stack stack;
        stack.services = {{.id = stack::ServiceId::parse(u"backend"_s).value(),
                           .name = u"API backend"_s,
                           .provider = {},
                           .url = healthUrl(),
                           .healthPath = {}}};
        sensor.setStack(stack);
        transport.answer(healthUrl(), 503, "{}");
        QObject::connect(&sensor, &desk::StepSensor::cameTrue, &sensor,
                         [this](const runbook::StepId &step, const QString &evidence) {
                             fixture.desk->senseDone(step, evidence);
                         });
        show();
    }
    ~WizardBench() { page.reset(); }
    Q_DISABLE_COPY_MOVE(WizardBench)

    [[nodiscard]] static QUrl healthUrl() { return QUrl(QStringLiteral("http://backend.test/")); }

    void show()
    {
        using namespace Qt::StringLiterals;
        page = std::make_unique<ui::WizardPage>(ui::WizardPage::Parts{
            .theme = theme,
            .incidents = *fixture.desk,
            .sensor = sensor,
            .clock = fixture.clock,
            .prompter = prompter,
            .variables = [](const QString &name) -> std::optional<QString> {
                if (name == u"service.backend.name")
                    return u"API backend"_s;
                if (name == u"service.backend.url")
                    return u"https://api.example"_s;
                return std::nullopt;
            },
            .messageWords = [](const QString &word) -> std::optional<QString> {
                if (word == u"time of next update")
                    return u"03:20 UTC"_s;
                if (word == u"time")
                    return u"03:00 UTC"_s;
                return std::nullopt;
            },
            .panelFor =
                [this](const runbook::VerbCall &call, QWidget *parent) {
                    return panelFor ? panelFor(call, parent) : nullptr;
                }});
        page->resize(1192, 700);
        page->setVisible(true);
        QVERIFY(QTest::qWaitForWindowActive(page.get()));
        page->initialFocus()->setFocus();
    }
    /// As when Mayday ends and is started again.
    void restart()
    {
        page.reset();
        sensor.watch(nullptr);
        fixture.start();
        show();
    }
    void open(bool drill = false)
    {
        const auto reading = runbook::readRunbook(wizardMarkdown, QStringLiteral("data-loss.md"),
                                                  runbook::VerbRegistry::standard());
        QVERIFY(reading.runbook && !reading.hasErrors());
        fixture.desk->open(*reading.runbook, {},
                           {.title = QStringLiteral("Products are gone"),
                            .drill = drill,
                            .environment = QStringLiteral("production"),
                            .commander = QStringLiteral("Ada")});
        written();
    }
    /// A key, and everything it leads to.
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        tests::press(*page, key, modifiers);
        written();
    }
    /// Everything asked for until now is on the disk and shown.
    void written()
    {
        bool isThere = false;
        auto task = fixture.journal->append(
            {.kind = QStringLiteral("test.mark"), .subject = QStringLiteral("t")});
        task.deliverTo(&sensor, [&](const Result<store::JournalEvent> &) { isThere = true; });
        QTRY_VERIFY(isThere);
        fixture.clock.advance(std::chrono::seconds(7));
    }
    void press(std::initializer_list<Qt::Key> keys)
    {
        for (const Qt::Key key : keys)
            press(key);
    }
    /// To the decision: three ticks by hand, and one by the sensor.
    void reachDecision()
    {
        press({Qt::Key_Space, Qt::Key_Space, Qt::Key_Space});
        transport.answer(healthUrl(), 200, "{}");
        sensor.lookNow();
        QTRY_VERIFY(fixture.running().checklist.currentDecision());
        written();
    }
    [[nodiscard]] QString shownAction() const
    {
        const runbook::Step *step = fixture.running().checklist.step(page->shownStep());
        return step ? step->action : QString();
    }
    [[nodiscard]] runbook::StepState state(const QString &action) const
    {
        return fixture.running().checklist.state(fixture.step(action));
    }
    [[nodiscard]] QListView &list() const { return *page->findChild<QListView *>(); }
    [[nodiscard]] QString seen() const { return seenText(*page); }
    [[nodiscard]] ui::ActionButton *button(const QString &beginning) const
    {
        return seenButton(*page, beginning);
    }
};

} // namespace mayday::tests
