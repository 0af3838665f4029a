// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/singleinstance.h"

#include <QCryptographicHash>
#include <QDir>
#include <QLocalSocket>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

constexpr auto patience = std::chrono::milliseconds(500);

} // namespace

SingleInstance::SingleInstance(const QString &stateFolder, QObject *parent)
    : QObject(parent),
      m_folder(QDir(stateFolder).absolutePath()),
      m_lock(m_folder + u"/instance.lock"_s)
{
    // Only a dead holder loses its lock, never an old one.
    m_lock.setStaleLockTime(std::chrono::milliseconds(0));
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, [this] {
        while (QLocalSocket *caller = m_server.nextPendingConnection()) {
            connect(caller, &QLocalSocket::disconnected, caller, &QObject::deleteLater);
            caller->disconnectFromServer();
            Q_EMIT raiseRequested();
        }
    });
}

SingleInstance::~SingleInstance() = default;

Result<SingleInstance::Claim> SingleInstance::claim()
{
    if (!QDir().mkpath(m_folder))
        return failure({.kind = ErrorKind::Denied,
                        .subject = m_folder,
                        .detail = u"the folder cannot be made"_s,
                        .advice = Advice::AskForRights});
    if (m_lock.tryLock(std::chrono::milliseconds(0)))
        return listen();
    if (m_lock.error() == QLockFile::LockFailedError)
        return askHolder();
    return failure({.kind = ErrorKind::Denied,
                    .subject = m_folder,
                    .detail = u"the lock file cannot be written"_s,
                    .advice = Advice::AskForRights});
}

SingleInstance::Claim SingleInstance::listen()
{
    // The socket of a holder that was killed is still there; the lock says that it is nobody's.
    QLocalServer::removeServer(socketName());
    // Being called to the front is a comfort; without it the window opens all the same.
    m_server.listen(socketName());
    return Claim::First;
}

Result<SingleInstance::Claim> SingleInstance::askHolder() const
{
    QLocalSocket socket;
    socket.connectToServer(socketName(), QIODevice::ReadWrite);
    if (socket.waitForConnected(static_cast<int>(patience.count())))
        return Claim::HandedOver;
    qint64 pid = 0;
    QString host;
    QString name;
    m_lock.getLockInfo(&pid, &host, &name);
    return failure(
        {.kind = ErrorKind::AlreadyExists,
         .subject = m_folder,
         .detail = u"process %1 (%2) on %3 holds this profile and does not answer"_s.arg(pid).arg(
             name, host),
         .advice = Advice::CloseOtherSessions});
}

QString SingleInstance::socketName() const
{
    // Not in the profile: the system allows about a hundred bytes for the path, and not every file
    // system of a stick can hold a socket. The hash keeps profiles apart.
    const QByteArray hash = QCryptographicHash::hash(m_folder.toUtf8(), QCryptographicHash::Sha256);
    const QString name = u"mayday-"_s + QString::fromLatin1(hash.toHex().left(24));
    const QString own = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
    return own.isEmpty() ? name : own + u'/' + name;
}

} // namespace mayday::ui
