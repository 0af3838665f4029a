// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QString>
#include <QTemporaryDir>
#include <QThread>
#include <QUrl>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

class QTcpServer;
class QTcpSocket;

namespace mayday::tests {

/// How the fixture answers one path, well or badly.
struct HttpReply {
    int status = 200;
    QList<std::pair<QByteArray, QByteArray>> headers = {};
    QByteArray body = {};
    std::chrono::milliseconds delay{0}; ///< before the first byte
    qint64 cutAfter = -1;               ///< hang up after that many bytes of the body
    qsizetype chunk = 0;                ///< with pause: this many bytes of the body at a time
    std::chrono::milliseconds pause{0};
    QByteArray raw = {}; ///< sent instead of HTTP, then the line is cut
};

/// A real HTTP server on 127.0.0.1 and a thread of its own, so that a test may block. Keeps
/// connections open. An unknown path answers 404.
class HttpFixture final {
public:
    enum class Tls { Off, On };
    explicit HttpFixture(Tls tls = Tls::Off);
    ~HttpFixture();
    Q_DISABLE_COPY_MOVE(HttpFixture)

    void on(const QByteArray &path, HttpReply reply);
    [[nodiscard]] QUrl url(const QByteArray &path) const;
    /// With TLS on: the file with the authority that vouches for this server.
    [[nodiscard]] QString authorityFile() const;
    [[nodiscard]] int requests(const QByteArray &path) const;
    /// Head and body of the last request to the path, as they came.
    [[nodiscard]] QByteArray lastRequest(const QByteArray &path) const;
    [[nodiscard]] int connections() const;
    /// Connections that the other side has closed.
    [[nodiscard]] int closedConnections() const;
    /// Stops listening and drops every connection; url() stays what it was.
    void goAway();

private:
    struct Asked {
        int count = 0;
        QByteArray last;
    };
    void listen(Tls tls);
    void accept();
    void serve(QTcpSocket *socket);
    [[nodiscard]] HttpReply take(const QByteArray &path, const QByteArray &request);
    static void send(QTcpSocket *socket, const HttpReply &reply);
    static void sendBody(QTcpSocket *socket, const HttpReply &reply, qsizetype from);

    QTemporaryDir m_folder; ///< of the certificate
    QThread m_thread;
    std::unique_ptr<QObject> m_home; ///< lives on m_thread; everything is called through it
    QTcpServer *m_server = nullptr;
    QString m_scheme;
    quint16 m_port = 0;
    mutable std::mutex m_mutex;
    QHash<QByteArray, HttpReply> m_replies;
    QHash<QByteArray, Asked> m_asked;
    int m_connections = 0;
    int m_closed = 0;
};

} // namespace mayday::tests
