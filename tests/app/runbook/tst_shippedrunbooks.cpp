// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/redactor.h"
#include "runbook/checklist.h"
#include "runbook/placeholders.h"
#include "runbook/runbooklibrary.h"
#include "stack/condition.h"
#include "stack/duration.h"
#include "stack/stackreader.h"
#include "support/testmain.h"

#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::runbook;

namespace {

const RunbookLibrary &library()
{
    static const RunbookLibrary all = RunbookLibrary::load({}, VerbRegistry::standard());
    return all;
}

/// The stack.yaml that is shipped beside the runbooks, for people to begin with.
const stack::Stack &exampleStack()
{
    static const stack::Stack example = [] {
        QFile file(QStringLiteral(MAYDAY_SOURCE_DIR "/resources/stack.example.yaml"));
        if (!file.open(QIODevice::ReadOnly))
            qFatal("the example stack is not there");
        const auto reading = stack::readStack(file.readAll());
        if (!reading.stack)
            qFatal("the example stack cannot be used");
        return *reading.stack;
    }();
    return example;
}

const RunbookLibrary::Entry &entryOf(const QString &name)
{
    for (const RunbookLibrary::Entry &entry : library().files()) {
        if (QFileInfo(entry.fileName).completeBaseName() == name)
            return entry;
    }
    qFatal("no such runbook");
}

QList<Step> stepsOf(const Runbook &book)
{
    QList<Step> steps;
    for (const Phase &phase : book.phases) {
        for (const Group &group : phase.groups)
            steps += group.steps;
    }
    return steps;
}

QStringList textsOf(const Runbook &book)
{
    QStringList texts{book.summary};
    for (const Phase &phase : book.phases) {
        for (const Group &group : phase.groups)
            texts += group.note;
    }
    for (const Step &step : stepsOf(book)) {
        texts += {step.action, step.body, step.expect, step.check, step.ifNot, step.undo, step.why};
        for (const CommandBlock &command : step.commands)
            texts += command.text;
    }
    return texts;
}

/// Which part of the stack a parameter names; empty when the example has it, or it names none.
QString unknownPart(const QString &name, const QString &value)
{
    const stack::Stack &stack = exampleStack();
    const auto has = [&value](const auto &parts) {
        return std::ranges::any_of(parts,
                                   [&](const auto &part) { return part.id.text() == value; });
    };
    const bool isKnown = name == u"service"    ? has(stack.services)
                         : name == u"database" ? has(stack.databases)
                         : name == u"provider" ? has(stack.providers)
                         : name == u"contact"  ? has(stack.contacts)
                                               : true;
    return isKnown ? QString() : name + u'=' + value;
}

bool isWatched(const QString &table)
{
    return std::ranges::any_of(exampleStack().databases, [&](const stack::Database &database) {
        return database.watch.contains(table);
    });
}

bool canComeTrue(const stack::Condition &condition)
{
    using Kind = stack::Condition::Kind;
    const QString &target = condition.target;
    if (target == u"any")
        return true;
    switch (condition.kind) {
    case Kind::Probe:
        return target == u"service" || target == u"database" ||
               unknownPart(u"service"_s, target).isEmpty() ||
               unknownPart(u"database"_s, target).isEmpty();
    case Kind::Status: return unknownPart(u"provider"_s, target).isEmpty();
    case Kind::Rows: return isWatched(target);
    case Kind::Deployment: return unknownPart(u"service"_s, target).isEmpty();
    }
    return false;
}

/// Does what is asked until nothing is asked any more, always taking the same option of several.
/// Returns the steps it met, in order.
QList<StepId> walked(Checklist &list, qsizetype option)
{
    QList<StepId> met;
    for (int guard = 0; guard < 500; ++guard) {
        if (const Decision *decision = list.currentDecision()) {
            const QString choice =
                decision->options.at(std::min(option, decision->options.size() - 1));
            if (!list.choose(decision->id, choice))
                return met;
        } else if (const Step *step = list.current()) {
            met.append(step->id);
            const StepState state = step->isSensed() ? StepState::Sensed : StepState::Done;
            if (!list.apply(step->id, {.state = state}))
                return met;
        } else {
            return met;
        }
    }
    return met;
}

qsizetype mostOptions(const Checklist &list)
{
    qsizetype most = 1;
    for (const Decision &decision : list.decisions())
        most = std::max(most, decision.options.size());
    return most;
}

/// The first line of a command that changes something although its block does not say {write}.
QString unmarkedChange(const CommandBlock &command)
{
    static const QRegularExpression changing(
        u"^\\s*(railway (up|add|init|down|redeploy|variables? set)|vercel (link|env (add|rm)|"
        "--prod|rollback|promote)|git (push|revert|reset|commit|merge)|rm |mv |pg_restore|psql|"
        "python |npm |kill |INSERT|UPDATE|DELETE|DROP|ALTER|TRUNCATE|CREATE|GRANT|REVOKE)"_s,
        QRegularExpression::CaseInsensitiveOption);
    if (command.write)
        return {};
    for (const QString &line : command.text.split(u'\n')) {
        if (changing.match(line).hasMatch() || line.contains(u"curl -X"))
            return line;
    }
    return {};
}

} // namespace

