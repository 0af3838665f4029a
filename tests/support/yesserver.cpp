// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/yesserver.h"

#include <QRegularExpression>
#include <QTcpSocket>
#include <QtEndian>

using namespace Qt::StringLiterals;

namespace mayday::tests {

namespace {

constexpr qsizetype lengthSize = 4;
/// What a client may ask before it says who it is: encryption by TLS or by GSSAPI.
constexpr quint32 askForTls = 80877103;
constexpr quint32 askForGss = 80877104;

QByteArray bigEndian(qint32 number)
{
    QByteArray bytes(sizeof number, '\0');
    qToBigEndian(number, bytes.data());
    return bytes;
}

/// The beginning is enough to see what a statement is.
QString beginningOf(const QByteArray &sql)
{
    return QString::fromLatin1(sql.mid(frontOf(sql), 4096));
}

bool takesRows(const QByteArray &sql)
{
    static const QRegularExpression copy(uR"(^copy\b.*\bfrom\s+stdin\b)"_s,
                                         QRegularExpression::CaseInsensitiveOption |
                                             QRegularExpression::DotMatchesEverythingOption);
    return copy.match(beginningOf(sql)).hasMatch();
}

/// What the statement sets standard_conforming_strings to; empty: it does not.
QByteArray stringRule(const QByteArray &sql)
{
    static const QRegularExpression setting(
        uR"(^(set\s+|select\s+(pg_catalog\.)?set_config\s*\(\s*')standard_conforming_strings'?\s*(=|to|,)\s*'?(on|off)\b)"_s,
        QRegularExpression::CaseInsensitiveOption);
    return setting.match(beginningOf(sql)).captured(4).toLower().toLatin1();
}

} // namespace

qsizetype frontOf(const QByteArray &sql)
{
    qsizetype at = 0;
    for (int depth = 0; at < sql.size();) {
        const QByteArrayView rest = QByteArrayView(sql).sliced(at);
        if (rest.startsWith("/*") || (depth > 0 && rest.startsWith("*/"))) {
            depth += rest.startsWith('/') ? 1 : -1;
            at += 2;
        } else if (depth > 0 || QByteArrayView(" \t\n\v\f\r").contains(rest.front())) {
            ++at;
        } else if (rest.startsWith("--")) {
            while (at < sql.size() && sql[at] != '\n' && sql[at] != '\r')
                ++at;
        } else {
            return at;
        }
    }
    return at;
}

YesServer::YesServer()
{
    if (!m_server.listen(QHostAddress::LocalHost))
        qFatal("YesServer: %s", qPrintable(m_server.errorString()));
    QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
        m_client = m_server.nextPendingConnection();
        m_pending.clear();
        m_isGreeted = false;
        QObject::connect(m_client, &QTcpSocket::readyRead, m_client, [this] { hear(); });
    });
}

void YesServer::hear()
{
    m_pending += m_client->readAll();
    for (;;) {
        // The first message of all has no letter in front.
        const qsizetype head = m_isGreeted ? 1 : 0;
        if (m_pending.size() < head + lengthSize)
            return;
        const qsizetype whole = head + qFromBigEndian<qint32>(m_pending.constData() + head);
        if (m_pending.size() < whole)
            return;
        const QByteArray message = m_pending.first(whole);
        m_pending.remove(0, whole);
        const QByteArrayView content = QByteArrayView(message).sliced(head + lengthSize);
        if (m_isGreeted)
            answer(message.front(), content);
        else
            greet(content);
    }
}

void YesServer::greet(QByteArrayView message)
{
    const auto code = qFromBigEndian<quint32>(message.data());
    if (code == askForTls || code == askForGss) {
        m_client->write("N");
        return;
    }
    m_isGreeted = true;
    say('R', bigEndian(0)); // no password
    saySetting("server_version", "17.0");
    saySetting("client_encoding", "UTF8");
    saySetting("standard_conforming_strings", "on");
    sayReady();
}

void YesServer::answer(char kind, QByteArrayView message)
{
    switch (kind) {
    case 'Q': answerQuery(message.chopped(1).toByteArray()); break;
    case 'd': m_heard.back().rows->append(message); break;
    case 'c':
    case 'f':
        say('C', QByteArrayView("COPY 0\0", 7));
        sayReady();
        break;
    case 'X': m_client->close(); break;
    default: qFatal("YesServer: what does the client mean by '%c'?", kind);
    }
}

void YesServer::answerQuery(const QByteArray &sql)
{
    m_heard.append({.sql = sql});
    if (takesRows(sql)) {
        m_heard.back().rows = QByteArray();
        say('G', QByteArrayView("\0\0\0", 3)); // in text, columns not told
        return;
    }
    if (const QByteArray rule = stringRule(sql); !rule.isEmpty())
        saySetting("standard_conforming_strings", rule);
    say('C', QByteArrayView("YES\0", 4));
    sayReady();
}

void YesServer::saySetting(const QByteArray &name, const QByteArray &value)
{
    say('S', name + '\0' + value + '\0');
}

void YesServer::say(char kind, QByteArrayView message)
{
    m_client->write(kind + bigEndian(static_cast<qint32>(lengthSize + message.size())) +
                    message.toByteArray());
}

void YesServer::sayReady()
{
    say('Z', "I");
}

} // namespace mayday::tests
