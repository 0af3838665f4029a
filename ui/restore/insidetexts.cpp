// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/insidetexts.h"

#include "dump/statementclass.h"
#include "ui/kit/timetext.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace mayday::ui::insidetexts {

namespace {

using dump::StatementClass;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Inside)
};

struct KindWords {
    StatementClass kind;
    QString one;
    QString many;
};

/// In the order in which somebody would ask: what runs, what shows rows, what guards them.
QList<KindWords> kinds()
{
    return {
        {StatementClass::Function, Words::tr("1 function"), Words::tr("%1 functions")},
        {StatementClass::Trigger, Words::tr("1 trigger"), Words::tr("%1 triggers")},
        {StatementClass::EventTrigger, Words::tr("1 event trigger"),
         Words::tr("%1 event triggers")},
        {StatementClass::View, Words::tr("1 view"), Words::tr("%1 views")},
        {StatementClass::Policy, Words::tr("1 policy"), Words::tr("%1 policies")},
        {StatementClass::Rule, Words::tr("1 rule"), Words::tr("%1 rules")},
        {StatementClass::Index, Words::tr("1 index"), Words::tr("%1 indexes")},
        {StatementClass::ForeignKey, Words::tr("1 foreign key"), Words::tr("%1 foreign keys")},
        {StatementClass::Type, Words::tr("1 type"), Words::tr("%1 types")},
        {StatementClass::Sequence, Words::tr("1 sequence"), Words::tr("%1 sequences")},
        {StatementClass::Extension, Words::tr("1 extension"), Words::tr("%1 extensions")},
        {StatementClass::Publication, Words::tr("1 publication"), Words::tr("%1 publications")},
        {StatementClass::LargeObject, Words::tr("1 large object"), Words::tr("%1 large objects")}};
}

} // namespace

QString objects(const dump::DumpInspection &inspection)
{
    QStringList parts;
    for (const KindWords &kind : kinds()) {
        const qint64 count = inspection.objects.value(dump::kindWord(kind.kind));
        if (count > 0)
            parts.append(count == 1 ? kind.one : kind.many.arg(timetext::count(count)));
    }
    return parts.join(u", "_s);
}

QString kindName(StatementClass kind)
{
    switch (kind) {
    case StatementClass::Session: return Words::tr("setting");
    case StatementClass::Schema: return Words::tr("schema");
    case StatementClass::Type: return Words::tr("type");
    case StatementClass::Function: return Words::tr("function");
    case StatementClass::Table: return Words::tr("table");
    case StatementClass::Data: return Words::tr("rows");
    case StatementClass::Sequence:
    case StatementClass::SequenceSet: return Words::tr("sequence");
    case StatementClass::Index: return Words::tr("index");
    case StatementClass::Constraint: return Words::tr("constraint");
    case StatementClass::ForeignKey: return Words::tr("foreign key");
    case StatementClass::Trigger: return Words::tr("trigger");
    case StatementClass::Policy: return Words::tr("policy");
    case StatementClass::Grant: return Words::tr("rights");
    case StatementClass::Owner: return Words::tr("owner");
    case StatementClass::Comment: return Words::tr("comment");
    case StatementClass::Extension: return Words::tr("extension");
    case StatementClass::EventTrigger: return Words::tr("event trigger");
    case StatementClass::Publication: return Words::tr("publication");
    case StatementClass::Rule: return Words::tr("rule");
    case StatementClass::View: return Words::tr("view");
    case StatementClass::LargeObject: return Words::tr("large object");
    case StatementClass::Platform: return Words::tr("outside of schemas");
    case StatementClass::Other: break;
    }
    return Words::tr("other");
}

QString warnings(const dump::DumpInspection &inspection)
{
    const qsizetype count = inspection.warnings.size();
    if (count == 0)
        return {};
    return count == 1 ? Words::tr("1 thing to read before you go on")
                      : Words::tr("%1 things to read before you go on").arg(timetext::count(count));
}

QString doubt(const backup::BackupEntry &entry)
{
    switch (entry.doubt) {
    case backup::BackupDoubt::None: break;
    case backup::BackupDoubt::Empty:
        return entry.inspection->tables.isEmpty()
                   ? Words::tr("It was read to its end, and there is no table in it: restoring it "
                               "would empty the live data.")
                   : Words::tr("It was read to its end, and no table in it has a row: restoring it "
                               "would empty the live data.");
    case backup::BackupDoubt::TooSmall:
        return Words::tr("It is whole, and smaller than any backup should be by stack.yaml: look "
                         "what is missing.");
    case backup::BackupDoubt::Shrunk:
        return Words::tr("It is whole, and less than half as large as the one before it (%1 after "
                         "%2): look what is missing.")
            .arg(timetext::bytes(entry.bytes), timetext::bytes(entry.bytesBefore));
    }
    return {};
}

QString manifest(const backup::ManifestCheck &check)
{
    if (!check.isThere)
        return {};
    if (!check.isUsable)
        return Words::tr("The manifest beside it is not used: %1")
            .arg(check.problems.join(u"; "_s));
    const QString found = Words::tr("Manifest of %1 UTC: %2 tables, %3 rows")
                              .arg(check.takenAt.toUTC().toString(u"yyyy-MM-dd HH:mm"_s),
                                   timetext::count(check.tables), timetext::count(check.rows));
    return check.agrees() ? Words::tr("%1; it agrees with the file").arg(found)
                          : Words::tr("%1; it does not agree with the file: %2")
                                .arg(found, backup::fewOf(check.problems));
}

QList<Fact> planFacts(const dump::DumpInspection &inspection)
{
    Fact inside{.label = Words::tr("Inside"), .value = {}};
    if (const QString text = objects(inspection); !text.isEmpty()) {
        inside.value.append({text + u' '});
        inside.value.append({Words::tr("See\u00a0all"), FactStyle::Link, objectsTarget});
    }
    if (const QString text = warnings(inspection); !text.isEmpty()) {
        const QString gap = inside.value.isEmpty() ? QString() : u" · "_s;
        inside.value.append({gap + text + u' ', FactStyle::Danger});
        inside.value.append({Words::tr("Read them"), FactStyle::Link, warningsTarget});
    }
    return inside.value.isEmpty() ? QList<Fact>() : QList<Fact>{inside};
}

QList<Fact> confirmFacts(const dump::DumpInspection &inspection)
{
    if (inspection.warnings.isEmpty())
        return {};
    QString text = inspection.warnings.front();
    if (inspection.warnings.size() > 1)
        text += Words::tr(", and %1 more").arg(timetext::count(inspection.warnings.size() - 1));
    return {fact(Words::tr("Inside"), text, FactStyle::Danger)};
}

QList<Fact> manifestFacts(const backup::ManifestCheck &check)
{
    if (!check.isUsable || check.agrees())
        return {};
    return {fact(Words::tr("Manifest"), backup::fewOf(check.problems), FactStyle::Danger)};
}

} // namespace mayday::ui::insidetexts
