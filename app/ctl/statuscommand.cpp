// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/command.h"
#include "ctl/expired.h"
#include "net/curltransport.h"
#include "status/databaseprobe.h"
#include "status/statusboard.h"
#include "status/statuspoller.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QThreadPool>
#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

/// One round of everything; what has not answered by then is unknown.
constexpr std::chrono::seconds longestRound{20};

/// Scripts have no keychain: a database's password comes from the environment, as for psql.
Result<Secret> passwordFromEnvironment(const QString &credential)
{
    const QByteArray password = qgetenv("PGPASSWORD");
    if (password.isEmpty())
        return failure({.kind = ErrorKind::NotFound,
                        .subject = credential,
                        .detail = u"PGPASSWORD is not set"_s,
                        .advice = Advice::CheckPassword});
    return Secret(password);
}

bool isAnswered(const status::BoardSnapshot &board)
{
    const auto asked = [](const auto &part) {
        return part.watched.reading.at.isValid();
    };
    return std::ranges::all_of(board.probes, asked) && std::ranges::all_of(board.providers, asked);
}

QJsonObject readingJson(const QString &id, const QString &name, const status::Watched &watched)
{
    return {{u"id"_s, id},
            {u"name"_s, name},
            {u"state"_s, status::stateKey(watched.reading.state)},
            {u"word"_s, watched.reading.word},
            {u"detail"_s, watched.reading.detail},
            {u"at"_s, watched.reading.at.toUTC().toString(Qt::ISODateWithMs)}};
}

QJsonObject boardJson(const status::StatusBoard &board)
{
    const status::BoardSnapshot snapshot = board.snapshot();
    QJsonArray probes, providers;
    for (const status::ProbeSnapshot &probe : snapshot.probes)
        probes.append(readingJson(probe.id.text(), probe.name, probe.watched));
    for (const status::ProviderSnapshot &provider : snapshot.providers)
        providers.append(readingJson(provider.id.text(), provider.name, provider.watched));
    return {{u"side"_s, status::sideKey(board.verdict().side)},
            {u"sentence"_s, board.verdict().sentence},
            {u"detail"_s, board.verdict().detail},
            {u"probes"_s, probes},
            {u"providers"_s, providers}};
}

QString boardText(const QJsonObject &json)
{
    QString text = json["sentence"_L1].toString() + u'\n' + json["detail"_L1].toString() + u'\n';
    for (const QLatin1StringView part : {"probes"_L1, "providers"_L1}) {
        for (const auto &row : json[part].toArray())
            text += u"  %1  %2: %3\n"_s.arg(row["state"_L1].toString().leftJustified(12),
                                            row["name"_L1].toString(), row["detail"_L1].toString());
    }
    return text;
}

} // namespace

ExitCode runStatus(const Call &call)
{
    QStringList arguments = call.arguments;
    const QString file = takeOption(arguments, u"--stack"_s).value_or(call.profile.stackFile());
    if (!arguments.isEmpty())
        return usageError(call, u"status does not know %1"_s.arg(arguments.front()));
    const auto stack = stackIn(file);
    if (!stack)
        return call.output.fail(stack.error());
    net::CurlTransport transport;
    QThreadPool pool;
    status::StatusBoard board(call.clock);
    status::StatusPoller poller({.transport = transport,
                                 .pool = pool,
                                 .clock = call.clock,
                                 .passwords = passwordFromEnvironment},
                                board);
    const auto endWhenAnswered = [&board] {
        if (isAnswered(board.snapshot()))
            QCoreApplication::quit();
    };
    QObject::connect(&board, &status::StatusBoard::probeChanged, qApp, endWhenAnswered);
    QObject::connect(&board, &status::StatusBoard::providerChanged, qApp, endWhenAnswered);
    QTimer::singleShot(longestRound, qApp, &QCoreApplication::quit);
    poller.start(*stack);
    QTimer::singleShot(0, qApp, endWhenAnswered);
    QCoreApplication::exec();
    poller.stop();
    board.reconsider();
    const QJsonObject json = boardJson(board);
    call.output.answer(json, boardText(json));
    return board.verdict().side == status::Side::AllWell ? ExitCode::Done
                                                         : ExitCode::DoneWithDifferences;
}

} // namespace mayday::ctl
