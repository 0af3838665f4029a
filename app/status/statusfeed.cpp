// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/statusfeed.h"

#include "status/statuspagedecoder.h"

using namespace Qt::StringLiterals;

namespace mayday::status {

namespace {

FeedReading unknown(const QString &word, const QString &detail, ErrorKind kind,
                    const stack::Provider &provider, const QDateTime &at)
{
    FeedReading feed;
    feed.reading.word = word;
    feed.reading.detail = detail;
    feed.reading.at = at;
    feed.reading.error = Error{.kind = kind,
                               .subject = u"status page of "_s + provider.name,
                               .detail = detail,
                               .advice = std::nullopt};
    return feed;
}

bool looksLikeHtml(const net::HttpResponse &response)
{
    return response.contentType() == "text/html" || response.body.trimmed().startsWith('<');
}

} // namespace

FeedReading readFeed(const stack::Provider &provider, const Result<net::HttpResponse> &outcome,
                     const QDateTime &at)
{
    if (!outcome) {
        FeedReading feed =
            unknown(u"no answer"_s, outcome.error().detail, outcome.error().kind, provider, at);
        feed.reading.error = outcome.error();
        return feed;
    }
    FeedReading feed;
    if (!outcome->isSuccess())
        feed = unknown(u"no status"_s, u"The page answered %1, not status"_s.arg(outcome->status),
                       ErrorKind::Refused, provider, at);
    else if (looksLikeHtml(*outcome))
        feed = unknown(u"no status"_s, u"The page answered HTML, not status"_s, ErrorKind::Corrupt,
                       provider, at);
    else if (!stack::isReadableFeed(provider.feed))
        feed = unknown(u"unsupported feed"_s,
                       u"Pages of the kind %1 cannot be read yet"_s.arg(provider.feed),
                       ErrorKind::Unsupported, provider, at);
    else
        feed = decodeStatuspage(outcome->body, provider.components, at);
    feed.reading.latency = outcome->elapsed;
    return feed;
}

} // namespace mayday::status
