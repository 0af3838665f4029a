// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/ctlfixture.h"
#include "core/profile.h"
#include "postgres/session.h"
#include "store/journalreader.h"
#include "support/testmain.h"

#include <algorithm>

using namespace mayday;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// What a restore without a window lets one choose: roles, schemas, and only to be told.
class TestCtlChoices : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rolesAreMadeWhenAsked();
    void rolesAreOthersWhenAsked();
    void schemasAreLeftOutWhenAsked();
    void aDryRunTellsAndChangesNothing();
    void aDryRunOfWhatCannotBeIs2();

private:
    [[nodiscard]] Answer restore(const QString &file, const QString &target,
                                 const QStringList &more = {u"--json"_s})
    {
        return m_ctl.run(QStringList{u"restore"_s, file, u"--target"_s, target, u"--yes"_s} + more);
    }

    Ctl m_ctl;
};

void TestCtlChoices::rolesAreMadeWhenAsked()
{
    QByteArray dump = smallDump;
    const QByteArray end = "--\n-- PostgreSQL database dump complete";
    dump.replace(end, "GRANT SELECT ON TABLE public.products TO fresh_role;\n\n" + end);
    const QString file = m_ctl.write(u"roles.sql"_s, dump);
    const Answer without = restore(file, m_ctl.liveDatabase(u"roleless"_s));
    QVERIFY2(without.out.contains("rights of fresh_role left out"), without.all());
    const Answer with =
        restore(file, m_ctl.liveDatabase(u"roles"_s), {u"--json"_s, u"--make-roles"_s});
    QVERIFY2(with.code == 1, with.all()); // somebody has rights who had none
    QVERIFY2(with.out.contains("role fresh_role was made"), with.all());
    QCOMPARE(m_ctl.server().scalar(
                 u"roles"_s, "SELECT has_table_privilege('fresh_role', 'products', 'SELECT')"),
             u"t"_s);
}

void TestCtlChoices::rolesAreOthersWhenAsked()
{
    QByteArray dump = smallDump;
    const QByteArray end = "--\n-- PostgreSQL database dump complete";
    dump.replace(end, "ALTER TABLE public.products OWNER TO old_owner;\n\n"
                      "GRANT SELECT ON TABLE public.products TO old_reader;\n\n" +
                          end);
    const QString file = m_ctl.write(u"mapped.sql"_s, dump);
    const QString target = m_ctl.liveDatabase(u"mapped"_s);
    m_ctl.server().execute(u"mapped"_s, "CREATE ROLE new_owner; CREATE ROLE new_reader");
    const QStringList both = {u"--map-role"_s, u"old_owner=new_owner"_s,
                              u"--map-role=old_reader=new_reader"_s};
    // Misspelt, it is refused before anybody is asked; and so is nobody.
    const Answer wrong = restore(file, target, {u"--json"_s, u"--map-role"_s, u"odl=new_owner"_s});
    QVERIFY2(wrong.code == 2 && wrong.err.isEmpty(), wrong.all());
    QCOMPARE(wrong.error()["subject"_L1].toString(), u"role odl"_s);
    const Answer nobody = restore(file, target, {u"--json"_s, u"--map-role=old_owner=nobody"_s});
    QVERIFY2(nobody.code == 2, nobody.all());
    QCOMPARE(nobody.error()["adviceKey"_L1].toString(), u"create-role"_s);
    for (const QStringList &off :
         {QStringList{u"--map-role=old_owner"_s}, QStringList{u"--map-role==new_owner"_s},
          QStringList{u"--map-role=a=b"_s, u"--map-role=a=c"_s}})
        QCOMPARE(restore(file, target, off).code, 64);
    QCOMPARE(m_ctl.products(u"mapped"_s), u"99"_s);

    const Answer done = restore(file, target, both);
    QVERIFY2(done.code == 1, done.all()); // somebody has rights who had none
    QVERIFY2(done.out.contains("note: roles mapped: old_owner is new_owner, old_reader is "
                               "new_reader\n"),
             done.all());
    const auto ask = [this](const QByteArray &sql) {
        return m_ctl.server().scalar(u"mapped"_s, sql);
    };
    QCOMPARE(ask("SELECT tableowner FROM pg_tables WHERE schemaname = 'public'"), u"new_owner"_s);
    QCOMPARE(ask("SELECT has_table_privilege('new_reader', 'products', 'SELECT')"), u"t"_s);
    const Answer copy = m_ctl.run(QStringList{u"copy"_s, file, u"--target"_s, target} + both);
    QVERIFY2(copy.code == 0 && copy.out.contains("old_owner is new_owner"), copy.all());
    // Whoever comes after a crash reads it in the record, which is written first.
    const auto events = store::readJournal(Profile::under(m_ctl.profile()).journalFile(),
                                           {.kindPrefix = u"restore.started"_s});
    QVERIFY(events.has_value());
    QVERIFY(std::ranges::any_of(*events, [](const store::JournalEvent &event) {
        return event.data["mappedRoles"_L1]["old_owner"_L1].toString() == "new_owner"_L1;
    }));
}

