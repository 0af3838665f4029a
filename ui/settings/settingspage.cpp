// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/settingspage.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/banner.h"
#include "ui/kit/card.h"
#include "ui/kit/errorpanel.h"
#include "ui/kit/sentenceheader.h"
#include "ui/kit/textlabel.h"
#include "ui/settings/credentialmodel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

constexpr int tableHeight = 150; ///< at least: the header and three rows

/// The page's question: will probes and restores get in?
QString sentenceFor(const QList<desk::Credential> &list)
{
    using desk::CredentialState;
    const auto in = [&list](CredentialState state) {
        return std::ranges::count(list, state, &desk::Credential::state);
    };
    if (list.isEmpty())
        return SettingsPage::tr("The stack needs no secret.");
    if (const auto locked = in(CredentialState::Unreadable))
        return SettingsPage::tr("%1 of %2 secrets cannot be read.").arg(locked).arg(list.size());
    if (const auto missing = in(CredentialState::Missing))
        return SettingsPage::tr("%1 of %2 secrets are missing.").arg(missing).arg(list.size());
    if (in(CredentialState::Unknown) > 0)
        return SettingsPage::tr("Asking the keychain for %1 secrets.").arg(list.size());
    return SettingsPage::tr("Every secret the stack needs is kept.");
}

} // namespace

PageIdentity SettingsPage::place()
{
    return {.id = u"settings"_s, .title = tr("Settings"), .iconName = u"settings"_s};
}

SettingsPage::SettingsPage(const Parts &parts, QWidget *parent)
    : Page(place(), parent),
      m_parts(parts),
      m_header(new SentenceHeader(parts.theme, this)),
      m_memoryOnly(new Banner(parts.theme, BannerKind::Warn, this)),
      m_error(new ErrorPanel(parts.theme, this)),
      m_model(new CredentialModel(parts.credentials, this)),
      m_table(new ActionTable(parts.theme, this)),
      m_add(new ActionButton(parts.theme, ButtonKind::Primary, tr("Add or replace..."), this)),
      m_test(new ActionButton(parts.theme, ButtonKind::Secondary, tr("Test"), this)),
      m_remove(new ActionButton(parts.theme, ButtonKind::Danger, tr("Remove..."), this))
{
    auto *content = new QWidget(this);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(metric::space24, metric::space24, metric::space24, metric::space24);
    column->setSpacing(metric::space16);
    column->addWidget(m_header);
    column->addWidget(m_memoryOnly);
    column->addWidget(m_error);
    column->addWidget(sectionLabel(parts.theme, tr("Credentials"), this));
    column->addWidget(buildCredentials(), 1);
    column->addWidget(sectionLabel(parts.theme, tr("Look"), this));
    column->addWidget(buildLook());
    scroll(content);
    m_error->hide();
    connect(&parts.credentials, &desk::Credentials::changed, this, &SettingsPage::tell);
    connect(&parts.credentials, &desk::Credentials::failed, this, [this](const Error &error) {
        m_error->setError(error);
        m_error->setWhatIsSafe(tr("What was kept before is still kept."));
        m_error->show();
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &SettingsPage::tell);
    tell();
}

/// With a banner and an error above the table a small window has not the height for all of it.
void SettingsPage::scroll(QWidget *content)
{
    auto *area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus); // its widgets have the focus, it only follows them
    area->setWidget(content);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins({});
    outer->addWidget(area);
}

QWidget *SettingsPage::buildCredentials()
{
    m_table->setMinimumHeight(tableHeight);
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Credentials"));
    m_table->setMonoColumns({CredentialModel::Name});
    m_table->setStretchColumn(CredentialModel::Purpose);
    m_table->setEmptyText(tr("The stack needs no secret"),
                          tr("A database in stack.yaml names one with \"credential:\"."));
    auto *area = new QWidget(this);
    auto *column = new QVBoxLayout(area);
    column->setContentsMargins({});
    column->setSpacing(metric::space12);
    column->addWidget(m_table, 1);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(metric::space12);
    for (ActionButton *button : {m_add, m_test, m_remove})
        buttons->addWidget(button);
    buttons->addStretch();
    column->addLayout(buttons);
    connect(m_add, &ActionButton::clicked, this, &SettingsPage::add);
    connect(m_table, &ActionTable::activated, this, &SettingsPage::add);
    connect(m_test, &ActionButton::clicked, this, &SettingsPage::test);
    connect(m_remove, &ActionButton::clicked, this, &SettingsPage::remove);
    return area;
}

