// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/memorysecretstore.h"
#include "support/keyboardwalk.h"
#include "support/screen.h"
#include "support/scriptedprompter.h"
#include "support/temppostgres.h"
#include "support/testmain.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/banner.h"
#include "ui/kit/errorpanel.h"
#include "ui/kit/stateglyph.h"
#include "ui/settings/credentialmodel.h"
#include "ui/settings/settingspage.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QComboBox>
#include <QSignalSpy>
#include <QTest>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace Qt::StringLiterals;

namespace {

/// A keychain that can say no, go away and come back.
class Keychain final : public secrets::SecretStore {
public:
    secrets::MemorySecretStore inner;
    secrets::StoreKind kindNow = secrets::StoreKind::Keychain;
    std::optional<Error> refusal;

    Task<void> write(const secrets::SecretName &name, Secret secret) override
    {
        return refusal ? finishedTask<void>(failure(*refusal))
                       : inner.write(name, std::move(secret));
    }
    Task<Secret> read(const secrets::SecretName &name) override
    {
        return refusal ? finishedTask<Secret>(failure(*refusal)) : inner.read(name);
    }
    Task<void> remove(const secrets::SecretName &name) override
    {
        return refusal ? finishedTask<void>(failure(*refusal)) : inner.remove(name);
    }
    [[nodiscard]] secrets::StoreKind kind() const override { return kindNow; }
    [[nodiscard]] QString backendName() const override { return u"Secret Service"_s; }
};

stack::Database database(const QString &id, const QString &connection)
{
    return {.id = stack::DatabaseId::parse(id).value(),
            .name = u"shop"_s,
            .provider = {},
            .connection = connection,
            .schema = u"public"_s,
            .credential = u"database/%1/password"_s.arg(id),
            .watch = {}};
}

} // namespace

class TestSettingsPage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void aStackWithoutSecretsSaysSo();
    void missingSecretsAreCountedAndNamed();
    void aSecretIsAddedByKeyboardAlone();
    void theSecretIsNeverShownNorCopied();
    void whoCancelsKeepsWhatWas();
    void aKeychainThatSaysNoIsToldWithWhatIsSafe();
    void aLockedKeychainIsNotAMissingSecret();
    void testSaysWhatAnswered();
    void testSaysWhyNot_data();
    void testSaysWhyNot();
    void aReplacedSecretIsNoLongerTested();
    void aRemovedSecretIsNoLongerTested();
    void testingKeepsTheFocus();
    void removalIsAskedAndToldForGood();
    void removalIsDeafToEnter();
    void theSelectedOneIsMeant();
    void memoryOnlyIsSaidLoudly();
    void theLookIsChosenByKeyboard();
    void tabReachesEverythingAndAllHasAName();
    void nothingIsClipped_data();
    void nothingIsClipped();

private:
    void use(const QList<stack::Database> &databases);
    void keep(const QString &id, const Secret &secret);
    [[nodiscard]] QString cell(int row, int column, int role = Qt::DisplayRole) const
    {
        return m_page->findChild<CredentialModel *>()->index(row, column).data(role).toString();
    }
    [[nodiscard]] ActionButton *button(const QString &text) const
    {
        return seenButton(*m_page, text);
    }
    [[nodiscard]] stack::Database mainDatabase() const
    {
        return database(u"main"_s, m_server->connectionString(u"postgres"_s).withoutPassword());
    }

    std::unique_ptr<TempPostgres> m_server;
    Theme m_theme;
    QThreadPool m_pool;
    stack::Stack m_stack;
    std::unique_ptr<Keychain> m_store;
    std::unique_ptr<desk::Credentials> m_credentials;
    std::unique_ptr<test::ScriptedPrompter> m_prompter;
    std::unique_ptr<SettingsPage> m_page;
};

void TestSettingsPage::initTestCase()
{
    m_theme.applyTo(*qApp);
    m_server = std::make_unique<TempPostgres>();
}

