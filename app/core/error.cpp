// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace mayday {

QString kindKey(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Cancelled: return u"cancelled"_s;
    case ErrorKind::Timeout: return u"timeout"_s;
    case ErrorKind::Unreachable: return u"unreachable"_s;
    case ErrorKind::Refused: return u"refused"_s;
    case ErrorKind::NotFound: return u"not-found"_s;
    case ErrorKind::AlreadyExists: return u"already-exists"_s;
    case ErrorKind::Corrupt: return u"corrupt"_s;
    case ErrorKind::NoSpace: return u"no-space"_s;
    case ErrorKind::Denied: return u"denied"_s;
    case ErrorKind::Unsupported: return u"unsupported"_s;
    case ErrorKind::Internal: return u"internal"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

namespace {

struct AdviceWords {
    Advice advice;
    QLatin1StringView key;
    QLatin1StringView text;
};

constexpr std::array adviceWords{
    AdviceWords{Advice::CheckPassword, "check-password"_L1,
                "Check the user name and the password (PGPASSWORD, or Settings > Credentials)."_L1},
    AdviceWords{Advice::CheckNetwork, "check-network"_L1,
                "Check the network connection, then try again."_L1},
    AdviceWords{Advice::CheckAddress, "check-address"_L1,
                "Check the host, the port and the name, in stack.yaml or after --target."_L1},
    AdviceWords{Advice::UseDirectConnection, "use-direct-connection"_L1,
                "Use the direct connection of the database, not a pooler."_L1},
    AdviceWords{Advice::UseSessionPort, "use-session-port"_L1,
                "Use the session port (5432), not the transaction pooler."_L1},
    AdviceWords{
        Advice::RestoreBesideSchema, "restore-beside-schema"_L1,
        "Restore the schemas beside the live ones; the rest of the database then stays."_L1},
    AdviceWords{Advice::TakeAnotherBackup, "take-another-backup"_L1,
                "Choose another backup; this one cannot be trusted."_L1},
    AdviceWords{Advice::DownloadAgain, "download-again"_L1,
                "Download or copy the file again and compare its size."_L1},
    AdviceWords{Advice::MakeBackupWithPgDump, "make-backup-with-pg-dump"_L1,
                "Make the backup with pg_dump, in any of its formats."_L1},
    AdviceWords{
        Advice::DumpIntoFile, "dump-into-file"_L1,
        "Dump again with pg_dump -f FILE: PowerShell's > and editors write the text anew, and garble it."_L1},
    AdviceWords{Advice::UnpackFirst, "unpack-first"_L1,
                "Unpack it with the program it was packed with, and use the backup inside."_L1},
    AdviceWords{Advice::FreeSpace, "free-space"_L1, "Free space on this disk, then try again."_L1},
    AdviceWords{Advice::FreeServerSpace, "free-server-space"_L1,
                "Free space on the database server's disk, then try again."_L1},
    AdviceWords{Advice::CloseOtherSessions, "close-other-sessions"_L1,
                "Stop what else is using the schema, then try again."_L1},
    AdviceWords{Advice::AskForRights, "ask-for-rights"_L1,
                "Connect as the owner, or ask the owner for the missing right."_L1},
    AdviceWords{
        Advice::LeaveSchemasOut, "leave-schemas-out"_L1,
        "Restore the others without them (--leave-out NAME, for each), or use a login that owns them."_L1},
    AdviceWords{
        Advice::BringRowsBack, "bring-rows-back"_L1,
        "Lay its rows beside the live data (maydayctl copy) and bring back those that are missing."_L1},
    AdviceWords{Advice::InstallExtension, "install-extension"_L1,
                "Install the extension on the server first."_L1},
    AdviceWords{Advice::InstallClient, "install-client"_L1,
                "Install the PostgreSQL client programs of that version or a newer one."_L1},
    AdviceWords{Advice::CreateRole, "create-role"_L1,
                "Create the missing role on the server first."_L1},
    AdviceWords{Advice::UnlockKeychain, "unlock-keychain"_L1,
                "Unlock the keychain of this desktop, then try again."_L1},
    AdviceWords{Advice::EditStackFile, "edit-stack-file"_L1,
                "Correct stack.yaml at the line named."_L1},
    AdviceWords{Advice::UseKeychainForSecrets, "use-keychain-for-secrets"_L1,
                "Take it out of the file; Settings > Credentials keeps it in the keychain."_L1},
    AdviceWords{Advice::TryAgain, "try-again"_L1, "Try again."_L1},
    AdviceWords{Advice::SendReport, "send-report"_L1,
                "This is a defect of Mayday; send the log file with your report."_L1},
};

const AdviceWords &words(Advice advice)
{
    const auto *found = std::ranges::find(adviceWords, advice, &AdviceWords::advice);
    Q_ASSERT(found != adviceWords.end());
    return *found;
}

} // namespace

QString adviceKey(Advice advice)
{
    return words(advice).key;
}

QString adviceText(Advice advice)
{
    return words(advice).text;
}

QString describe(const Error &error)
{
    QString text = kindKey(error.kind);
    if (!error.subject.isEmpty())
        text += u": "_s + error.subject;
    if (error.line > 0)
        text += u", line %1"_s.arg(error.line);
    if (!error.detail.isEmpty())
        text += u": "_s + error.detail;
    if (!error.sqlState.isEmpty())
        text += u" [SQLSTATE %1]"_s.arg(error.sqlState);
    return text;
}

QJsonObject toJson(const Error &error)
{
    return {{u"kind"_s, kindKey(error.kind)},
            {u"subject"_s, error.subject},
            {u"detail"_s, error.detail},
            {u"line"_s, error.line > 0 ? QJsonValue(error.line) : QJsonValue()},
            {u"sqlstate"_s, error.sqlState.isEmpty() ? QJsonValue() : QJsonValue(error.sqlState)},
            {u"adviceKey"_s, error.advice ? QJsonValue(adviceKey(*error.advice)) : QJsonValue()},
            {u"advice"_s, error.advice ? QJsonValue(adviceText(*error.advice)) : QJsonValue()}};
}

} // namespace mayday
