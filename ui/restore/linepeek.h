// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/restoredesk.h"

#include <QObject>

namespace mayday::ui {

class Prompter;
class VerdictView;

/// Shows the line of a backup at which a restore has failed, when somebody asks for it below the
/// verdict: read from the file again, on the screen alone. It is neither logged nor written down,
/// and nobody puts it on the clipboard but who copies it. GUI thread; a reading ends with it.
class LinePeek final : public QObject {
    Q_OBJECT

public:
    LinePeek(VerdictView &view, restore::RestoreDesk &desk, Prompter &prompter, QObject *parent);
    ~LinePeek() override { m_reading.requestStop(); }
    Q_DISABLE_COPY_MOVE(LinePeek)

private:
    void read(const QString &file, qint64 line);
    void show(qint64 line, const Result<restore::LineInFile> &found);

    VerdictView &m_view;
    restore::RestoreDesk &m_desk;
    Prompter &m_prompter;
    Task<restore::LineInFile> m_reading;
    int m_readings = 0; ///< so many were begun or ended
};

} // namespace mayday::ui