void TestSettingsPage::init()
{
    m_stack = {};
    m_store = std::make_unique<Keychain>();
    m_credentials = std::make_unique<desk::Credentials>(*m_store, m_pool);
    m_prompter = std::make_unique<test::ScriptedPrompter>();
    m_page = std::make_unique<SettingsPage>(SettingsPage::Parts{
        .theme = m_theme,
        .credentials = *m_credentials,
        .prompter = *m_prompter,
        .database = [this](const stack::DatabaseId &id) { return m_stack.database(id); },
        .stackFile = u"/home/ada/.config/mayday/stack.yaml"_s});
    m_page->resize(1192, 700);
    m_page->show();
    QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
    m_page->initialFocus()->setFocus();
}

void TestSettingsPage::cleanup()
{
    m_page.reset();
    m_prompter.reset();
    m_credentials.reset();
    m_store.reset();
}

void TestSettingsPage::use(const QList<stack::Database> &databases)
{
    m_stack.databases = databases;
    QSignalSpy loaded(m_credentials.get(), &desk::Credentials::loaded);
    m_credentials->setStack(m_stack);
    QTRY_COMPARE(loaded.size(), 1);
}

void TestSettingsPage::keep(const QString &id, const Secret &secret)
{
    const QString name = u"database/%1/password"_s.arg(id);
    m_credentials->save(name, secret);
    QTRY_VERIFY(m_credentials->secret(name).has_value());
}

void TestSettingsPage::aStackWithoutSecretsSaysSo()
{
    QCOMPARE(m_page->sentence(), u"The stack needs no secret."_s);
    for (const QString &text : {u"Add or replace"_s, u"Test"_s, u"Remove"_s})
        QVERIFY2(!button(text)->isEnabled(), qPrintable(text));
    press(*m_page, Qt::Key_Return);
    QVERIFY(m_prompter->asked.isEmpty());
    QVERIFY(seenText(*m_page).contains(
        u"Kept in Secret Service. The stack is described in /home/ada/.config/mayday/stack.yaml."_s));
}

void TestSettingsPage::missingSecretsAreCountedAndNamed()
{
    const QAbstractItemModelTester tester(m_page->findChild<CredentialModel *>());
    use({mainDatabase(), database(u"events"_s, u"host=db.example dbname=events"_s)});
    QCOMPARE(m_page->sentence(), u"2 of 2 secrets are missing."_s);
    QCOMPARE(cell(0, CredentialModel::Name), u"database/main/password"_s);
    QCOMPARE(cell(1, CredentialModel::Purpose), u"password of database events (shop)"_s);
    QCOMPARE(cell(1, CredentialModel::State), u"Missing: add it"_s);
    QVERIFY(button(u"Add or replace"_s)->isEnabled());
    QVERIFY(!button(u"Test"_s)->isEnabled());
    QVERIFY(!button(u"Remove"_s)->isEnabled());
    keep(u"main"_s, m_server->password());
    QCOMPARE(m_page->sentence(), u"1 of 2 secrets are missing."_s);
    use({});
    QCOMPARE(m_page->findChild<CredentialModel *>()->rowCount(), 0);
}

void TestSettingsPage::aSecretIsAddedByKeyboardAlone()
{
    use({mainDatabase()});
    m_prompter->secrets = {m_server->password().reveal()};
    press(*m_page, Qt::Key_Down);
    press(*m_page, Qt::Key_Return);
    QTRY_COMPARE(m_page->sentence(), u"Every secret the stack needs is kept."_s);
    const SecretQuestion &asked = m_prompter->secretQuestions.value(0);
    QCOMPARE(asked.title, u"The password of database main (shop)"_s);
    QCOMPARE(asked.note, u"It goes into Secret Service and nowhere else."_s);
    QCOMPARE(m_credentials->secret(u"database/main/password"_s).value().reveal(),
             m_server->password().reveal());
    QVERIFY(button(u"Test"_s)->isEnabled() && button(u"Remove"_s)->isEnabled());
    QCOMPARE(cell(0, CredentialModel::State), u"Kept"_s);
}

