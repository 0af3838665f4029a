// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/connectionstring.h"

#include <libpq-fe.h>

#include <algorithm>
#include <memory>

using namespace Qt::StringLiterals;

namespace mayday::postgres {

namespace {

struct FreeOptions {
    void operator()(PQconninfoOption *options) const { PQconninfoFree(options); }
};

/// A connection string's complaint quotes the part it stumbled over, which may be a password.
QString withoutQuotes(QString text)
{
    const qsizetype first = text.indexOf(u'"');
    const qsizetype last = text.lastIndexOf(u'"');
    if (first >= 0 && last > first)
        text.replace(first, last - first + 1, u"…"_s);
    return text.trimmed();
}

QByteArray escaped(QByteArray value)
{
    value.replace('\\', "\\\\").replace('\'', "\\'");
    return '\'' + value + '\'';
}

} // namespace

Result<ConnectionString> ConnectionString::parse(const QString &text)
{
    const auto refused = [](const QString &why) {
        return failure({.kind = ErrorKind::Refused,
                        .subject = u"the connection string"_s,
                        .detail = why,
                        .advice = Advice::CheckAddress});
    };
    if (text.trimmed().isEmpty())
        return refused(u"it is empty"_s);
    char *complaint = nullptr;
    const std::unique_ptr<PQconninfoOption, FreeOptions> options(
        PQconninfoParse(text.trimmed().toUtf8().constData(), &complaint));
    if (!options) {
        const QString why = QString::fromUtf8(complaint ? complaint : "it cannot be read");
        PQfreemem(complaint);
        return refused(withoutQuotes(why));
    }
    ConnectionString out;
    for (const PQconninfoOption *option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val == nullptr || *option->val == '\0')
            continue;
        const QByteArrayView keyword(option->keyword);
        if (keyword == "password")
            out.m_password = Secret(QByteArray(option->val));
        else if (keyword == "sslpassword")
            out.m_keyPassword = Secret(QByteArray(option->val));
        else if (!keyword.endsWith("client_secret"))
            out.m_settings.append({keyword.toByteArray(), QByteArray(option->val)});
    }
    return out;
}

QString ConnectionString::value(QByteArrayView keyword) const
{
    const auto found = std::ranges::find(m_settings, keyword, &Setting::first);
    return found == m_settings.cend() ? QString() : QString::fromUtf8(found->second);
}

QString ConnectionString::host() const
{
    const QString name = value("host");
    return name.isEmpty() ? value("hostaddr") : name;
}

int ConnectionString::port() const
{
    const int number = value("port").section(u',', 0, 0).toInt();
    return number > 0 ? number : 5432;
}

QString ConnectionString::database() const
{
    const QString name = value("dbname");
    return name.isEmpty() ? user() : name;
}

QString ConnectionString::user() const
{
    return value("user");
}

QString ConnectionString::display() const
{
    const QString where = host();
    QString text = database().isEmpty() ? u"the default database"_s : u"database "_s + database();
    if (where.isEmpty() || where.startsWith(u'/'))
        text += u" on the local socket, port %1"_s.arg(port());
    else
        text += u" on %1:%2"_s.arg(where).arg(port());
    if (!user().isEmpty())
        text += u" as "_s + user();
    return text;
}

ConnectionString ConnectionString::withPassword(Secret password) const
{
    ConnectionString copy = *this;
    copy.m_password = std::move(password);
    return copy;
}

ConnectionString ConnectionString::withDatabase(const QString &name) const
{
    ConnectionString copy = *this;
    copy.m_settings.removeIf([](const Setting &setting) { return setting.first == "dbname"; });
    copy.m_settings.append({"dbname", name.toUtf8()});
    return copy;
}

QString ConnectionString::withoutPassword() const
{
    QByteArrayList parts;
    for (const Setting &setting : m_settings)
        parts.append(setting.first + '=' + escaped(setting.second));
    return QString::fromUtf8(parts.join(' '));
}

std::optional<QString> ConnectionString::looksLikeTransactionPooler() const
{
    if (port() == 6543)
        return u"port 6543"_s;
    if (port() == 6432)
        return u"port 6432"_s;
    const QString name = host();
    // Supabase's pooler host speaks for sessions on 5432 and for transactions on 6543 only.
    if (name.endsWith(u".pooler.supabase.com"_s))
        return std::nullopt;
    if (name.contains(u".pooler."_s) || name.contains(u"-pooler."_s) ||
        name.startsWith(u"pgbouncer"_s))
        return u"host "_s + name;
    return std::nullopt;
}

} // namespace mayday::postgres