void TestCtlChoices::schemasAreLeftOutWhenAsked()
{
    QByteArray dump = smallDump;
    const QByteArray end = "--\n-- PostgreSQL database dump complete";
    dump.replace(end, "CREATE SCHEMA audit;\n\nCREATE TABLE audit.log (id integer);\n\n"
                      "COPY audit.log (id) FROM stdin;\n1\n2\n\\.\n\n\n" +
                          end);
    const QString file = m_ctl.write(u"two.sql"_s, dump);
    const QString target = m_ctl.liveDatabase(u"parts"_s);
    m_ctl.server().execute(u"parts"_s, "CREATE SCHEMA audit; CREATE TABLE audit.log (id integer);"
                                       "INSERT INTO audit.log VALUES (7)");
    // Misspelt, it is refused before anybody is asked.
    const Answer wrong = restore(file, target, {u"--json"_s, u"--leave-out"_s, u"audits"_s});
    QVERIFY2(wrong.code == 2, wrong.all());
    QCOMPARE(wrong.json()["error"_L1]["kind"_L1].toString(), u"not-found"_s);
    const Answer done = restore(file, target, {u"--json"_s, u"--leave-out=audit"_s});
    QVERIFY2(done.code == 0, done.all());
    QVERIFY2(done.out.contains("schema audit left out: 1 table with 2 rows of the backup is not "
                               "restored, and what is there stays as it is, "
                               "rights included"),
             done.all());
    QCOMPARE(m_ctl.products(u"parts"_s), u"1 2 3"_s);
    QCOMPARE(m_ctl.server().scalar(u"parts"_s, "SELECT string_agg(id::text, ' ') FROM audit.log"),
             u"7"_s);
    const Answer both =
        restore(file, target, {u"--json"_s, u"--database"_s, u"--leave-out"_s, u"audit"_s});
    QVERIFY2(both.code == 2 && both.out.contains("would be gone"), both.all());
}

