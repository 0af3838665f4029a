// SPDX-License-Identifier: GPL-3.0-or-later
#include "incident/runbooksnapshot.h"

#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace mayday::incident {

namespace {

// Hexadecimal: no run of its digits can look like a token or a password to the redactor.
QString pack(const QByteArray &text)
{
    return QString::fromLatin1(qCompress(text).toHex());
}

QByteArray unpack(const QJsonValue &packed)
{
    return qUncompress(QByteArray::fromHex(packed.toString().toLatin1()));
}

} // namespace

SharedSources sharedSources(const runbook::RunbookLibrary &library, const runbook::Runbook &runbook)
{
    SharedSources sources;
    // The user's files come after the shipped ones and replace them.
    for (const runbook::RunbookLibrary::Entry &file : library.files()) {
        const QString name = QFileInfo(file.fileName).completeBaseName();
        if (file.reading.runbook && runbook.include.contains(name))
            sources.insert(name, file.reading.runbook->source);
    }
    return sources;
}

QJsonObject packRunbook(const runbook::Runbook &runbook, const SharedSources &shared)
{
    QJsonObject sources;
    for (auto at = shared.begin(); at != shared.end(); ++at)
        sources.insert(at.key(), pack(at.value()));
    return {{u"fileName"_s, runbook.fileName},
            {u"markdown"_s, pack(runbook.source)},
            {u"shared"_s, sources}};
}

Result<runbook::Runbook> unpackRunbook(const QJsonObject &packed)
{
    const QJsonObject shared = packed["shared"_L1].toObject();
    const auto include = [&](const QString &name) -> std::optional<QByteArray> {
        return shared.contains(name) ? std::optional(unpack(shared[name])) : std::nullopt;
    };
    const QString fileName = packed["fileName"_L1].toString();
    auto reading = runbook::readRunbook(unpack(packed["markdown"_L1]), fileName,
                                        runbook::VerbRegistry::standard(), include);
    if (!reading.runbook)
        return failure({.kind = ErrorKind::Corrupt,
                        .subject = fileName,
                        .detail = u"the checklist kept in the journal cannot be read"_s});
    return *std::move(reading.runbook);
}

} // namespace mayday::incident
