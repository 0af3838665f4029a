// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "desk/credentials.h"
#include "ui/kit/page.h"
#include "ui/kit/prompter.h"
#include "ui/kit/theme.h"

class QComboBox;

namespace mayday::ui {

class ActionButton;
class ActionTable;
class Banner;
class CredentialModel;
class ErrorPanel;
class SentenceHeader;

/// Settings: the secrets the stack needs (list, add, replace, test, remove), and the look. The
/// stack itself is a file, fit for git; where it lies is said here.
class SettingsPage final : public Page {
    Q_OBJECT

public:
    struct Parts {
        Theme &theme;
        desk::Credentials &credentials;
        Prompter &prompter;
        /// The database behind a credential, as the stack has it now.
        std::function<const stack::Database *(const stack::DatabaseId &)> database;
        QString stackFile;
    };
    [[nodiscard]] static PageIdentity place();
    explicit SettingsPage(const Parts &parts, QWidget *parent = nullptr);

    [[nodiscard]] QWidget *initialFocus() override;

Q_SIGNALS:
    void themeModeChosen(mayday::ui::ThemeMode mode);

private:
    void scroll(QWidget *content);
    [[nodiscard]] QWidget *buildCredentials();
    [[nodiscard]] QWidget *buildLook();
    [[nodiscard]] const desk::Credential *selected() const;
    void add();
    void test();
    void remove();
    void tell();

    Parts m_parts;
    SentenceHeader *m_header;
    Banner *m_memoryOnly;
    ErrorPanel *m_error;
    CredentialModel *m_model;
    ActionTable *m_table;
    ActionButton *m_add;
    ActionButton *m_test;
    ActionButton *m_remove;
    Task<postgres::ServerFacts> m_testing;
    bool m_isTesting = false;
};

} // namespace mayday::ui
