// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/command.h"

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

QList<Command> restoring()
{
    return {
        {.name = u"restore"_s,
         .usage = u"restore FILE --target CONNINFO [--database|--in-place] [OPTION ...] "
                  "[--yes]"_s,
         .summary = u"Load a backup beside the live data, prove it, swap. The old data is kept."_s,
         .options =
             u"  --target CONNINFO  the database whose data is replaced\n"
             "  --database         the whole database: by several connections into one of\n"
             "                     its own, whose name is then swapped; everybody is\n"
             "                     disconnected for a moment\n"
             "  --no-swap          with --database: it is proven and stays beside the live one, "
             "which\n"
             "                     is left as it is; its connection string is told. Also for a\n"
             "                     login that may create databases and not rename that one\n"
             "  --connections N    so many; without it, as many as this machine has cores\n"
             "  --in-place         where nothing may stand beside the live data: after a\n"
             "                     safety copy, a verified dump, what is live is dropped\n"
             "                     and the backup loaded there, in one transaction\n"
             "  --safety-copy-folder DIR  where that goes; without it, beside FILE\n"
             "  --table NAME       only this table, which the server has lost: it comes back "
             "where\n"
             "                     it was, with its keys, rights and policies; may be said again\n"
             "  --make-roles       roles that the backup names and the server lacks are made\n"
             "                     first, without a login and without a password\n"
             "  --map-role OLD=NEW what the backup says of its role OLD is done for the role NEW\n"
             "                     of this server; may be said again\n"
             "  --leave-out SCHEMA of the backup is not restored, and what is there stays as it\n"
             "                     is: for those of a platform (auth, storage); may be said\n"
             "                     again\n"
             "  --check SQL        a SELECT of your own whose answer must be true of what was\n"
             "                     loaded; may be said again\n"
             "  --dry-run          ask the server and tell what would be done; change nothing\n"
             "  --yes              do not ask\n"_s,
         .run = runRestore},
        {.name = u"copy"_s,
         .usage = u"copy FILE --target CONNINFO [OPTION ...]"_s,
         .summary = u"Lay a backup beside the live data, which stays as it is, and compare."_s,
         .options =
             u"  --target CONNINFO  the database to lay it into\n"
             "  --table NAME       rows of this table only; may be said again\n"
             "  --leave-out SCHEMA nothing of this schema; may be said again\n"
             "  --map-role OLD=NEW the role OLD of the backup is NEW on this server; may be\n"
             "                     said again\n"
             "bring-back then takes rows from it, and discard takes it away.\n"_s,
         .run = runCopy},
        {.name = u"put-back"_s,
         .usage = u"put-back --target CONNINFO [--restore ID] [--yes]"_s,
         .summary = u"Undo the last restore: the kept data takes its old place."_s,
         .options = u"  --target CONNINFO  the database that was restored\n"
                    "  --restore ID       which restore; without it, the last one\n"
                    "  --yes              do not ask\n"_s,
         .run = runPutBack},
    };
}

