// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/errortext.h"

#include "core/redactor.h"
#include "ui/kit/timetext.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ErrorText)
};

/// What happened; %1 is the thing it happened to.
QString headlineOf(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Cancelled: return Words::tr("Stopped: %1.");
    case ErrorKind::Timeout: return Words::tr("No answer in time from %1.");
    case ErrorKind::Unreachable: return Words::tr("No connection to %1.");
    case ErrorKind::Refused: return Words::tr("Refused: %1.");
    case ErrorKind::NotFound: return Words::tr("Not found: %1.");
    case ErrorKind::AlreadyExists: return Words::tr("Already there: %1.");
    case ErrorKind::Corrupt: return Words::tr("Damaged or incomplete: %1.");
    case ErrorKind::NoSpace: return Words::tr("No space left for %1.");
    case ErrorKind::Denied: return Words::tr("Not allowed: %1.");
    case ErrorKind::Unsupported: return Words::tr("Not possible here: %1.");
    case ErrorKind::Internal: return Words::tr("A defect in Mayday: %1.");
    }
    Q_UNREACHABLE_RETURN({});
}

QString meaningOf(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Cancelled:
        return Words::tr("The work ended because it was asked to, before it was finished.");
    case ErrorKind::Timeout:
        return Words::tr("It may be down, overloaded or cut off from here. Whether it got the "
                         "request is not known.");
    case ErrorKind::Unreachable:
        return Words::tr("A connection could not be made, or it broke on the way.");
    case ErrorKind::Refused:
        return Words::tr("The other side, or a safety rule of Mayday, said no.");
    case ErrorKind::NotFound:
        return Words::tr("It is not there, or not visible with the rights in use.");
    case ErrorKind::AlreadyExists:
        return Words::tr("Something with this name exists and must not be overwritten.");
    case ErrorKind::Corrupt:
        return Words::tr("The content is not what it claims to be, so nothing can be proven from"
                         " it.");
    case ErrorKind::NoSpace: return Words::tr("A disk is full, so the rest could not be written.");
    case ErrorKind::Denied:
        return Words::tr("The password, the token or the rights are missing or not enough.");
    case ErrorKind::Unsupported:
        return Words::tr("Mayday understands what is wanted and cannot do it in this place.");
    case ErrorKind::Internal:
        return Words::tr("The program has made a mistake. It was not something you did.");
    }
    Q_UNREACHABLE_RETURN({});
}

/// Must be true of every failure of the kind, wherever it happens; pages that know more say more
/// (ErrorPanel::setWhatIsSafe).
QString safetyOf(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Cancelled:
        return Words::tr("The record of everything done until then is kept.");
    case ErrorKind::Timeout:
        return Words::tr("Mayday has stopped waiting and sends nothing more by itself.");
    case ErrorKind::Unreachable:
        return Words::tr("Checklists, contacts and backups on this computer still work.");
    case ErrorKind::Refused: return Words::tr("The refused step itself has changed nothing.");
    case ErrorKind::NotFound: return Words::tr("Looking for it has changed nothing.");
    case ErrorKind::AlreadyExists: return Words::tr("What was there first has been left as it is.");
    case ErrorKind::Corrupt: return Words::tr("It was only read; it has not been altered.");
    case ErrorKind::NoSpace: return Words::tr("Files that were complete before are unchanged.");
    case ErrorKind::Denied: return Words::tr("The step that was not allowed has changed nothing.");
    case ErrorKind::Unsupported: return Words::tr("The step has not been carried out.");
    case ErrorKind::Internal: return Words::tr("The record up to this moment is on disk.");
    }
    Q_UNREACHABLE_RETURN({});
}

