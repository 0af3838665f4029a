// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>

#include <optional>

namespace mayday {

/// What sort of failure it was. Closed: ui/kit/errortext.cpp has one sentence set per kind.
enum class ErrorKind {
    Cancelled,     ///< somebody asked to stop; detail says what was left behind
    Timeout,       ///< no answer in time
    Unreachable,   ///< no connection could be made, or it was lost
    Refused,       ///< the other side, or a rule of ours, said no
    NotFound,      ///< the thing is not there
    AlreadyExists, ///< the thing is there and must not be
    Corrupt,       ///< the bytes are not what they claim to be
    NoSpace,       ///< a disk is full
    Denied,        ///< credentials or rights are missing
    Unsupported,   ///< understood, and not possible here
    Internal,      ///< a defect of ours
};

/// The next action, as a closed list so that each has one well-written sentence.
enum class Advice {
    CheckPassword,
    CheckNetwork,
    CheckAddress,
    UseDirectConnection,
    UseSessionPort,
    RestoreBesideSchema,
    TakeAnotherBackup,
    DownloadAgain,
    MakeBackupWithPgDump,
    DumpIntoFile,
    UnpackFirst,
    FreeSpace,
    FreeServerSpace,
    CloseOtherSessions,
    AskForRights,
    LeaveSchemasOut,
    BringRowsBack,
    InstallExtension,
    InstallClient,
    CreateRole,
    UnlockKeychain,
    EditStackFile,
    UseKeychainForSecrets,
    TryAgain,
    SendReport,
};

/// A failure in the user's terms. A value; free of secrets by rule (see Redactor).
struct [[nodiscard]] Error {
    ErrorKind kind = ErrorKind::Internal;
    QString subject; ///< the thing in the user's words: a file name, "database shop on db.example"
    QString detail;  ///< technical, may be shown folded; never holds a secret or a row's text
    std::optional<Advice> advice = std::nullopt;
    QString sqlState = {}; ///< five characters when a PostgreSQL server answered, else empty
    qint64 line = 0;       ///< 1-based line of the input file, 0 when there is none

    [[nodiscard]] bool operator==(const Error &) const = default;
};

/// Stable lower-case words for JSON and logs: "no-space", "already-exists".
[[nodiscard]] QString kindKey(ErrorKind kind);
/// Stable lower-case words for JSON: "use-direct-connection".
[[nodiscard]] QString adviceKey(Advice advice);
/// The next action as one plain English sentence (maydayctl; the window translates its own).
[[nodiscard]] QString adviceText(Advice advice);
/// One line for logs and maydayctl: kind, subject, detail, line, SQLSTATE.
[[nodiscard]] QString describe(const Error &error);
/// For maydayctl and the journal: kind, subject, detail, line, sqlstate, adviceKey, advice (its
/// sentence); null where there is none.
[[nodiscard]] QJsonObject toJson(const Error &error);

} // namespace mayday
