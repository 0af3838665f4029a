// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/stack.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::stack {

namespace {

template <typename Part, typename PartId>
const Part *findPart(const QList<Part> &parts, const PartId &id)
{
    for (const Part &part : parts) {
        if (part.id == id)
            return &part;
    }
    return nullptr;
}

using Variables = QList<std::pair<QString, QString>>;

QString hours(std::chrono::hours time)
{
    return time.count() == 1 ? u"1 hour"_s : u"%1 hours"_s.arg(time.count());
}

QString minutes(std::chrono::minutes time)
{
    return time.count() == 1 ? u"1 minute"_s : u"%1 minutes"_s.arg(time.count());
}

QString contactLine(const Contact &contact)
{
    QStringList parts{contact.name};
    if (!contact.phone.isEmpty())
        parts += contact.phone;
    if (!contact.url.isEmpty())
        parts += contact.url.toString();
    return parts.join(u", "_s);
}

void addStack(Variables &all, const Stack &stack)
{
    all.append({u"stack.name"_s, stack.name});
    all.append({u"stack.environment"_s, stack.environment});
    if (stack.promises.rto.count() > 0)
        all.append({u"stack.rto"_s, minutes(stack.promises.rto)});
    if (stack.promises.rpo.count() > 0)
        all.append({u"stack.rpo"_s, hours(stack.promises.rpo)});
}

void addProviders(Variables &all, const Stack &stack)
{
    for (const Provider &provider : stack.providers) {
        const QString prefix = u"provider."_s + provider.id.text();
        const QUrl page = provider.pageUrl.isEmpty() ? provider.statusUrl : provider.pageUrl;
        all.append({prefix + u".name"_s, provider.name});
        all.append({prefix + u".status"_s, page.toString()});
    }
}

void addServices(Variables &all, const Stack &stack)
{
    for (const Service &service : stack.services) {
        const QString prefix = u"service."_s + service.id.text();
        all.append({prefix + u".name"_s, service.name});
        all.append({prefix + u".url"_s, service.url.toString()});
        all.append({prefix + u".health"_s, service.healthUrl().toString()});
        if (const Provider *provider = stack.provider(service.provider))
            all.append({prefix + u".provider"_s, provider->name});
    }
}

void addDatabases(Variables &all, const Stack &stack)
{
    for (const Database &database : stack.databases) {
        const QString prefix = u"database."_s + database.id.text();
        all.append({prefix + u".name"_s, database.name});
        all.append({prefix + u".schema"_s, database.schema});
        all.append({prefix + u".connection"_s, database.connection});
        if (const Provider *provider = stack.provider(database.provider))
            all.append({prefix + u".provider"_s, provider->name});
    }
}

void addContacts(Variables &all, const Stack &stack)
{
    for (const Contact &contact : stack.contacts) {
        const QString prefix = u"contact."_s + contact.id.text();
        all.append({prefix, contactLine(contact)});
        all.append({prefix + u".name"_s, contact.name});
        all.append({prefix + u".url"_s, contact.url.toString()});
        all.append({prefix + u".phone"_s, contact.phone});
        all.append({prefix + u".note"_s, contact.note});
    }
}

Variables variablesOf(const Stack &stack)
{
    Variables all;
    addStack(all, stack);
    addProviders(all, stack);
    addServices(all, stack);
    addDatabases(all, stack);
    addContacts(all, stack);
    all.removeIf([](const auto &variable) { return variable.second.isEmpty(); });
    return all;
}

} // namespace

bool isReadableFeed(QStringView feed)
{
    return feed == "statuspage"_L1 || feed == "incident.io"_L1;
}

QStringList knownFeeds()
{
    return {u"statuspage"_s, u"incident.io"_s, u"instatus"_s, u"railway"_s,
            u"slack"_s,      u"betterstack"_s, u"aws"_s};
}

QUrl Service::healthUrl() const
{
    return healthPath.isEmpty() ? url : url.resolved(QUrl(healthPath));
}

const Provider *Stack::provider(const ProviderId &id) const
{
    return findPart(providers, id);
}

const Service *Stack::service(const ServiceId &id) const
{
    return findPart(services, id);
}

const Database *Stack::database(const DatabaseId &id) const
{
    return findPart(databases, id);
}

const Contact *Stack::contact(const ContactId &id) const
{
    return findPart(contacts, id);
}

std::optional<QString> Stack::lookup(QStringView name) const
{
    for (const auto &[known, value] : variablesOf(*this)) {
        if (known == name)
            return value;
    }
    return std::nullopt;
}

QStringList Stack::knownNames() const
{
    QStringList names;
    for (const auto &variable : variablesOf(*this))
        names += variable.first;
    return names;
}

} // namespace mayday::stack
