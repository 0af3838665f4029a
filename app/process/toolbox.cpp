// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/toolbox.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStandardPaths>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace mayday::process {

namespace {

/// A folder with one subfolder a version, and where the programs stand in that.
struct VersionedPlace {
    QLatin1StringView root;
    QLatin1StringView namePattern;
    QLatin1StringView below;
};

constexpr std::array versionedPlaces{
    VersionedPlace{"/usr/lib/postgresql"_L1, "*"_L1, "bin"_L1},
    VersionedPlace{"/usr"_L1, "pgsql-*"_L1, "bin"_L1},
    VersionedPlace{"/opt/homebrew/opt"_L1, "postgresql*"_L1, "bin"_L1},
    VersionedPlace{"/opt/homebrew/opt"_L1, "libpq"_L1, "bin"_L1},
    VersionedPlace{"/usr/local/opt"_L1, "postgresql*"_L1, "bin"_L1},
    VersionedPlace{"/usr/local/opt"_L1, "libpq"_L1, "bin"_L1},
    VersionedPlace{"/Applications/Postgres.app/Contents/Versions"_L1, "*"_L1, "bin"_L1},
    VersionedPlace{"C:/Program Files/PostgreSQL"_L1, "*"_L1, "bin"_L1},
};

constexpr std::chrono::seconds versionTimeLimit{5};

QVersionNumber numberIn(const QString &text)
{
    static const QRegularExpression form(u"(\\d+(?:\\.\\d+)*)"_s);
    return QVersionNumber::fromString(form.match(text).captured(1));
}

/// Debian's pg_dump in PATH is a Perl program that chooses one of the versioned folders: nothing
/// that is not in the list already, for four times the time to answer.
bool isWrapper(const QString &canonical)
{
    return QFileInfo(canonical).fileName() == "pg_wrapper"_L1;
}

Error notFound(const QString &program)
{
    return {.kind = ErrorKind::NotFound,
            .subject = program,
            .detail = u"not in PATH"_s + (postgresFolders().isEmpty()
                                              ? QString()
                                              : u", nor in "_s + postgresFolders().join(u", "_s))};
}

} // namespace

QStringList postgresFolders()
{
    QStringList folders;
    for (const VersionedPlace &place : versionedPlaces) {
        QStringList versions =
            QDir(place.root).entryList({place.namePattern}, QDir::Dirs | QDir::NoDotAndDotDot);
        std::ranges::sort(versions, [](const QString &left, const QString &right) {
            return numberIn(left) > numberIn(right);
        });
        for (const QString &version : std::as_const(versions)) {
            const QString folder = place.root + u'/' + version + u'/' + place.below;
            if (QFileInfo(folder).isDir())
                folders.append(folder);
        }
    }
    return folders;
}

Result<QString> Toolbox::find(const QString &program)
{
    QString path = QStandardPaths::findExecutable(program);
    if (path.isEmpty())
        path = QStandardPaths::findExecutable(program, postgresFolders());
    if (path.isEmpty())
        return failure(notFound(program));
    return path;
}

Result<QString> Toolbox::findPostgres(const QString &program)
{
    const QStringList folders = postgresFolders();
    const QString path =
        folders.isEmpty() ? QString() : QStandardPaths::findExecutable(program, folders);
    return path.isEmpty() ? find(program) : Result<QString>(path);
}

Result<QVersionNumber> Toolbox::versionOf(const QString &path, TaskContext &context) const
{
    const CommandLine command{.program = path, .arguments = {u"--version"_s}};
    const RunOptions options{.captureLimit = 4096, .timeLimit = versionTimeLimit};
    const Result<ProcessOutcome> outcome =
        succeeded(m_runner.run(command, options, context), command);
    if (!outcome)
        return failure(outcome.error());
    QVersionNumber version = numberIn(QString::fromUtf8(outcome->output));
    if (version.isNull()) {
        return failure({.kind = ErrorKind::Unsupported,
                        .subject = QFileInfo(path).fileName(),
                        .detail = u"it does not tell its version"_s});
    }
    return version;
}

QList<Tool> Toolbox::findAll(const QString &program, TaskContext &context) const
{
    QStringList folders = postgresFolders();
    folders += qEnvironmentVariable("PATH").split(QDir::listSeparator(), Qt::SkipEmptyParts);
    QList<Tool> tools;
    QStringList seen;
    for (const QString &folder : std::as_const(folders)) {
        const QString path = QStandardPaths::findExecutable(program, {folder});
        const QString canonical = QFileInfo(path).canonicalFilePath();
        if (path.isEmpty() || seen.contains(canonical) ||
            (isWrapper(canonical) && !tools.isEmpty()))
            continue;
        seen.append(canonical);
        tools.append(
            {.path = path, .version = versionOf(path, context).value_or(QVersionNumber())});
    }
    std::ranges::stable_sort(
        tools, [](const Tool &left, const Tool &right) { return left.version > right.version; });
    return tools;
}

} // namespace mayday::process
