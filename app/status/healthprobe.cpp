// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/healthprobe.h"

using namespace Qt::StringLiterals;

namespace mayday::status {

namespace {

constexpr int certificateWarningDays = 7;
constexpr qint64 maxHealthBytes = 256 * 1024;

ProbeReading withoutAnswer(const Error &error, const QDateTime &at)
{
    const bool asked = error.kind != ErrorKind::Cancelled && error.kind != ErrorKind::Internal;
    ProbeReading probe;
    probe.reading.state = asked ? State::Down : State::Unknown;
    probe.reading.word = asked ? u"no answer"_s : u"not checked"_s;
    probe.reading.detail = error.detail;
    probe.reading.at = at;
    probe.reading.error = error;
    return probe;
}

} // namespace

ProbeId probeIdOf(const stack::Service &service)
{
    return ProbeId::parse(u"service."_s + service.id.text()).value_or(ProbeId{});
}

net::HttpRequest healthRequest(const stack::Service &service)
{
    const bool expectsRedirect = service.expectStatus >= 300 && service.expectStatus < 400;
    return {.url = service.healthUrl(),
            .headers = {{"Cache-Control", "no-cache"}},
            .maxBodyBytes = maxHealthBytes,
            .followRedirects = !expectsRedirect};
}

ProbeReading readHealth(const stack::Service &service, const Result<net::HttpResponse> &outcome,
                        const QDateTime &at)
{
    if (!outcome)
        return withoutAnswer(outcome.error(), at);
    ProbeReading probe;
    Reading &reading = probe.reading;
    reading.at = at;
    reading.latency = outcome->elapsed;
    reading.word = QString::number(outcome->status);
    reading.state = outcome->status == service.expectStatus ? State::Operational : State::Down;
    probe.answers = reading.state == State::Operational;
    if (!probe.answers)
        reading.detail =
            u"answered %1, expected %2"_s.arg(outcome->status).arg(service.expectStatus);
    if (outcome->certificateExpiry) {
        const auto days = static_cast<int>(at.daysTo(*outcome->certificateExpiry));
        probe.certificateDays = days;
        if (days < certificateWarningDays && reading.state == State::Operational) {
            reading.state = State::Degraded;
            reading.detail = u"the certificate ends in %1 days"_s.arg(days);
        }
    }
    return probe;
}

} // namespace mayday::status