void TestSettingsPage::theSecretIsNeverShownNorCopied()
{
    use({mainDatabase(), database(u"events"_s, u"host=db.example dbname=events"_s)});
    keep(u"main"_s, Secret("short"));
    keep(u"events"_s, Secret("a-much-longer-password-than-the-other"));
    const QString dots = cell(0, CredentialModel::Value);
    QVERIFY(!dots.isEmpty());
    QCOMPARE(cell(1, CredentialModel::Value), dots); // the length is nobody's business
    auto *table = m_page->findChild<ActionTable *>();
    table->selectAll();
    press(*m_page, Qt::Key_C, Qt::ControlModifier);
    const QString copied = QGuiApplication::clipboard()->text();
    QVERIFY(copied.contains(u"database/main/password"_s));
    QVERIFY(!copied.contains(u"short"_s) && !copied.contains(u"longer"_s));
    const auto *model = m_page->findChild<CredentialModel *>();
    for (int row = 0; row < model->rowCount(); ++row) {
        for (int column = 0; column < model->columnCount(); ++column) {
            for (int role = 0; role < Qt::UserRole + 800; ++role) {
                const QString text = model->index(row, column).data(role).toString();
                QVERIFY(!text.contains(u"short"_s) && !text.contains(u"longer"_s));
            }
        }
    }
}

void TestSettingsPage::whoCancelsKeepsWhatWas()
{
    use({mainDatabase()});
    keep(u"main"_s, Secret("the one before"));
    const QSignalSpy changed(m_credentials.get(), &desk::Credentials::changed);
    button(u"Add or replace"_s)->click();
    button(u"Remove"_s)->click();
    QTRY_COMPARE(m_prompter->asked.size(), 2);
    QCoreApplication::sendPostedEvents();
    QCOMPARE(changed.size(), 0);
    QCOMPARE(m_credentials->secret(u"database/main/password"_s).value().reveal(), "the one before");
}

void TestSettingsPage::aKeychainThatSaysNoIsToldWithWhatIsSafe()
{
    use({mainDatabase()});
    keep(u"main"_s, Secret("the one before"));
    m_store->refusal = Error{.kind = ErrorKind::Denied,
                             .subject = u"keychain"_s,
                             .detail = u"it is locked"_s,
                             .advice = Advice::UnlockKeychain};
    m_prompter->secrets = {"the new one"};
    button(u"Add or replace"_s)->click();
    QTRY_VERIFY(seen<ErrorPanel>(*m_page));
    const QString text = seenText(*m_page);
    QVERIFY2(text.contains(u"Not allowed: keychain."_s), qPrintable(text));
    QVERIFY(text.contains(u"Safe: What was kept before is still kept."_s));
    QVERIFY(text.contains(u"Unlock the keychain of this computer, then try again."_s));
    QCOMPARE(m_credentials->secret(u"database/main/password"_s).value().reveal(), "the one before");
    m_store->refusal.reset();
    m_prompter->secrets = {"the new one"};
    button(u"Add or replace"_s)->click();
    QVERIFY(!seen<ErrorPanel>(*m_page)); // an error that is over does not stay
    QTRY_COMPARE(m_credentials->secret(u"database/main/password"_s).value().reveal(),
                 "the new one");
}

void TestSettingsPage::aLockedKeychainIsNotAMissingSecret()
{
    m_store->refusal = Error{.kind = ErrorKind::Denied, .subject = u"keychain"_s, .detail = {}};
    use({mainDatabase()});
    QCOMPARE(cell(0, CredentialModel::State), u"Cannot be read"_s);
    QVERIFY(cell(0, CredentialModel::State, Qt::ToolTipRole).contains(u"keychain"_s));
    QCOMPARE(m_page->sentence(), u"1 of 1 secrets cannot be read."_s);
    QVERIFY(!button(u"Test"_s)->isEnabled());
}

