// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/mapreader.h"

#include "core/redactor.h"
#include "stack/duration.h"
#include "stack/nearestname.h"

#include <QSet>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace mayday::stack {

namespace {

/// The board names probes "database.<id>", and an id holds 64 characters.
constexpr qsizetype longestId = 40;
constexpr qsizetype longestShownKey = 40;

QString shownKey(const QString &key)
{
    if (looksSecret(key))
        return u"(a secret)"_s;
    return key.size() > longestShownKey ? key.left(longestShownKey) + u'…' : key;
}

} // namespace

MapReader::MapReader(const YamlNode &node, QString path, QList<Finding> &findings)
    : m_node(node), m_path(std::move(path)), m_findings(findings)
{
}

MapReader::~MapReader()
{
    QSet<QString> seen;
    for (const YamlNode::Entry &entry : m_node.entries) {
        const QString key = shownKey(entry.key);
        if (!m_asked.contains(entry.key))
            reportAt(entry.place, m_path, u"unknown key "_s + key, nearestName(entry.key, m_asked));
        else if (seen.contains(entry.key))
            reportAt(entry.place, m_path, u"the key %1 stands here twice"_s.arg(key), {});
        seen.insert(entry.key);
    }
}

QString MapReader::pathOf(const QString &key) const
{
    return m_path.isEmpty() ? key : m_path + u'.' + key;
}

YamlPlace MapReader::placeOf(const QString &key) const
{
    for (const YamlNode::Entry &entry : m_node.entries) {
        if (entry.key == key)
            return entry.value.kind == YamlNode::Kind::Null ? entry.place : entry.value.place;
    }
    return m_node.place;
}

void MapReader::reportAt(YamlPlace place, const QString &path, const QString &text,
                         const QString &nearest)
{
    m_findings.append({.line = place.line,
                       .column = place.column,
                       .path = path,
                       .text = text,
                       .nearest = nearest});
}

void MapReader::report(const QString &key, const QString &text, const QString &nearest,
                       Finding::Weight weight)
{
    reportAt(placeOf(key), pathOf(key), text, nearest);
    m_findings.last().weight = weight;
}

const YamlNode *MapReader::take(const QString &key)
{
    m_asked.append(key);
    for (const YamlNode::Entry &entry : m_node.entries) {
        if (entry.key == key && entry.value.kind != YamlNode::Kind::Null)
            return &entry.value;
    }
    return nullptr;
}

QString MapReader::text(const QString &key, Need need)
{
    const YamlNode *node = take(key);
    if (node && node->kind != YamlNode::Kind::Scalar) {
        report(key, u"a text is wanted here, not a list or a map"_s);
        return {};
    }
    const QString value = node ? node->scalar.trimmed() : QString();
    if (value.isEmpty() && need == Need::Required)
        report(key, u"%1 is missing"_s.arg(key));
    return value;
}

QString MapReader::word(const QString &key, const QStringList &words)
{
    QString value = text(key);
    if (value.isEmpty())
        return words.first();
    if (!words.contains(value)) {
        report(key, u"%1 is none of %2"_s.arg(shownKey(value), words.join(u", "_s)),
               nearestName(value, words));
        return words.first();
    }
    return value;
}

QUrl MapReader::webAddress(const QString &key, Need need)
{
    const QString value = text(key, need);
    if (value.isEmpty())
        return {};
    QUrl url(value, QUrl::StrictMode);
    const bool isWeb = url.scheme() == "http"_L1 || url.scheme() == "https"_L1;
    if (!url.isValid() || !isWeb || url.host().isEmpty()) {
        report(key, u"not a web address; it should begin with https://"_s);
        return {};
    }
    if (!url.userInfo().isEmpty()) {
        report(key,
               u"an address with a user name in it is not used; leave the part before @ out"_s);
        return {};
    }
    return url;
}

int MapReader::number(const QString &key, int least, int most, int ifAbsent)
{
    const QString value = text(key);
    if (value.isEmpty())
        return ifAbsent;
    bool isNumber = false;
    const int number = value.toInt(&isNumber);
    if (!isNumber || number < least || number > most) {
        report(key, u"a whole number from %1 to %2 is wanted here"_s.arg(least).arg(most));
        return ifAbsent;
    }
    return number;
}

bool MapReader::flag(const QString &key, bool ifAbsent)
{
    const QString value = text(key);
    if (value.isEmpty())
        return ifAbsent;
    if (value == "true"_L1 || value == "yes"_L1)
        return true;
    if (value != "false"_L1 && value != "no"_L1)
        report(key, u"true or false is wanted here"_s);
    return false;
}

QStringList MapReader::texts(const QString &key)
{
    const YamlNode *node = take(key);
    if (!node)
        return {};
    QStringList all;
    bool isList = node->kind == YamlNode::Kind::List;
    for (const YamlNode &item : node->items) {
        isList = isList && item.kind == YamlNode::Kind::Scalar && !item.scalar.trimmed().isEmpty();
        all += item.scalar.trimmed();
    }
    if (!isList) {
        report(key, u"a list of texts is wanted here, such as [one, two]"_s);
        return {};
    }
    return all;
}

std::chrono::minutes MapReader::duration(const QString &key)
{
    const QString value = text(key);
    if (value.isEmpty())
        return std::chrono::minutes(0);
    const auto time = parseDuration(value).value_or(std::chrono::seconds(1));
    if (time % std::chrono::minutes(1) != std::chrono::seconds(0)) {
        report(key, u"a time with its unit is wanted here, such as 15 min or 24 h"_s);
        return std::chrono::minutes(0);
    }
    return std::chrono::duration_cast<std::chrono::minutes>(time);
}

qint64 MapReader::size(const QString &key)
{
    const QString value = text(key);
    if (value.isEmpty())
        return 0;
    const QStringList units = {u"b"_s, u"kb"_s, u"mb"_s, u"gb"_s, u"tb"_s};
    const auto *const unit =
        std::ranges::find_if(value, [](QChar letter) { return letter.isLetter(); });
    const QString number = value.first(unit - value.begin()).trimmed();
    const auto power = units.indexOf(value.sliced(unit - value.begin()).trimmed().toLower());
    bool isNumber = false;
    const double amount = number.toDouble(&isNumber);
    constexpr double most = 1000;
    if (power < 0 || !isNumber || amount <= 0 || amount >= most) {
        report(key, u"a size with its unit is wanted here, such as 500 kB or 1 MB"_s);
        return 0;
    }
    return std::llround(amount * std::pow(1000.0, static_cast<double>(power)));
}

const YamlNode *MapReader::map(const QString &key)
{
    const YamlNode *node = take(key);
    if (!node || node->kind == YamlNode::Kind::Map)
        return node;
    report(key, u"keys and values are wanted here"_s);
    return nullptr;
}

QList<const YamlNode *> MapReader::maps(const QString &key)
{
    const YamlNode *node = take(key);
    if (!node)
        return {};
    QList<const YamlNode *> all;
    bool isList = node->kind == YamlNode::Kind::List;
    for (const YamlNode &item : node->items) {
        isList = isList && item.kind == YamlNode::Kind::Map;
        all += &item;
    }
    if (!isList) {
        report(key, u"a list is wanted here, each item beginning with \"- id:\""_s);
        return {};
    }
    return all;
}

bool MapReader::checkId(const QString &key, const QString &written)
{
    if (isWellFormedId(written) && written.size() <= longestId)
        return true;
    report(key, u"an id is 1 to %1 of a-z, 0-9, '-', '_', '.'"_s.arg(longestId),
           looksSecret(written) ? QString() : slugOf(written).left(longestId));
    return false;
}

} // namespace mayday::stack
