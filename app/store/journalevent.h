// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QJsonObject>
#include <QMetaType>
#include <QString>

namespace mayday::store {

/// What is to be written down. kind: "incident.opened", "step.done"; subject: the id it is about.
struct JournalDraft {
    QString kind;
    QString subject;
    QJsonObject data = {};
};

/// One record of the journal. hash is the SHA-256 of the record with the hash of the one before, so
/// that nothing in the middle can be changed, taken out or put in without being noticed.
struct JournalEvent {
    qint64 sequence = 0; ///< 1, 2, 3 ...
    QDateTime at = {};   ///< UTC
    QString kind = {};
    QString subject = {};
    QJsonObject data = {};
    QByteArray previousHash = {};
    QByteArray hash = {};

    [[nodiscard]] bool operator==(const JournalEvent &) const = default;
};

/// What checking the whole chain found.
struct JournalHealth {
    bool intact = true;
    qint64 events = 0;
    qint64 firstBadSequence = 0; ///< 0 when intact; everything before it is proven
    QString note = {};           ///< one English sentence; empty when intact
};

/// Every string of the data without secrets (core/redactor.h); keys and structure stay. A key that
/// names a secret hides its value, whatever that looks like.
[[nodiscard]] QJsonObject redactedData(const QJsonObject &data);

} // namespace mayday::store

Q_DECLARE_METATYPE(mayday::store::JournalEvent)
