// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/stackreader.h"

#include "core/redactor.h"
#include "stack/mapreader.h"
#include "stack/nearestname.h"
#include "stack/secretscan.h"
#include "stack/yamltree.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::stack {

namespace {

constexpr int longestKeeping = 3650; ///< days

Finding fileFinding(const QString &text, ErrorKind kind)
{
    return {.kind = kind, .path = {}, .text = text};
}

/// yaml-cpp swallows some tabs and stumbles over others, on empty lines too.
std::optional<Finding> findTab(const QByteArray &yaml)
{
    qint64 number = 0;
    for (const QByteArray &line : yaml.split('\n')) {
        ++number;
        const auto *end = std::ranges::find_if(line, [](char c) { return c != ' ' && c != '\t'; });
        const QByteArrayView indent(line.begin(), end);
        if (indent.contains('\t'))
            return Finding{.kind = ErrorKind::Corrupt,
                           .line = number,
                           .column = indent.indexOf('\t') + 1,
                           .path = {},
                           .text = u"this line is indented with a tab; YAML allows spaces only"_s};
    }
    return std::nullopt;
}

class StackReader final {
public:
    explicit StackReader(QList<Finding> &findings) : m_findings(findings) {}

    [[nodiscard]] Stack read(const YamlNode &root)
    {
        MapReader top(root, {}, m_findings);
        if (const YamlNode *node = top.map(u"stack"_s))
            readHead(*node);
        else
            top.report(u"stack"_s, u"the section stack with a name is missing"_s);
        if (const YamlNode *node = top.map(u"promises"_s))
            readPromises(*node);
        if (const YamlNode *node = top.map(u"backups"_s))
            m_stack.backupFloor = MapReader(*node, u"backups"_s, m_findings).size(u"floor"_s);
        readAll(top, u"providers"_s, m_stack.providers, &StackReader::readProvider);
        readAll(top, u"services"_s, m_stack.services, &StackReader::readService);
        readAll(top, u"databases"_s, m_stack.databases, &StackReader::readDatabase);
        readAll(top, u"contacts"_s, m_stack.contacts, &StackReader::readContact);
        readAll(top, u"channels"_s, m_stack.channels, &StackReader::readChannel);
        return std::move(m_stack);
    }

private:
    void readHead(const YamlNode &node)
    {
        MapReader map(node, u"stack"_s, m_findings);
        m_stack.name = map.text(u"name"_s, Need::Required);
        m_stack.environment = map.word(
            u"environment"_s, {u"production"_s, u"staging"_s, u"development"_s, u"practice"_s});
        m_stack.practice = map.flag(u"practice"_s, m_stack.environment == "practice"_L1);
    }

    void readPromises(const YamlNode &node)
    {
        MapReader map(node, u"promises"_s, m_findings);
        m_stack.promises.rto = map.duration(u"rto"_s);
        const std::chrono::minutes rpo = map.duration(u"rpo"_s);
        m_stack.promises.rpo = std::chrono::duration_cast<std::chrono::hours>(rpo);
        if (m_stack.promises.rpo != rpo)
            map.report(u"rpo"_s, u"whole hours are wanted here"_s);
    }

    template <typename Part>
    void readAll(MapReader &top, const QString &section, QList<Part> &parts,
                 Part (StackReader::*readOne)(MapReader &))
    {
        qsizetype index = 0;
        for (const YamlNode *node : top.maps(section)) {
            MapReader map(*node, u"%1[%2]"_s.arg(section).arg(index++), m_findings);
            Part part = (this->*readOne)(map);
            const bool isDouble =
                !part.id.isNone() &&
                std::ranges::contains(parts, part.id, [](const Part &known) { return known.id; });
            if (isDouble)
                map.report(u"id"_s,
                           u"the id %1 is used twice in %2"_s.arg(part.id.text(), section));
            if (part.name.isEmpty())
                part.name = part.id.text();
            parts.append(std::move(part));
        }
    }

    Provider readProvider(MapReader &map)
    {
        Provider provider;
        provider.id = map.id<ProviderId>(u"id"_s, Need::Required);
        provider.name = map.text(u"name"_s);
        provider.statusUrl = map.webAddress(u"status"_s);
        provider.feed = map.word(u"feed"_s, knownFeeds());
        provider.pageUrl = map.webAddress(u"page"_s);
        provider.components = map.texts(u"components"_s);
        if (!provider.statusUrl.isEmpty() && !isReadableFeed(provider.feed))
            map.report(
                u"feed"_s,
                u"unsupported feed: Mayday cannot read %1 yet, the provider shows as unknown"_s.arg(
                    provider.feed),
                {}, Finding::Weight::Warning);
        return provider;
    }

    Service readService(MapReader &map)
    {
        Service service;
        service.id = map.id<ServiceId>(u"id"_s, Need::Required);
        service.name = map.text(u"name"_s);
        service.provider = readProviderReference(map);
        service.url = map.webAddress(u"url"_s, Need::Required);
        service.healthPath = map.text(u"health"_s);
        service.expectStatus = map.number(u"expect"_s, 100, 599, 200);
        if (!service.healthPath.isEmpty() && !service.healthPath.startsWith(u'/'))
            map.report(u"health"_s, u"a path beginning with / is wanted here"_s);
        return service;
    }