/// The fourteen files as they are shipped, against the stack.yaml shipped beside them: whoever
/// copies both must find nothing that leads nowhere.
class TestShippedRunbooks final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyNameIsFilled_data() { rows(); }
    void everyNameIsFilled()
    {
        QFETCH(QString, file);
        const Lookup lookup = [](const QString &name) {
            return exampleStack().lookup(name);
        };
        for (const QString &text : textsOf(*entryOf(file).reading.runbook)) {
            const FilledText result = filled(text, lookup);
            QVERIFY2(result.gaps.isEmpty(), qPrintable(result.gaps.join(u' ')));
            QVERIFY2(variablesIn(result.text).isEmpty(), qPrintable(result.text));
        }
    }

    void everyButtonAndCheckNamesAPart_data() { rows(); }
    void everyButtonAndCheckNamesAPart()
    {
        QFETCH(QString, file);
        for (const Step &step : stepsOf(*entryOf(file).reading.runbook)) {
            for (const VerbCall &call : step.actions + step.checks) {
                QVERIFY2(!call.label.isEmpty(), qPrintable(step.id.value));
                for (const auto &[name, value] : call.parameters) {
                    const QString unknown = unknownPart(name, value);
                    QVERIFY2(unknown.isEmpty(), qPrintable(step.id.value + u' ' + unknown));
                }
            }
        }
    }

    void everyCheckCanBeJudged_data() { rows(); }
    void everyCheckCanBeJudged()
    {
        QFETCH(QString, file);
        for (const Step &step : stepsOf(*entryOf(file).reading.runbook)) {
            for (const VerbCall &call : step.checks) {
                const QByteArray where = step.id.value.toUtf8() + ' ' + call.verb.toUtf8();
                if (call.verb == u"rows")
                    QVERIFY2(isWatched(call.parameter(u"table"_s)), where);
                if (call.verb == u"http")
                    QVERIFY2(call.parameter(u"status"_s).toInt() / 100 == 2, where);
                if (call.verb == u"backup-age")
                    QVERIFY2(stack::parseDuration(call.parameter(u"max"_s)), where);
                for (const QString &bound : {u"min"_s, u"max"_s}) {
                    bool isNumber = true;
                    if (call.verb == u"rows" && !call.parameter(bound).isEmpty())
                        (void)call.parameter(bound).toLongLong(&isNumber);
                    QVERIFY2(isNumber, where);
                }
            }
        }
    }

    void everySuggestionCanComeTrue_data() { rows(); }
    void everySuggestionCanComeTrue()
    {
        QFETCH(QString, file);
        for (const QString &line : entryOf(file).reading.runbook->suggest) {
            const auto condition = stack::parseCondition(line);
            QVERIFY2(condition && canComeTrue(*condition), qPrintable(line));
        }
    }

    void everyStepIsMetOnSomeWay_data() { rows(); }
    void everyStepIsMetOnSomeWay()
    {
        QFETCH(QString, file);
        const Runbook &book = *entryOf(file).reading.runbook;
        QSet<StepId> met;
        const qsizetype ways = mostOptions(Checklist(book));
        for (qsizetype way = 0; way < ways; ++way) {
            Checklist list(book);
            const QList<StepId> path = walked(list, way);
            QCOMPARE(path.size(), list.order().size()); // each once
            QVERIFY(list.canClose());
            QVERIFY(!list.current() && !list.currentDecision());
            QCOMPARE(list.remaining().count(), 0);
            QCOMPARE(list.doneIn({}), list.total({}));
            met += QSet<StepId>(path.begin(), path.end());
        }
        for (const Step &step : stepsOf(book))
            QVERIFY2(met.contains(step.id), qPrintable(step.id.value));
    }

    void everyDecisionIsAWholeQuestion_data() { rows(); }
    void everyDecisionIsAWholeQuestion()
    {
        QFETCH(QString, file);
        const Runbook &book = *entryOf(file).reading.runbook;
        Checklist list(book);
        for (const Decision &decision : list.decisions()) {
            QVERIFY(decision.options.size() >= 2);
            QVERIFY(decision.isOpen());
        }
        // Whatever is chosen, what comes before the first decision is the same.
        QStringList before;
        for (const Step &step : list.order())
            before += step.id.value;
        for (const Decision &decision : QList<Decision>(list.decisions()))
            QVERIFY(list.choose(decision.id, decision.options.last()));
        QVERIFY(list.order().size() > (list.decisions().isEmpty() ? -1 : before.size()));
        for (const QString &id : before)
            QVERIFY2(list.step(StepId{id}), qPrintable(id));
    }

    void aCommandThatChangesSomethingSaysSo_data() { rows(); }
    void aCommandThatChangesSomethingSaysSo()
    {
        QFETCH(QString, file);
        for (const Step &step : stepsOf(*entryOf(file).reading.runbook)) {
            for (const CommandBlock &command : step.commands) {
                const QByteArray where = step.id.value.toUtf8();
                QVERIFY2(unmarkedChange(command).isEmpty(), qPrintable(unmarkedChange(command)));
                QVERIFY2(command.language == u"bash" || command.language == u"sql", where);
                QVERIFY2(!command.text.trimmed().isEmpty(), where);
                QVERIFY2(command.language != u"sql" || command.write ||
                             command.text.trimmed().startsWith(u"SELECT"),
                         where);
            }
        }
    }

    /// A key comes from the environment at the moment of use, never from the file.
    void noTextHoldsASecret_data() { rows(); }
    void noTextHoldsASecret()
    {
        QFETCH(QString, file);
        static const QRegularExpression fromEnvironment(
            u"Authorization: Bearer \\$[A-Z_]+_KEY\\b"_s);
        for (QString text : textsOf(*entryOf(file).reading.runbook))
            QVERIFY2(!looksSecret(text.remove(fromEnvironment)), qPrintable(text));
    }

    void whatReplacesDataSaysHowToGoBack_data() { rows(); }
    void whatReplacesDataSaysHowToGoBack()
    {
        QFETCH(QString, file);
        static const QStringList dangerous{u"restore"_s, u"rollback"_s, u"env-restore"_s};
        for (const Step &step : stepsOf(*entryOf(file).reading.runbook)) {
            const bool isDangerous = std::ranges::any_of(
                step.actions, [](const VerbCall &call) { return dangerous.contains(call.verb); });
            QVERIFY2(!isDangerous || !step.undo.isEmpty() || !step.ifNot.isEmpty(),
                     qPrintable(step.id.value));
        }
    }

    void everyMessageCanBeFilledIn_data() { rows(); }
    void everyMessageCanBeFilledIn()
    {
        QFETCH(QString, file);
        const RunbookLibrary::Entry &entry = entryOf(file);
        const Runbook &book = *entry.reading.runbook;
        for (const MessageTemplate &message : book.templates) {
            QVERIFY2(!message.placeholders.isEmpty(), qPrintable(message.name));
            const FilledText full =
                filledTemplate(message.text, [](const QString &) { return std::optional(u"X"_s); });
            QVERIFY2(full.gaps.isEmpty() && !full.text.contains(u'['), qPrintable(full.text));
            QVERIFY2(!full.text.contains(u'\n'), qPrintable(full.text)); // one line in a chat
        }
        for (const Step &step : stepsOf(book)) {
            for (const VerbCall &call : step.actions) {
                const QString wanted = call.parameter(u"template"_s);
                QVERIFY2(wanted.isEmpty() || book.messageTemplate(wanted), qPrintable(wanted));
            }
        }
    }

    void everyLinkIsEncrypted_data() { rows(); }
    void everyLinkIsEncrypted()
    {
        QFETCH(QString, file);
        for (const Step &step : stepsOf(*entryOf(file).reading.runbook)) {
            for (const WebLink &link : step.links)
                QVERIFY2(link.url.startsWith(u"https://"), qPrintable(link.url));
        }
    }

    /// The same file from a checkout on Windows gives the same steps under the same names, or an
    /// incident could not be resumed on another computer.
    void lineEndsDoNotRenameSteps_data() { rows(); }
    void lineEndsDoNotRenameSteps()
    {
        QFETCH(QString, file);
        const Runbook &book = *entryOf(file).reading.runbook;
        const auto windows = [](QByteArray text) {
            return "\xEF\xBB\xBF" + text.replace("\n", "\r\n");
        };
        const auto other =
            readRunbook(windows(book.source), book.fileName, VerbRegistry::standard(),
                        [&](const QString &name) -> std::optional<QByteArray> {
                            return windows(entryOf(name).reading.runbook->source);
                        });
        QVERIFY(other.findings.isEmpty());
        QVERIFY(other.runbook->phases == book.phases);
        QVERIFY(other.runbook->templates == book.templates);
    }

private:
    static void rows()
    {
        QTest::addColumn<QString>("file");
        for (const RunbookLibrary::Entry &entry : library().files()) {
            const QString name = QFileInfo(entry.fileName).completeBaseName();
            QTest::newRow(qPrintable(name)) << name;
        }
    }
};

MAYDAY_TEST(TestShippedRunbooks);
#include "tst_shippedrunbooks.moc"
