// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/httpfixture.h"

#include <QFile>
#include <QProcess>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::tests {

namespace {

QByteArray readAll(const QString &fileName)
{
    QFile file(fileName);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(fileName));
    return file.readAll();
}

/// A certificate for 127.0.0.1 that vouches for itself, valid for 30 days.
void makeCertificate(const QString &folder)
{
    QProcess openssl;
    openssl.setWorkingDirectory(folder);
    openssl.start(u"openssl"_s,
                  {u"req"_s, u"-x509"_s, u"-newkey"_s, u"rsa:2048"_s, u"-nodes"_s, u"-days"_s,
                   u"30"_s, u"-keyout"_s, u"server.key"_s, u"-out"_s, u"server.pem"_s, u"-subj"_s,
                   u"/CN=127.0.0.1"_s, u"-addext"_s, u"subjectAltName=IP:127.0.0.1"_s});
    if (!openssl.waitForFinished() || openssl.exitCode() != 0)
        qFatal("openssl made no certificate: %s", openssl.readAllStandardError().constData());
}

QTcpServer *makeTlsServer(const QString &folder, QObject *parent)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setLocalCertificate(QSslCertificate(readAll(folder + u"/server.pem"_s)));
    configuration.setPrivateKey(QSslKey(readAll(folder + u"/server.key"_s), QSsl::Rsa));
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    auto *server = new QSslServer(parent);
    server->setSslConfiguration(configuration);
    return server;
}

/// The length of the first complete request in the buffer; 0: not complete yet.
qsizetype completeRequest(const QByteArray &buffer)
{
    const qsizetype end = buffer.indexOf("\r\n\r\n");
    if (end < 0)
        return 0;
    qsizetype body = 0;
    for (const QByteArray &line : buffer.first(end).split('\n')) {
        if (line.toLower().startsWith("content-length:"))
            body = line.sliced(15).trimmed().toLongLong();
    }
    return buffer.size() >= end + 4 + body ? end + 4 + body : 0;
}

} // namespace

HttpFixture::HttpFixture(Tls tls)
    : m_home(std::make_unique<QObject>()), m_scheme(tls == Tls::On ? u"https"_s : u"http"_s)
{
    m_home->moveToThread(&m_thread);
    m_thread.start();
    QMetaObject::invokeMethod(
        m_home.get(), [this, tls] { listen(tls); }, Qt::BlockingQueuedConnection);
}

HttpFixture::~HttpFixture()
{
    goAway();
    m_thread.quit();
    m_thread.wait();
}

void HttpFixture::listen(Tls tls)
{
    if (tls == Tls::On)
        makeCertificate(m_folder.path());
    m_server = tls == Tls::On ? makeTlsServer(m_folder.path(), m_home.get())
                              : new QTcpServer(m_home.get());
    m_server->setListenBacklogSize(512);
    QObject::connect(m_server, &QTcpServer::pendingConnectionAvailable, m_home.get(),
                     [this] { accept(); });
    if (!m_server->listen(QHostAddress::LocalHost))
        qFatal("cannot listen on 127.0.0.1");
    m_port = m_server->serverPort();
}

void HttpFixture::goAway()
{
    QMetaObject::invokeMethod(
        m_home.get(),
        [this] {
            delete m_server;
            m_server = nullptr;
        },
        Qt::BlockingQueuedConnection);
}

void HttpFixture::on(const QByteArray &path, HttpReply reply)
{
    const std::scoped_lock lock(m_mutex);
    m_replies.insert(path, std::move(reply));
}

QUrl HttpFixture::url(const QByteArray &path) const
{
    return QUrl(u"%1://127.0.0.1:%2%3"_s.arg(m_scheme).arg(m_port).arg(QString::fromLatin1(path)));
}

QString HttpFixture::authorityFile() const
{
    return m_folder.filePath(u"server.pem"_s);
}

int HttpFixture::requests(const QByteArray &path) const
{
    const std::scoped_lock lock(m_mutex);
    return m_asked.value(path).count;
}

QByteArray HttpFixture::lastRequest(const QByteArray &path) const
{
    const std::scoped_lock lock(m_mutex);
    return m_asked.value(path).last;
}

int HttpFixture::connections() const
{
    const std::scoped_lock lock(m_mutex);
    return m_connections;
}

int HttpFixture::closedConnections() const
{
    const std::scoped_lock lock(m_mutex);
    return m_closed;
}

void HttpFixture::accept()
{
    while (QTcpSocket *socket = m_server->nextPendingConnection()) {
        {
            const std::scoped_lock lock(m_mutex);
            ++m_connections;
        }
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { serve(socket); });
        QObject::connect(socket, &QTcpSocket::disconnected, socket, [this, socket] {
            const std::scoped_lock lock(m_mutex);
            ++m_closed;
            socket->deleteLater();
        });
        serve(socket);
    }
}

void HttpFixture::serve(QTcpSocket *socket)
{
    QByteArray buffer = socket->property("buffer").toByteArray() + socket->readAll();
    while (const qsizetype length = completeRequest(buffer)) {
        const QByteArray request = buffer.first(length);
        buffer.remove(0, length);
        const QByteArray path = request.split(' ').value(1).split('?').first();
        const HttpReply reply = take(path, request);
        QTimer::singleShot(reply.delay, socket, [socket, reply] { send(socket, reply); });
    }
    socket->setProperty("buffer", buffer);
}

HttpReply HttpFixture::take(const QByteArray &path, const QByteArray &request)
{
    const std::scoped_lock lock(m_mutex);
    Asked &asked = m_asked[path];
    ++asked.count;
    asked.last = request;
    return m_replies.value(path, HttpReply{.status = 404});
}

void HttpFixture::send(QTcpSocket *socket, const HttpReply &reply)
{
    if (!reply.raw.isEmpty()) {
        socket->write(reply.raw);
        socket->disconnectFromHost();
        return;
    }
    QByteArray head = "HTTP/1.1 " + QByteArray::number(reply.status) + " Said\r\n";
    for (const auto &[name, value] : reply.headers)
        head += name + ": " + value + "\r\n";
    head += "Content-Length: " + QByteArray::number(reply.body.size()) + "\r\n\r\n";
    socket->write(head);
    sendBody(socket, reply, 0);
}

void HttpFixture::sendBody(QTcpSocket *socket, const HttpReply &reply, qsizetype from)
{
    const qsizetype end = reply.cutAfter >= 0
                              ? std::min<qsizetype>(reply.cutAfter, reply.body.size())
                              : reply.body.size();
    const qsizetype step = reply.chunk > 0 ? std::min(reply.chunk, end - from) : end - from;
    socket->write(reply.body.sliced(from, step));
    if (from + step < end)
        QTimer::singleShot(reply.pause, socket,
                           [socket, reply, next = from + step] { sendBody(socket, reply, next); });
    else if (reply.cutAfter >= 0)
        socket->disconnectFromHost();
}

} // namespace mayday::tests