void TestSettingsPage::testSaysWhatAnswered()
{
    use({mainDatabase()});
    keep(u"main"_s, m_server->password());
    button(u"Test"_s)->setFocus();
    press(*m_page, Qt::Key_Return);
    QTRY_VERIFY(cell(0, CredentialModel::State).startsWith("Works: PostgreSQL "_L1));
    QVERIFY(cell(0, CredentialModel::State).endsWith(" as postgres"_L1));
    QCOMPARE(cell(0, CredentialModel::State, ShapeRole).toInt(), static_cast<int>(StateShape::Ok));
    QVERIFY(!seen<ErrorPanel>(*m_page));
}

void TestSettingsPage::testSaysWhyNot_data()
{
    QTest::addColumn<bool>("isThere");
    QTest::addColumn<QString>("headline");
    QTest::newRow("wrong password") << true << u"Not allowed: "_s;
    QTest::newRow("nobody listens") << false << u"No connection to "_s;
}

void TestSettingsPage::testSaysWhyNot()
{
    QFETCH(bool, isThere);
    QFETCH(QString, headline);
    use({isThere ? mainDatabase()
                 : database(u"main"_s, u"host=127.0.0.1 port=9 dbname=shop user=app"_s)});
    keep(u"main"_s, Secret("not-the-password"));
    button(u"Test"_s)->click();
    QTRY_VERIFY(seen<ErrorPanel>(*m_page));
    const QString text = seenText(*m_page);
    QVERIFY2(text.contains(headline), qPrintable(text));
    QVERIFY(!text.contains(u"not-the-password"_s));
    QVERIFY(cell(0, CredentialModel::State).startsWith(headline));
    QCOMPARE(cell(0, CredentialModel::State, ShapeRole).toInt(),
             static_cast<int>(StateShape::Down));
    QVERIFY(button(u"Test"_s)->isEnabled());
}

void TestSettingsPage::aReplacedSecretIsNoLongerTested()
{
    use({mainDatabase()});
    keep(u"main"_s, m_server->password());
    button(u"Test"_s)->click();
    QTRY_VERIFY(cell(0, CredentialModel::State).startsWith("Works"_L1));
    m_prompter->secrets = {"another one"};
    button(u"Add or replace"_s)->click();
    QTRY_COMPARE(m_credentials->secret(u"database/main/password"_s).value().reveal(),
                 "another one");
    QTRY_COMPARE(cell(0, CredentialModel::State), u"Kept"_s);
}

void TestSettingsPage::aRemovedSecretIsNoLongerTested()
{
    use({mainDatabase()});
    keep(u"main"_s, m_server->password());
    button(u"Test"_s)->click();
    QTRY_VERIFY(cell(0, CredentialModel::State).startsWith("Works"_L1));
    m_prompter->decisions = {true};
    button(u"Remove"_s)->click();
    QTRY_COMPARE(m_page->sentence(), u"1 of 1 secrets are missing."_s);
    QCOMPARE(cell(0, CredentialModel::State), u"Missing: add it"_s);
    QCOMPARE(cell(0, CredentialModel::Value), QString());
}

void TestSettingsPage::testingKeepsTheFocus()
{
    use({mainDatabase()});
    keep(u"main"_s, m_server->password());
    ActionButton *test = button(u"Test"_s);
    test->setFocus();
    press(*m_page, Qt::Key_Space);
    QCOMPARE(test->text(), u"Testing..."_s);
    press(*m_page, Qt::Key_Space); // impatient: no second test, and nothing is removed
    QCOMPARE(QApplication::focusWidget(), test);
    QTRY_COMPARE(test->text(), u"Test"_s);
    QVERIFY(m_prompter->asked.isEmpty());
}

void TestSettingsPage::removalIsAskedAndToldForGood()
{
    use({mainDatabase()});
    keep(u"main"_s, m_server->password());
    m_prompter->decisions = {true};
    button(u"Remove"_s)->setFocus();
    press(*m_page, Qt::Key_Space);
    QTRY_VERIFY(!m_credentials->secret(u"database/main/password"_s));
    const ConfirmQuestion &asked = m_prompter->confirms.value(0);
    QVERIFY(asked.destructive);
    QCOMPARE(asked.title, u"Remove the password of database main (shop)?"_s);
    QVERIFY(asked.text.contains(u"cannot be undone, because"_s)); // R9
    // What is gone is gone from the keychain too, not only from the list.
    use({mainDatabase()});
    QCOMPARE(cell(0, CredentialModel::State), u"Missing: add it"_s);
}

