// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDir>
#include <QDirIterator>
#include <QTemporaryDir>

#include <optional>

namespace mayday::tests {

/// A variable of the environment that is another, or none, for as long as this lives.
class Variable final {
public:
    Variable(const char *name, const QByteArray &value)
        : m_name(name),
          m_before(qEnvironmentVariableIsSet(name) ? std::optional(qgetenv(name)) : std::nullopt)
    {
        if (value.isNull())
            qunsetenv(name);
        else
            qputenv(name, value);
    }
    ~Variable()
    {
        if (m_before)
            qputenv(m_name, *m_before);
        else
            qunsetenv(m_name);
    }
    Q_DISABLE_COPY_MOVE(Variable)

private:
    const char *m_name;
    std::optional<QByteArray> m_before;
};

/// Where backups are unpacked for as long as this lives: a folder to look into.
class Scratch final {
public:
    Scratch() { QDir().mkpath(path()); }
    [[nodiscard]] QString path() const { return m_folder.filePath(QStringLiteral("tmp")); }
    [[nodiscard]] QStringList unpacked() const
    {
        return QDir(path()).entryList({QStringLiteral("mayday-unpacked-*")}, QDir::Dirs);
    }
    /// All that is there, and beside it: whatever leaves its folder is seen too.
    [[nodiscard]] QStringList everything() const
    {
        QStringList found;
        QDirIterator at(m_folder.path(),
                        QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot,
                        QDirIterator::Subdirectories);
        while (at.hasNext())
            found.append(at.next().sliced(m_folder.path().size() + 1));
        found.removeOne(QStringLiteral("tmp"));
        return found;
    }

private:
    QTemporaryDir m_folder;
    Variable m_chosen{"TMPDIR", path().toLocal8Bit()};
};

} // namespace mayday::tests
