// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/journal.h"

#include "store/chain.h"
#include "store/journalwriter.h"
#include "store/salvage.h"

#include <QDir>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace mayday::store {

namespace {

Result<JournalHealth> openAndCheck(const QString &path)
{
    auto database = Database::open(path, Database::Mode::ReadWrite);
    if (!database)
        return failure(database.error());
    return makeDurable(*database).and_then([&] { return prepareSchema(*database); }).and_then([&] {
        return checkChain(*database);
    });
}

/// The chain of the new file is whole; what was lost with the old one has to be told all the same.
Result<JournalHealth> salvageAndCheck(const QString &path, const Error &why, const Clock &clock)
{
    if (auto salvaged = salvage(path, why, clock); !salvaged)
        return failure(salvaged.error());
    auto health = openAndCheck(path);
    if (health) {
        health->intact = false;
        health->firstBadSequence = 1;
        health->note =
            u"The record could not be read to its end (%1). The damaged file is kept "
            "beside the new one, into which %2 entries were carried over."_s.arg(why.detail)
                .arg(health->events - 1);
    }
    return health;
}

} // namespace

Journal::Journal(QString path, JournalHealth health, const Clock &clock)
    : m_path(std::move(path)),
      m_health(std::move(health)),
      m_writer(std::make_unique<JournalWriter>(m_path, clock, [this](const JournalEvent &event) {
          QMetaObject::invokeMethod(
              this, [this, event] { Q_EMIT appended(event); }, Qt::QueuedConnection);
      }))
{
}

Journal::~Journal() = default;

Result<std::unique_ptr<Journal>> Journal::open(const QString &path, const Clock &clock)
{
    QDir().mkpath(QFileInfo(path).absolutePath());
    auto health = finishSalvage(path, clock).and_then([&] { return openAndCheck(path); });
    if (!health && health.error().kind == ErrorKind::Corrupt)
        health = salvageAndCheck(path, Error(health.error()), clock);
    if (!health)
        return failure(health.error());
    return std::unique_ptr<Journal>(new Journal(path, *std::move(health), clock));
}

Task<JournalEvent> Journal::append(JournalDraft draft)
{
    return m_writer->append(std::move(draft));
}

Result<JournalEvent> Journal::appendNow(JournalDraft draft)
{
    return append(std::move(draft)).wait();
}

Result<QList<JournalEvent>> Journal::read(const JournalFilter &filter) const
{
    return readJournal(m_path, filter);
}

} // namespace mayday::store
