// SPDX-License-Identifier: GPL-3.0-or-later
#include "practice/practicestack.h"

#include "stack/stackreader.h"

using namespace Qt::StringLiterals;

namespace mayday::practice {

namespace {

constexpr auto form = R"yaml(# The practice cloud: everything here runs on this machine.
stack:
  name: Marketplace (practice)
  environment: practice
  practice: true
promises:
  rto: 15m
  rpo: 24h
providers:
  - id: vercel
    name: Vercel
    status: {cloud}/vercel/api/v2/summary.json
    feed: statuspage
    page: {cloud}/vercel
  - id: supabase
    name: Supabase
    status: {cloud}/supabase/api/v2/summary.json
    feed: statuspage
    page: {cloud}/supabase
  - id: github
    name: GitHub
    status: {cloud}/github/api/v2/summary.json
    feed: statuspage
    page: {cloud}/github
services:
  - id: backend
    name: Backend API
    url: {cloud}/backend/
    health: /backend/health
  - id: frontend
    name: Front end
    provider: vercel
    url: {cloud}/frontend/
databases:
  - id: main
    name: shop
    provider: supabase
    connection: host={host} port={port} dbname={database} user={user}
    schema: public
    credential: {credential}
    watch: [products, listings, orders, users]
contacts:
  - id: practice
    name: Practice help desk
    note: In a real incident the provider's support page stands here.
)yaml";

} // namespace

QByteArray practiceStackYaml(const QUrl &cloud, const postgres::ConnectionString &shop)
{
    return QByteArray(form)
        .replace("{cloud}", cloud.toEncoded(QUrl::StripTrailingSlash))
        .replace("{host}", shop.host().toUtf8())
        .replace("{port}", QByteArray::number(shop.port()))
        .replace("{database}", shop.database().toUtf8())
        .replace("{user}", shop.user().toUtf8())
        .replace("{credential}", QByteArray(practiceCredential.data(), practiceCredential.size()));
}

Result<stack::Stack> practiceStack(const QUrl &cloud, const postgres::ConnectionString &shop)
{
    return stack::parseStack(practiceStackYaml(cloud, shop), u"the practice stack"_s);
}

} // namespace mayday::practice