    Database readDatabase(MapReader &map)
    {
        Database database;
        database.id = map.id<DatabaseId>(u"id"_s, Need::Required);
        database.name = map.text(u"name"_s);
        database.provider = readProviderReference(map);
        database.connection = map.text(u"connection"_s, Need::Required);
        database.schema = map.text(u"schema"_s);
        database.credential = map.text(u"credential"_s);
        database.watch = map.texts(u"watch"_s);
        database.keepDays = map.number(u"keep-days"_s, 1, longestKeeping, 0);
        qsizetype index = 0;
        for (const YamlNode *node : map.maps(u"checks"_s)) {
            MapReader check(*node, u"%1[%2]"_s.arg(map.pathOf(u"checks"_s)).arg(index++),
                            m_findings);
            const QString sql = check.text(u"sql"_s, Need::Required);
            const QString name = check.text(u"name"_s);
            database.checks.append({.name = name.isEmpty() ? sql : name, .sql = sql});
        }
        if (database.schema.isEmpty())
            database.schema = u"public"_s;
        const bool isConnection = database.connection.contains(u'=') ||
                                  database.connection.startsWith("postgresql://"_L1) ||
                                  database.connection.startsWith("postgres://"_L1);
        if (!database.connection.isEmpty() && !isConnection)
            map.report(u"connection"_s,
                       u"not a connection; write host=... port=... dbname=... user=..."_s);
        return database;
    }

    Contact readContact(MapReader &map)
    {
        Contact contact;
        contact.id = map.id<ContactId>(u"id"_s, Need::Required);
        contact.name = map.text(u"name"_s);
        contact.url = map.webAddress(u"url"_s);
        contact.phone = map.text(u"phone"_s);
        contact.note = map.text(u"note"_s);
        return contact;
    }

    Channel readChannel(MapReader &map)
    {
        Channel channel;
        channel.id = map.id<ChannelId>(u"id"_s, Need::Required);
        channel.name = map.text(u"name"_s);
        channel.kind = map.word(u"kind"_s, {u"slack"_s, u"discord"_s, u"email"_s});
        channel.credential = map.text(u"credential"_s);
        return channel;
    }

    ProviderId readProviderReference(MapReader &map)
    {
        ProviderId id = map.id<ProviderId>(u"provider"_s, Need::Optional);
        if (id.isNone() || m_stack.provider(id))
            return id;
        QStringList known;
        for (const Provider &provider : std::as_const(m_stack.providers))
            known += provider.id.text();
        if (!looksSecret(id.text()))
            map.report(u"provider"_s, u"no provider has the id "_s + id.text(),
                       nearestName(id.text(), known));
        return {};
    }

    Stack m_stack;
    QList<Finding> &m_findings;
};

void sortByLine(QList<Finding> &findings)
{
    std::ranges::stable_sort(findings, {}, [](const Finding &finding) {
        return std::pair(finding.line, finding.column);
    });
}

} // namespace

bool StackReading::hasErrors() const
{
    return std::ranges::any_of(
        findings, [](const Finding &finding) { return finding.weight == Finding::Weight::Error; });
}

StackReading readStack(const QByteArray &yaml)
{
    StackReading reading;
    if (yaml.size() > maxStackBytes) {
        reading.findings += fileFinding(u"the file is larger than 1 MiB"_s, ErrorKind::Refused);
        return reading;
    }
    if (const std::optional<Finding> tab = findTab(yaml)) {
        reading.findings += *tab;
        return reading;
    }
    const std::expected<YamlNode, YamlProblem> root = parseYaml(yaml);
    if (!root) {
        Finding finding = fileFinding(redacted(root.error().text), ErrorKind::Corrupt);
        finding.line = root.error().place.line;
        finding.column = root.error().place.column;
        reading.findings += finding;
        return reading;
    }
    if (root->kind != YamlNode::Kind::Map) {
        reading.findings +=
            fileFinding(root->kind == YamlNode::Kind::Null ? u"the file is empty"_s
                                                           : u"the file holds no keys and values"_s,
                        ErrorKind::Corrupt);
        return reading;
    }
    Stack stack = StackReader(reading.findings).read(*root);
    sortByLine(reading.findings);
    // Secrets first: they are what must be mended first.
    reading.findings = findSecrets(*root, yaml) + reading.findings;
    if (!reading.hasErrors())
        reading.stack = std::move(stack);
    return reading;
}

Result<Stack> parseStack(const QByteArray &yaml, const QString &fileName)
{
    StackReading reading = readStack(yaml);
    if (reading.stack)
        return *std::move(reading.stack);
    const auto first =
        std::ranges::find(reading.findings, Finding::Weight::Error, &Finding::weight);
    return failure({.kind = first->kind,
                    .subject = fileName,
                    .detail = first->sentence(),
                    .advice = first->advice,
                    .line = first->line});
}

} // namespace mayday::stack
