// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/restoreplan.h"
#include "ui/kit/facttable.h"

#include <QWidget>

#include <optional>

namespace mayday::ui {

class ActionButton;
class Card;
class Disclosure;
class ErrorPanel;
class FactTable;
class FittedArea;
class TextLabel;

/// The plan in words: what goes where, what is lost, how long, how to undo; and the one dangerous
/// button, which asks for the name to be typed before it does anything.
class PlanView final : public QWidget {
    Q_OBJECT

public:
    explicit PlanView(const Theme &theme, QWidget *parent = nullptr);

    /// While the server is being asked.
    void showAsking(const QString &target);
    struct Plan {
        QString sentence; ///< what happens
        QList<Fact> facts;
        QString lossDetails;  ///< empty: nothing is lost
        QStringList warnings; ///< of what is in the file
        QString verb;
        bool replaces = true; ///< something that is live; otherwise the button is a plain one
        std::optional<Error> hindrance = std::nullopt; ///< why nothing can be replaced
    };
    void showPlan(const Plan &plan);
    /// It cannot be done; with the reason and the way out.
    void showBlocker(const Error &error);
    [[nodiscard]] QWidget *initialFocus() const;

Q_SIGNALS:
    void replaceRequested();
    /// Nothing replaced: a copy beside the live data, to bring rows back from.
    void rowsRequested();
    /// Another way than the one that is shown.
    void wayRequested(mayday::restore::RestoreMode mode);
    /// Missing roles are to be made, or are not any more.
    void rolesToggled();
    /// Somebody knows who they are on this server.
    void whoRequested();
    void leftOutToggled();
    /// Only the tables that the server lacks.
    void missingRequested();
    /// To see what is in the backup.
    void objectsRequested();
    void otherBackupRequested();
    void askAgainRequested();

private:
    void show(bool plan, bool error);
    void setError(const Error &error);

    TextLabel *m_sentence;
    Card *m_card;
    FittedArea *m_factsArea;
    FactTable *m_facts;
    TextLabel *m_loss;
    Disclosure *m_lossFold;
    TextLabel *m_warnings;
    Disclosure *m_warningsFold;
    ErrorPanel *m_error;
    ActionButton *m_replace;
    ActionButton *m_rows;
    ActionButton *m_again;
    ActionButton *m_other;
};

} // namespace mayday::ui
