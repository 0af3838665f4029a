// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/restore/restorefixture.h"
#include "backup/manifest.h"

#include <QDir>

namespace mayday::restore::test {

using namespace Qt::StringLiterals;

[[nodiscard]] inline QByteArray reason(const RestoreReceipt &receipt)
{
    return receipt.error ? describe(*receipt.error).toUtf8()
                         : receipt.notes.join(u'\n').toUtf8() + " (no error)";
}

/// A shop that has gone on since its backup, and a folder for safety copies of it.
class InPlaceCase {
protected:
    [[nodiscard]] RestorePlan planFor(const QString &file) const
    {
        RestorePlan plan = m_shop->plan(file);
        plan.mode = RestoreMode::InPlace;
        plan.safetyFolder = m_folder->path();
        return plan;
    }
    [[nodiscard]] static RestoreReceipt carryOut(const RestorePlan &plan, TaskContext context = {})
    {
        const SystemClock clock;
        return RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    }
    /// What is in the folder of safety copies; those that one sees, each with its manifest.
    [[nodiscard]] QStringList visibleCopies() const
    {
        QStringList names = QDir(m_folder->path()).entryList(QDir::Files, QDir::Name);
        const qsizetype manifests = names.removeIf(backup::isManifestName);
        return manifests == names.size() ? names : QStringList{u"without its manifest"_s};
    }
    [[nodiscard]] QStringList copies() const
    {
        return QDir(m_folder->path())
            .entryList(QDir::Files | QDir::Hidden | QDir::NoDotAndDotDot, QDir::Name);
    }
    [[nodiscard]] postgres::ConnectionString as(const QString &user) const
    {
        return postgres::ConnectionString::parse(
                   u"host=127.0.0.1 port=%1 dbname=%2 user=%3"_s.arg(m_server->port())
                       .arg(m_shop->database(), user))
            ->withPassword(Secret("pw"));
    }
    void verifyNothingChanged(const RestoreReceipt &receipt, const QString &before,
                              const QString &words)
    {
        QCOMPARE(receipt.verdict, Verdict::NotRestored);
        QVERIFY(receipt.error.has_value());
        QVERIFY2(describe(*receipt.error).contains(words), reason(receipt));
        QVERIFY(receipt.left.isEmpty());
        QVERIFY(!receipt.safetyCopy);
        QVERIFY2(!receipt.notes.join(u'\n').contains(u"safety copy was made"_s), reason(receipt));
        QCOMPARE(copies(), QStringList());
        QTRY_COMPARE(m_shop->ask("SELECT count(*) FROM pg_stat_activity WHERE application_name"
                                 " IN ('pg_dump', 'mayday dump', 'mayday restore')"),
                     u"0"_s);
        QCOMPARE(m_shop->liveState(), before);
    }
    /// The sequence goes on from the row that came after the backup.
    [[nodiscard]] QByteArray dumpAsOfBackup() const
    {
        return withoutKeys(m_shop->dump())
            .replace("products_id_seq', 2001", "products_id_seq', 2000");
    }
    void startServer();
    void makeShop();
    void giveEverythingTo(const QByteArray &role);

    std::unique_ptr<tests::TempPostgres> m_server;
    std::unique_ptr<Shop> m_shop;
    std::unique_ptr<QTemporaryDir> m_folder;
    QByteArray m_backup; ///< of the shop as it was made
    QString m_file;
};

inline void InPlaceCase::startServer()
{
    m_server = std::make_unique<tests::TempPostgres>();
    m_server->execute(u"postgres"_s, "CREATE ROLE app LOGIN PASSWORD 'pw'; CREATE ROLE platform;"
                                     "CREATE ROLE teller");
}

inline void InPlaceCase::makeShop()
{
    m_shop = std::make_unique<Shop>(*m_server, 2000);
    m_folder = std::make_unique<QTemporaryDir>();
    m_backup = m_shop->dump();
    m_file = m_shop->writeDump(m_backup);
    m_shop->run("DELETE FROM public.products WHERE id > 100;"
                "INSERT INTO public.products (name) VALUES ('came after');"
                "CREATE TABLE public.newer (id integer); INSERT INTO public.newer VALUES (1)");
}

inline void InPlaceCase::giveEverythingTo(const QByteArray &role)
{
    m_shop->run("ALTER SCHEMA public OWNER TO platform; GRANT USAGE, CREATE ON SCHEMA public TO " +
                role + "; ALTER TABLE public.products OWNER TO " + role +
                "; ALTER TABLE public.listings OWNER TO " + role +
                "; ALTER TABLE public.empty_one OWNER TO " + role +
                "; ALTER TABLE public.newer OWNER TO " + role +
                "; ALTER VIEW public.priced OWNER TO " + role +
                "; ALTER TYPE public.kind OWNER TO " + role +
                "; ALTER FUNCTION public.twice(integer) OWNER TO " + role);
}

} // namespace mayday::restore::test
