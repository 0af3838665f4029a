// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/verbregistry.h"

#include <algorithm>

namespace mayday::runbook {

using namespace Qt::StringLiterals;

namespace {

VerbParameter must(const QString &name, const QStringList &values = {})
{
    return {.name = name, .required = true, .values = values};
}

VerbParameter may(const QString &name, const QStringList &values = {})
{
    return {.name = name, .required = false, .values = values};
}

void addActions(VerbRegistry &registry)
{
    const auto add = [&registry](const QString &name, const QList<VerbParameter> &parameters,
                                 const QStringList &oneOf = {}) {
        registry.add(
            {.kind = VerbKind::Do, .name = name, .parameters = parameters, .oneOf = oneOf});
    };
    add(u"rollback"_s, {must(u"service"_s), may(u"deployment"_s)});
    add(u"promote"_s, {must(u"service"_s), may(u"deployment"_s)});
    add(u"restore"_s, {must(u"database"_s), may(u"backup"_s)});
    add(u"backup"_s, {must(u"database"_s)});
    add(u"run"_s, {must(u"command"_s)});
    add(u"open"_s,
        {may(u"page"_s, {u"now"_s, u"runbooks"_s, u"backups"_s, u"incidents"_s, u"readiness"_s,
                         u"settings"_s}),
         may(u"service"_s), may(u"provider"_s), may(u"contact"_s)},
        {u"page"_s, u"service"_s, u"provider"_s, u"contact"_s});
    add(u"notify"_s, {must(u"template"_s), may(u"channel"_s)});
    add(u"env-snapshot"_s, {must(u"service"_s)});
    add(u"env-restore"_s, {must(u"service"_s), may(u"snapshot"_s)});
    add(u"evidence"_s, {may(u"service"_s), may(u"database"_s), may(u"note"_s)});
    add(u"maintenance-page"_s, {must(u"service"_s), may(u"state"_s, {u"on"_s, u"off"_s})});
}

void addChecks(VerbRegistry &registry)
{
    const auto add = [&registry](const QString &name, const QList<VerbParameter> &parameters,
                                 const QStringList &oneOf = {}) {
        registry.add(
            {.kind = VerbKind::Check, .name = name, .parameters = parameters, .oneOf = oneOf});
    };
    add(u"status"_s, {must(u"provider"_s), may(u"component"_s)});
    add(u"probe"_s, {may(u"service"_s), may(u"database"_s)}, {u"service"_s, u"database"_s});
    add(u"http"_s, {must(u"service"_s), may(u"path"_s), may(u"status"_s), may(u"contains"_s)});
    add(u"sql"_s, {must(u"database"_s), must(u"query"_s), may(u"expect"_s)});
    add(u"deployment"_s,
        {must(u"service"_s), may(u"state"_s, {u"ready"_s, u"rolled-back"_s, u"none-running"_s})});
    add(u"backup-age"_s, {must(u"database"_s), must(u"max"_s)});
    add(u"tool"_s, {must(u"name"_s), may(u"version"_s)});
    add(u"rows"_s, {must(u"database"_s), must(u"table"_s), may(u"min"_s), may(u"max"_s)},
        {u"min"_s, u"max"_s});
}

} // namespace

const VerbParameter *Verb::parameter(const QString &wanted) const
{
    const auto found = std::ranges::find(parameters, wanted, &VerbParameter::name);
    return found == parameters.end() ? nullptr : &*found;
}

QStringList Verb::parameterNames() const
{
    QStringList all;
    for (const VerbParameter &parameter : parameters)
        all += parameter.name;
    return all;
}

VerbRegistry VerbRegistry::standard()
{
    VerbRegistry registry;
    addActions(registry);
    addChecks(registry);
    return registry;
}

void VerbRegistry::add(const Verb &verb)
{
    m_verbs.removeIf(
        [&verb](const Verb &known) { return known.kind == verb.kind && known.name == verb.name; });
    m_verbs.append(verb);
}

const Verb *VerbRegistry::find(VerbKind kind, const QString &name) const
{
    const auto found = std::ranges::find_if(
        m_verbs, [&](const Verb &verb) { return verb.kind == kind && verb.name == name; });
    return found == m_verbs.end() ? nullptr : &*found;
}

QStringList VerbRegistry::names(VerbKind kind) const
{
    QStringList all;
    for (const Verb &verb : m_verbs) {
        if (verb.kind == kind)
            all += verb.name;
    }
    return all;
}

} // namespace mayday::runbook
