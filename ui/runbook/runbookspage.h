// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "runbook/runbooklibrary.h"
#include "ui/kit/page.h"
#include "ui/kit/theme.h"

namespace mayday::ui {

class ActionButton;
class ActionTable;
class Banner;
class RunbookModel;
class SentenceHeader;
class TextLabel;

/// All scenarios: what each is for, its steps on one screen, and the start.
class RunbooksPage final : public Page {
    Q_OBJECT

public:
    [[nodiscard]] static PageIdentity place();
    RunbooksPage(const Theme &theme, const Clock &clock, QWidget *parent = nullptr);

    void setLibrary(const runbook::RunbookLibrary &library);
    [[nodiscard]] QWidget *initialFocus() override;

Q_SIGNALS:
    void startScenario(const mayday::runbook::RunbookId &id);

private:
    void follow();
    void start();

    RunbookModel *m_model;
    SentenceHeader *m_header;
    Banner *m_findings;
    ActionTable *m_table;
    TextLabel *m_summary;
    ActionButton *m_start;
};

} // namespace mayday::ui