/// About what restores have kept.
QList<Command> afterwards()
{
    return {
        {.name = u"digest"_s,
         .usage = u"digest FILE --target CONNINFO"_s,
         .summary = u"Say whether every row of a backup is in a database to the letter."_s,
         .options =
             u"  --target CONNINFO  the database, for example after a restore\n"
             "Reads the file and its tables in full, whatever the order of their rows; all of\n"
             "them come over the line once. Changes nothing.\n"_s,
         .run = runDigest},
        {.name = u"compare"_s,
         .usage = u"compare --target CONNINFO [--restore ID]"_s,
         .summary = u"Count what came after the backup and went with the last restore."_s,
         .options = u"  --target CONNINFO  the database that was restored\n"
                    "  --restore ID       which restore; without it, the last one\n"_s,
         .run = runCompare},
        {.name = u"bring-back"_s,
         .usage = u"bring-back --target CONNINFO --table NAME=add [--table ...] [--yes]"_s,
         .summary = u"Bring rows that came after the backup into the restored tables, proven."_s,
         .options = u"  --target CONNINFO  the database that was restored\n"
                    "  --table NAME=add     the rows that only the earlier state has\n"
                    "  --table NAME=before  exactly the rows of the earlier state\n"
                    "  --restore ID       which restore; without it, the last one\n"
                    "  --yes              do not ask\n"_s,
         .run = runBringBack},
        {.name = u"kept"_s,
         .usage = u"kept --target CONNINFO [--stack FILE]"_s,
         .summary = u"List the earlier data that restores keep in a database: size, age, expiry."_s,
         .options = u"  --target CONNINFO  the database that was restored\n"
                    "  --stack FILE       a stack.yaml that knows it: its keep-days say when each\n"
                    "                     goes by itself\n"_s,
         .run = runKept},
        {.name = u"discard"_s,
         .usage = u"discard NAME|--older-than DAYS --target CONNINFO|--expired [--yes]"_s,
         .summary = u"Drop one of them, or all that are old, for good."_s,
         .options =
             u"  --target CONNINFO  the database that was restored\n"
             "  --older-than DAYS  all that are kept for longer\n"
             "  --expired          in every database of the stack that has keep-days, what\n"
             "                     is kept for longer: what the window does by itself, for\n"
             "                     cron. What must stay does, and is named: all of it while\n"
             "                     the record of this profile has an incident open, what it\n"
             "                     has not seen the end of (restores of colleagues), what was\n"
             "                     renamed, the only copy, what is in use. Nothing is due on\n"
             "                     the day after an incident, a restore or a put-back.\n"
             "                     PGPASSWORD for one server only: for several, ~/.pgpass\n"
             "  --stack FILE       for --expired: a stack.yaml; without it, the profile's\n"
             "  --yes              do not ask\n"_s,
         .run = runDiscard},
    };
}

QList<Command> looking()
{
    return {
        {.name = u"status"_s,
         .usage = u"status [--stack FILE]"_s,
         .summary = u"Probe the stack and read its providers once: us or them."_s,
         .options = u"  --stack FILE       a stack.yaml; without it, that of the profile\n"_s,
         .run = runStatus},
        {.name = u"runbook"_s,
         .usage = u"runbook check FILE"_s,
         .summary = u"Say what in a runbook Mayday cannot use."_s,
         .options = {},
         .run = runRunbook},
    };
}

} // namespace

const QList<Command> &commands()
{
    static const QList<Command> all =
        QList<Command>{
            {.name = u"inspect"_s,
             .usage = u"inspect FILE [--again] [--objects|--show NAME [--with-rows]]"_s,
             .summary = u"Read a backup to its end and say what is in it."_s,
             .options =
                 u"  --again      also when it was read before and is unchanged since; then also\n"
                 "               the SHA-256 that a manifest beside it has is compared\n"
                 "  --objects    list everything in it: tables, indexes, functions, policies ...\n"
                 "  --show NAME  print the SQL of one thing; of a table with its indexes, keys,\n"
                 "               triggers, policies, rights and comments. NAME as the list has "
                 "it,\n"
                 "               \"orders\", \"public.orders\" or \"table public.orders\"\n"
                 "  --with-rows  and its rows, as they are in the file\n"_s,
             .run = runInspect},
            {.name = u"dump"_s,
             .usage = u"dump --target CONNINFO --file FILE [--schema NAME ...]"_s,
             .summary =
                 u"Make a backup by pg_dump, read it back, and compare it with the server."_s,
             .options =
                 u"  --target CONNINFO  the database; nothing in it is changed\n"
                 "  --file FILE        where to: compressed SQL text, so shop.sql.gz; what is "
                 "there\n"
                 "                     is never replaced\n"
                 "  --schema NAME      this schema alone, without what belongs to the database as "
                 "a\n"
                 "                     whole (extensions, large objects); may be said again\n"
                 "Beside it FILE.manifest.json says what the server had in the same snapshot, "
                 "rows\n"
                 "counted; a restore of FILE names what of it is missing. Of a backup that fails\n"
                 "nothing stays.\n"_s,
             .run = runDump},
        } +
        restoring() + afterwards() + looking();
    return all;
}

} // namespace mayday::ctl