void TestCtlChoices::aDryRunTellsAndChangesNothing()
{
    QByteArray dump = smallDump;
    const QByteArray end = "--\n-- PostgreSQL database dump complete";
    dump.replace(end, "GRANT SELECT ON TABLE public.products TO anon;\n\n"
                      "CREATE PUBLICATION changes;\n\n" +
                          end);
    const QString file = m_ctl.write(u"dry.sql"_s, dump);
    const QString target = m_ctl.liveDatabase(u"dry"_s);
    m_ctl.server().execute(u"dry"_s, "CREATE ROLE rdsadmin LOGIN;"
                                     "ALTER DATABASE dry SET statement_timeout = '2min';"
                                     "CREATE TABLE visits (created_at timestamptz); INSERT INTO "
                                     "visits VALUES (now() - '125 min'::interval)");
    // Without --yes and without a terminal: there is nothing to confirm.
    const QStringList words{u"restore"_s, file, u"--target"_s, target, u"--dry-run"_s};
    const Answer json = m_ctl.run(words + QStringList{u"--json"_s});
    const Answer text = m_ctl.run(words);
    m_ctl.server().execute(u"dry"_s, "DROP ROLE rdsadmin");
    QVERIFY2(json.code == 0, json.all());
    QCOMPARE(json.json()["host"_L1]["name"_L1].toString(), u"Amazon RDS or Aurora"_s);
    QCOMPARE(json.json()["host"_L1]["toldBy"_L1].toString(), u"the role rdsadmin"_s);
    QCOMPARE(json.json()["missingRoles"_L1][0].toString(), u"anon"_s);
    QCOMPARE(json.json()["limits"_L1][0]["whose"_L1].toString(), u"of database dry"_s);
    QVERIFY(json.json()["sessions"_L1]["poolerExcluded"_L1].toBool());
    QVERIFY(json.json()["error"_L1].isNull());
    QCOMPARE(json.json()["liveData"_L1]["newestRow"_L1]["table"_L1].toString(), u"public.visits"_s);
    QVERIFY(json.json()["liveData"_L1]["newestRow"_L1]["secondsAgo"_L1].toInt() >= 125 * 60);
    QCOMPARE(json.json()["loss"_L1]["newerRows"_L1].toInt(), 1);
    QCOMPARE(json.json()["loss"_L1]["sinceBy"_L1].toString(), u"file-time"_s);
    QCOMPARE(json.json()["notMade"_L1]["switches"_L1][0].toString(), u"publication changes"_s);
    QVERIFY2(text.code == 0, text.all());
    for (const QByteArray &said :
         {QByteArray("Host: Amazon RDS or Aurora (told by the role rdsadmin)\n"),
          QByteArray("note: anon is the name of a role of Supabase's own."),
          QByteArray("Roles not on this server: anon; --make-roles makes them\n"),
          QByteArray("note: statement_timeout of database dry is 120 s; Mayday switches it off"),
          QByteArray("bytes, newest row written 2 h 5 min ago (public.visits.created_at)\n"),
          QByteArray("Loss: the changes of at least the last "),
          QByteArray(" by the file's time; 1 row in the live data is newer than the backup\n"),
          QByteArray("Left out here: 1 publication: no restore switches such things on"),
          QByteArray("It could be restored so. Nothing was changed.\n")})
        QVERIFY2(text.out.contains(said), text.all());
    QCOMPARE(m_ctl.products(u"dry"_s), u"99"_s);
    QCOMPARE(m_ctl.keptSchemas(u"dry"_s), u"0"_s);
}

void TestCtlChoices::aDryRunOfWhatCannotBeIs2()
{
    const QString target = m_ctl.liveDatabase(u"dryer"_s);
    const auto ask = [&](const QByteArray &dump) {
        return m_ctl.run({u"restore"_s, m_ctl.write(u"no.sql"_s, dump), u"--target"_s, target,
                          u"--dry-run"_s, u"--json"_s});
    };
    const Answer half = ask(smallDump.first(smallDump.size() / 2));
    QVERIFY2(half.code == 2, half.all());
    QVERIFY(!half.error().isEmpty());
    QByteArray needy = smallDump;
    needy.replace("CREATE TABLE", "CREATE EXTENSION IF NOT EXISTS of_nobody;\n\nCREATE TABLE");
    const Answer lacking = ask(needy);
    QVERIFY2(lacking.code == 2, lacking.all());
    QCOMPARE(lacking.error()["subject"_L1].toString(), u"extension of_nobody"_s);
    QVERIFY2(!lacking.json()["hindrance"_L1].isNull(), lacking.all());
    QVERIFY2(lacking.json()["missingExtensions"_L1].toObject().contains("of_nobody"_L1),
             lacking.all());
}

MAYDAY_TEST(TestCtlChoices);
#include "tst_ctlchoices.moc"
