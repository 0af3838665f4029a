// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "practice/practicepages.h"

#include <QList>
#include <QObject>
#include <QUrl>

#include <memory>

namespace mayday::practice {

/// A local stand-in for the providers: real HTTP on a free port of 127.0.0.1. Answers
/// /PROVIDER/api/v2/summary.json for the pages of practicePages(), /backend/health and /frontend/.
/// Owns the server; lives on the thread that made it, which needs an event loop; all calls there.
class PracticeCloud final : public QObject {
    Q_OBJECT

public:
    explicit PracticeCloud(QObject *parent = nullptr);
    ~PracticeCloud() override;

    /// Unreachable when no port can be had.
    [[nodiscard]] Result<void> start();
    /// "http://127.0.0.1:41234"; empty before start().
    [[nodiscard]] QUrl baseUrl() const { return m_baseUrl; }

    /// NotFound for a provider the cloud does not have.
    [[nodiscard]] Result<void> setProviderState(const QString &provider, PageState state);
    [[nodiscard]] PageState providerState(const QString &provider) const;
    /// Unhealthy: /backend/health answers 503 and says why.
    void setBackendHealthy(bool healthy, const QString &reason = {});
    /// Everything as it was at the start.
    void heal();

private:
    class Server;
    [[nodiscard]] PracticePage *page(const QString &id);

    std::unique_ptr<Server> m_server;
    QUrl m_baseUrl;
    QList<PracticePage> m_pages = practicePages();
    bool m_backendHealthy = true;
    QString m_backendReason;
};

} // namespace mayday::practice
