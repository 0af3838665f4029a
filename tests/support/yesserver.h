// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QTcpServer>

#include <optional>

class QTcpSocket;

namespace mayday::tests {

/// One statement as it came over the wire, and the rows that came with it.
struct Heard {
    QByteArray sql = {};
    std::optional<QByteArray> rows = std::nullopt;
};

/// Where the comments and blanks in front of a statement end.
[[nodiscard]] qsizetype frontOf(const QByteArray &sql);

/// Looks to a client like PostgreSQL 17, says yes to everything, runs nothing, and writes down what
/// it was sent, byte for byte: so it shows how a client cuts a text, whatever the text would do.
/// COPY ... FROM stdin takes its rows, and standard_conforming_strings is what was set last.
///
/// Frontend/Backend Protocol 3.0, simple queries only. One client at a time, on 127.0.0.1, in the
/// event loop of its thread.
class YesServer final {
public:
    YesServer();

    [[nodiscard]] int port() const { return m_server.serverPort(); }
    [[nodiscard]] const QList<Heard> &heard() const { return m_heard; }

private:
    void hear();
    void greet(QByteArrayView message);
    void answer(char kind, QByteArrayView message);
    void answerQuery(const QByteArray &sql);
    void saySetting(const QByteArray &name, const QByteArray &value);
    void say(char kind, QByteArrayView message);
    void sayReady();

    QTcpServer m_server;
    QTcpSocket *m_client = nullptr;
    QByteArray m_pending;
    bool m_isGreeted = false;
    QList<Heard> m_heard;
};

} // namespace mayday::tests
