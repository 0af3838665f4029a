// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/id.h"
#include "stack/finding.h"
#include "stack/yamltree.h"

#include <QList>
#include <QStringList>
#include <QUrl>

#include <chrono>
#include <optional>

namespace mayday::stack {

enum class Need { Optional, Required };

/// Takes the values of one YAML map by key, and reports what is missing, misshapen, double or was
/// never asked for. The keys asked for are the known keys. Holds references: shorter-lived than
/// both.
class MapReader final {
public:
    MapReader(const YamlNode &node, QString path, QList<Finding> &findings);
    /// Reports double keys and keys nobody asked for.
    ~MapReader();
    MapReader(const MapReader &) = delete;
    MapReader &operator=(const MapReader &) = delete;

    [[nodiscard]] QString text(const QString &key, Need need = Need::Optional);
    /// One of the words; the first when left out.
    [[nodiscard]] QString word(const QString &key, const QStringList &words);
    [[nodiscard]] QUrl webAddress(const QString &key, Need need = Need::Optional);
    [[nodiscard]] int number(const QString &key, int least, int most, int ifAbsent);
    [[nodiscard]] bool flag(const QString &key, bool ifAbsent);
    [[nodiscard]] QStringList texts(const QString &key);
    /// "15 min", "24 h", "1 day"; zero when left out.
    [[nodiscard]] std::chrono::minutes duration(const QString &key);
    /// "500 kB", "1 MB", "2.5 GB" in bytes, by thousands; zero when left out.
    [[nodiscard]] qint64 size(const QString &key);
    /// The map below a key; a pointer into the tree, null when it is absent or no map.
    [[nodiscard]] const YamlNode *map(const QString &key);
    /// The maps of the list below a key.
    [[nodiscard]] QList<const YamlNode *> maps(const QString &key);

    template <typename PartId>
    [[nodiscard]] PartId id(const QString &key, Need need)
    {
        const QString written = text(key, need);
        if (written.isEmpty() || !checkId(key, written))
            return {};
        return PartId::parse(written).value_or(PartId{});
    }

    [[nodiscard]] QString pathOf(const QString &key) const;
    [[nodiscard]] YamlPlace placeOf(const QString &key) const;
    void report(const QString &key, const QString &text, const QString &nearest = {},
                Finding::Weight weight = Finding::Weight::Error);

private:
    [[nodiscard]] const YamlNode *take(const QString &key);
    [[nodiscard]] bool checkId(const QString &key, const QString &written);
    void reportAt(YamlPlace place, const QString &path, const QString &text,
                  const QString &nearest);

    const YamlNode &m_node;
    QString m_path;
    QList<Finding> &m_findings;
    QStringList m_asked;
};

} // namespace mayday::stack
