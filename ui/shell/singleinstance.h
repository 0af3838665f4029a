// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QLocalServer>
#include <QLockFile>
#include <QObject>

namespace mayday::ui {

/// One window per profile: the second start asks the first to come to the front.
///
/// A lock file in the profile's state folder decides who is first; it is taken over when its holder
/// is no longer alive (kill -9, power cut). Messages go through a local socket only this user can
/// open. GUI thread. Fails when the folder cannot be written, or when the holder lives but does not
/// answer.
class SingleInstance final : public QObject {
    Q_OBJECT
public:
    enum class Claim {
        First,      ///< this is the one; go on
        HandedOver, ///< another one runs and was asked to come to the front; end now
    };

    explicit SingleInstance(const QString &stateFolder, QObject *parent = nullptr);
    ~SingleInstance() override;

    /// Blocks for at most a second, before there is a window.
    [[nodiscard]] Result<Claim> claim();

Q_SIGNALS:
    /// Somebody started Mayday once more.
    void raiseRequested();

private:
    [[nodiscard]] Claim listen();
    [[nodiscard]] Result<Claim> askHolder() const;
    [[nodiscard]] QString socketName() const;

    QString m_folder;
    QLockFile m_lock;
    QLocalServer m_server;
};

} // namespace mayday::ui
