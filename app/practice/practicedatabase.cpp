// SPDX-License-Identifier: GPL-3.0-or-later
#include "practice/practicedatabase.h"

#include "core/log.h"
#include "postgres/session.h"

#include <QRandomGenerator>

#include <array>
#include <span>

using namespace Qt::StringLiterals;

namespace mayday::practice {

Secret randomPassword()
{
    std::array<quint32, 6> words{};
    QRandomGenerator::system()->fillRange(words.data(), qsizetype(words.size()));
    const auto bytes = std::as_bytes(std::span(words));
    const QByteArrayView view(bytes.data(), qsizetype(bytes.size()));
    return Secret(view.toByteArray().toBase64(QByteArray::Base64UrlEncoding |
                                              QByteArray::OmitTrailingEquals));
}

PracticeDatabase::PracticeDatabase(process::ProcessRunner &runner, const QString &practiceFolder)
    : m_cluster(runner, {.folder = practiceFolder + u"/postgres"_s})
{
}

Result<PracticeDatabase::Started> PracticeDatabase::start(const Secret &known, TaskContext &context)
{
    const bool reuse = m_cluster.exists() && !known.isEmpty();
    if (reuse) {
        const Result<void> started = m_cluster.start(known, context);
        // A server that starts and refuses the password is found out only by asking it.
        const Result<bool> letsUsIn =
            started ? postgres::Session::connect(m_cluster.connectionString(u"postgres"_s), context)
                          .transform([](const postgres::Session &) { return true; })
                    : Result<bool>(failure(started.error()));
        if (letsUsIn)
            return Started{.server = m_cluster.connectionString(u"postgres"_s), .password = known};
        if (letsUsIn.error().kind == ErrorKind::Cancelled)
            return failure(letsUsIn.error());
        log::warning(u"practice",
                     u"the practice database is made anew: "_s + describe(letsUsIn.error()));
    }
    if (m_cluster.exists()) {
        // What runs there may refuse to stop only because it is not there.
        if (const auto stopped = m_cluster.stop(Cluster::StopMode::Immediate, context); !stopped)
            log::warning(u"practice", describe(stopped.error()));
        if (const auto removed = m_cluster.remove(); !removed)
            return failure(removed.error());
    }
    Secret password = randomPassword();
    if (const auto started = m_cluster.start(password, context); !started)
        return failure(started.error());
    return Started{.server = m_cluster.connectionString(u"postgres"_s),
                   .password = std::move(password),
                   .fresh = true};
}

Result<void> PracticeDatabase::stop(TaskContext &context)
{
    return m_cluster.stop(Cluster::StopMode::Fast, context);
}

} // namespace mayday::practice