/// For errors that come without an advice.
QString nextStepOf(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Cancelled: return Words::tr("Start it again when you are ready.");
    case ErrorKind::Timeout: return Words::tr("Look at its tile on the Now page, then try again.");
    case ErrorKind::Unreachable:
        return Words::tr("Check the network and the address, then try again.");
    case ErrorKind::Refused:
        return Words::tr("Open the details: they name the rule or the reason.");
    case ErrorKind::NotFound: return Words::tr("Check the name and the place, then try again.");
    case ErrorKind::AlreadyExists:
        return Words::tr("Choose another name, or look at what is there.");
    case ErrorKind::Corrupt: return Words::tr("Fetch it again, or take another one.");
    case ErrorKind::NoSpace: return Words::tr("Free some space, then try again.");
    case ErrorKind::Denied:
        return Words::tr("Check the credentials in Settings, or ask for the right.");
    case ErrorKind::Unsupported: return Words::tr("Open the details for the way around it.");
    case ErrorKind::Internal:
        return Words::tr("Copy the details into a report, and go on by hand if time is short.");
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

QString adviceSentence(Advice advice)
{
    switch (advice) {
    case Advice::CheckPassword:
        return Words::tr("Check the password under Settings, Credentials, and press Test there.");
    case Advice::CheckNetwork:
        return Words::tr("Check that this computer has a network, then try again.");
    case Advice::CheckAddress:
        return Words::tr("Check the host name and the port in the stack file.");
    case Advice::UseDirectConnection:
        return Words::tr("Use the database's direct address instead of the pooler's.");
    case Advice::UseSessionPort:
        return Words::tr("Use the pooler's session port, usually 5432, not its transaction port.");
    case Advice::RestoreBesideSchema:
        return Words::tr("Restore the schemas beside the live ones; the rest of the database then "
                         "stays.");
    case Advice::TakeAnotherBackup: return Words::tr("Choose another backup from the shelf.");
    case Advice::DownloadAgain:
        return Words::tr("Download the file once more and compare its size with the source.");
    case Advice::MakeBackupWithPgDump:
        return Words::tr("Make the backup with pg_dump, in any of its formats.");
    case Advice::DumpIntoFile:
        return Words::tr(
            "Dump again with pg_dump -f FILE: PowerShell's > and editors write the text "
            "anew, and garble it.");
    case Advice::UnpackFirst:
        return Words::tr("Unpack it with the program it was packed with, then open the backup that "
                         "was inside.");
    case Advice::FreeSpace: return Words::tr("Free space on this computer, then try again.");
    case Advice::FreeServerSpace:
        return Words::tr("Free space on the server, or give it a larger disk, then try again.");
    case Advice::CloseOtherSessions:
        return Words::tr("Stop the programs that use this schema, then try again.");
    case Advice::AskForRights:
        return Words::tr("Ask the database's owner for the missing right; the details name it.");
    case Advice::LeaveSchemasOut:
        return Words::tr("Restore without them: the plan has a link for that. Or use a login that "
                         "owns them; the details say whose they are.");
    case Advice::BringRowsBack:
        return Words::tr("Lay its rows beside the live data instead, and bring back those that are "
                         "missing.");
    case Advice::InstallExtension:
        return Words::tr("Install the extension that the details name, then try again.");
    case Advice::InstallClient:
        return Words::tr("Install the PostgreSQL client programs of that version or a newer one.");
    case Advice::CreateRole:
        return Words::tr("Create the role that the details name, or let its owner be replaced.");
    case Advice::UnlockKeychain:
        return Words::tr("Unlock the keychain of this computer, then try again.");
    case Advice::EditStackFile:
        return Words::tr("Correct the stack file at the line that the details name.");
    case Advice::UseKeychainForSecrets:
        return Words::tr(
            "Take the secret out of the file. Settings, Credentials keeps it in the keychain.");
    case Advice::TryAgain: return Words::tr("Try again.");
    case Advice::SendReport:
        return Words::tr("Copy the details and send them to the people who make Mayday.");
    }
    Q_UNREACHABLE_RETURN({});
}

ErrorText errorText(const Error &error)
{
    QString subject = redacted(error.subject).trimmed();
    while (subject.endsWith(u'.'))
        subject.chop(1);
    if (subject.isEmpty())
        subject = Words::tr("the last step");
    return {.headline = headlineOf(error.kind).arg(subject),
            .whatItMeans = meaningOf(error.kind),
            .whatIsSafe = safetyOf(error.kind),
            .whatNow = error.advice ? adviceSentence(*error.advice) : nextStepOf(error.kind)};
}

QStringList errorDetails(const Error &error)
{
    QStringList details;
    if (!error.detail.isEmpty())
        details += redacted(error.detail);
    if (error.line > 0)
        details += Words::tr("Line %1").arg(timetext::count(error.line));
    if (!error.sqlState.isEmpty())
        details += Words::tr("SQLSTATE %1").arg(error.sqlState);
    details += Words::tr("Kind: %1").arg(kindKey(error.kind));
    return details;
}

QString errorForClipboard(const Error &error)
{
    const ErrorText text = errorText(error);
    QStringList lines{text.headline, text.whatItMeans, text.whatIsSafe, text.whatNow};
    lines += errorDetails(error);
    return lines.join(u'\n');
}

} // namespace mayday::ui
