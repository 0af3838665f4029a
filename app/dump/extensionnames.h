// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMultiHash>
#include <QString>
#include <QStringList>

namespace mayday::dump {

/// What the widespread extensions provide, by name: of those that were added. A value.
class ExtensionNames final {
public:
    void add(const QString &extension);

    [[nodiscard]] bool isEmpty() const { return m_added.isEmpty(); }
    [[nodiscard]] const QStringList &added() const { return m_added; }
    /// Whether anything is known of it.
    [[nodiscard]] bool knows(const QString &extension) const { return m_known.contains(extension); }

    [[nodiscard]] QStringList ofType(const QString &name) const;
    /// name: also of a type, whose name is that of a function too.
    [[nodiscard]] QStringList ofFunction(const QString &name) const;
    /// Of functions that PostgreSQL has under the same name: with a schema they are the
    /// extension's.
    [[nodiscard]] QStringList ofOldFunction(const QString &name) const;
    [[nodiscard]] QStringList ofOperatorClass(const QString &name) const;
    [[nodiscard]] QStringList ofMethod(const QString &name) const;
    [[nodiscard]] QStringList ofSchema(const QString &name) const;
    /// The extension, when it was added, by which the access method takes columns of plain types.
    [[nodiscard]] QString forScalarsOf(const QString &method) const;
    /// Whether such a column's type is among those: integer, text, uuid and their like.
    [[nodiscard]] static bool isScalar(const QString &type);

private:
    using Names = QMultiHash<QString, QString>;

    QStringList m_added;
    QStringList m_known;
    Names m_types;
    Names m_functions;
    Names m_oldFunctions;
    Names m_operatorClasses;
    Names m_methods;
    Names m_schemas;
    Names m_beginnings; ///< of functions and operator classes: "st_"
};

} // namespace mayday::dump