QWidget *SettingsPage::buildLook()
{
    auto *area = new QWidget(this);
    auto *row = new QHBoxLayout(area);
    row->setContentsMargins({});
    row->setSpacing(metric::space12);
    auto *mode = new QComboBox(area);
    mode->setAccessibleName(tr("Colours"));
    mode->addItem(tr("As the desktop"), static_cast<int>(ThemeMode::System));
    mode->addItem(tr("Light"), static_cast<int>(ThemeMode::Light));
    mode->addItem(tr("Dark"), static_cast<int>(ThemeMode::Dark));
    mode->addItem(tr("High contrast"), static_cast<int>(ThemeMode::HighContrast));
    mode->setCurrentIndex(mode->findData(static_cast<int>(m_parts.theme.mode())));
    auto *label = new QLabel(tr("&Colours"), area);
    label->setBuddy(mode);
    row->addWidget(label);
    row->addWidget(mode);
    row->addStretch();
    connect(mode, &QComboBox::activated, this, [this, mode] {
        const auto chosen = static_cast<ThemeMode>(mode->currentData().toInt());
        m_parts.theme.setMode(chosen);
        Q_EMIT themeModeChosen(chosen);
    });
    return area;
}

QWidget *SettingsPage::initialFocus()
{
    return m_table;
}

const desk::Credential *SettingsPage::selected() const
{
    const desk::Credential *current = m_model->credential(m_table->currentIndex().row());
    return current ? current : m_model->credential(0);
}

void SettingsPage::tell()
{
    const QString sentence = sentenceFor(m_parts.credentials.list());
    m_header->setSentence(sentence);
    m_header->setDetail(tr("Kept in %1. The stack is described in %2.")
                            .arg(m_parts.credentials.storeName(), m_parts.stackFile));
    setSentence(sentence);
    const bool memoryOnly = m_parts.credentials.storeKind() == secrets::StoreKind::MemoryOnly;
    m_memoryOnly->setVisible(memoryOnly);
    m_memoryOnly->setMessage(tr("Secrets are only in memory."),
                             tr("This desktop offers no keychain, so they are gone when Mayday "
                                "ends. Nothing is written to disk."));
    const desk::Credential *credential = selected();
    const bool isKept = credential && credential->state == desk::CredentialState::Present;
    m_add->setEnabled(credential);
    m_test->setEnabled(isKept);
    // Not disabled meanwhile: that would hand the focus on to the button that removes.
    m_test->setText(m_isTesting ? tr("Testing...") : tr("Test"));
    m_remove->setEnabled(isKept);
}

void SettingsPage::add()
{
    const desk::Credential *credential = selected();
    if (!credential)
        return;
    m_error->hide();
    m_parts.prompter.askSecret(
        this,
        {.title = tr("The %1").arg(credential->purpose),
         .note = tr("It goes into %1 and nowhere else.").arg(m_parts.credentials.storeName()),
         .label = tr("Password"),
         .confirmLabel = tr("Keep it")},
        [this, name = credential->name](std::optional<Secret> secret) {
            if (!secret)
                return;
            m_model->forgetTest(name);
            m_parts.credentials.save(name, *std::move(secret));
        });
}

void SettingsPage::test()
{
    const desk::Credential *credential = selected();
    const stack::Database *database = credential ? m_parts.database(credential->database) : nullptr;
    if (!database || m_isTesting)
        return;
    m_error->hide();
    m_isTesting = true;
    tell();
    m_testing = m_parts.credentials.test(*database);
    m_testing.deliverTo(this, [this, name = credential->name](Result<postgres::ServerFacts> facts) {
        m_isTesting = false;
        tell();
        m_model->setTested(name, facts.transform([](const postgres::ServerFacts &f) {
            return tr("Works: PostgreSQL %1 as %2").arg(f.version.section(u' ', 0, 0), f.user);
        }));
        if (!facts) {
            m_error->setError(facts.error());
            m_error->show();
        }
    });
}

void SettingsPage::remove()
{
    const desk::Credential *credential = selected();
    if (!credential)
        return;
    m_parts.prompter.confirm(
        this,
        {.title = tr("Remove the %1?").arg(credential->purpose),
         .text = tr("Probes and restores of this database stop working until it is added again. "
                    "This cannot be undone, because nothing keeps a copy."),
         .confirmLabel = tr("Remove the secret"),
         .destructive = true},
        [this, name = credential->name](bool confirmed) {
            if (!confirmed)
                return;
            m_error->hide();
            m_model->forgetTest(name);
            m_parts.credentials.remove(name);
        });
}

} // namespace mayday::ui