void TestSettingsPage::removalIsDeafToEnter()
{
    use({mainDatabase()});
    keep(u"main"_s, m_server->password());
    button(u"Remove"_s)->setFocus();
    press(*m_page, Qt::Key_Return);
    press(*m_page, Qt::Key_Enter);
    QVERIFY(m_prompter->asked.isEmpty());
}

void TestSettingsPage::theSelectedOneIsMeant()
{
    use({mainDatabase(), database(u"events"_s, u"host=db.example dbname=events"_s)});
    keep(u"events"_s, Secret("x"));
    QVERIFY(!button(u"Remove"_s)->isEnabled()); // the first one is missing
    m_page->findChild<ActionTable *>()->setFocus();
    press(*m_page, Qt::Key_Down);
    press(*m_page, Qt::Key_Down);
    QVERIFY(button(u"Remove"_s)->isEnabled());
    m_prompter->decisions = {true};
    button(u"Remove"_s)->click();
    QTRY_VERIFY(!m_credentials->secret(u"database/events/password"_s));
    QCOMPARE(m_prompter->asked, {u"Remove the password of database events (shop)?"_s});
}

void TestSettingsPage::memoryOnlyIsSaidLoudly()
{
    QVERIFY(!seen<Banner>(*m_page));
    m_store->kindNow = secrets::StoreKind::MemoryOnly; // the keychain went away meanwhile
    use({mainDatabase()});
    const auto *banner = seen<Banner>(*m_page);
    QVERIFY(banner);
    QCOMPARE(banner->text(), u"Secrets are only in memory."_s);
    QVERIFY(seenText(*m_page).contains(u"they are gone when Mayday ends"_s));
    m_store->kindNow = secrets::StoreKind::Keychain;
    use({mainDatabase()});
    QVERIFY(!seen<Banner>(*m_page));
}

void TestSettingsPage::theLookIsChosenByKeyboard()
{
    auto *colours = m_page->findChild<QComboBox *>();
    const QSignalSpy chosen(m_page.get(), &SettingsPage::themeModeChosen);
    colours->setFocus();
    while (colours->currentText() != "Dark"_L1 && chosen.size() < 4)
        press(*m_page, Qt::Key_Down);
    QVERIFY(m_theme.mode() == ThemeMode::Dark && m_theme.isDark());
    QCOMPARE(chosen.last().first().value<ThemeMode>(), ThemeMode::Dark);
    m_theme.setMode(ThemeMode::System);
}

void TestSettingsPage::tabReachesEverythingAndAllHasAName()
{
    use({mainDatabase()});
    keep(u"main"_s, m_server->password());
    QVERIFY(tabStops(*m_page).size() >= 5);
    const QStringList missed = missedByTab(*m_page);
    QVERIFY2(missed.isEmpty(), qPrintable(missed.join(u", "_s)));
    int seen = 0;
    const QStringList nameless = namelessFor(*m_page, seen);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u", "_s)));
}

void TestSettingsPage::nothingIsClipped_data()
{
    QTest::addColumn<QSize>("size");
    QTest::newRow("1280x800") << QSize(1192, 716);
    QTest::newRow("1024x640") << QSize(936, 556);
}

void TestSettingsPage::nothingIsClipped()
{
    QFETCH(QSize, size);
    m_store->kindNow = secrets::StoreKind::MemoryOnly;
    use({mainDatabase()});
    keep(u"main"_s, Secret("not-the-password"));
    button(u"Test"_s)->click();
    QTRY_VERIFY(seen<ErrorPanel>(*m_page)); // with everything on it that can be
    m_page->resize(size);
    QTRY_COMPARE(m_page->size(), size);
    const QStringList clipped = clippedTexts(*m_page);
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(u" | "_s)));
}

MAYDAY_UI_TEST(TestSettingsPage);
#include "tst_settingspage.moc"
