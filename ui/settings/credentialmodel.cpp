// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/credentialmodel.h"

#include "ui/kit/errortext.h"
#include "ui/kit/stateglyph.h"
#include "ui/kit/tableroles.h"

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

using desk::CredentialState;

/// As many dots for every secret: the length is nobody's business.
const QString masked = QString(8, u'\u2022');

QString stateWord(const desk::Credential &credential)
{
    switch (credential.state) {
    case CredentialState::Unknown: return CredentialModel::tr("Asking the keychain");
    case CredentialState::Present: return CredentialModel::tr("Kept");
    case CredentialState::Missing: return CredentialModel::tr("Missing: add it");
    case CredentialState::Unreadable: return CredentialModel::tr("Cannot be read");
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

CredentialModel::CredentialModel(const desk::Credentials &credentials, QObject *parent)
    : QAbstractTableModel(parent), m_credentials(credentials), m_list(credentials.list())
{
    connect(&credentials, &desk::Credentials::changed, this, &CredentialModel::reload);
}

void CredentialModel::setTested(const QString &name, const Result<QString> &outcome)
{
    m_tested.insert(name, {.works = outcome.has_value(),
                           .words = outcome ? *outcome : errorText(outcome.error()).headline});
    reload();
}

void CredentialModel::forgetTest(const QString &name)
{
    if (m_tested.remove(name))
        reload();
}

int CredentialModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_list.size());
}

int CredentialModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

const desk::Credential *CredentialModel::credential(int row) const
{
    return row >= 0 && row < m_list.size() ? &m_list[row] : nullptr;
}

QString CredentialModel::text(const desk::Credential &credential, int column) const
{
    switch (column) {
    case Name: return credential.name;
    case Purpose: return credential.purpose;
    case Value: return credential.state == CredentialState::Present ? masked : QString();
    case State: {
        const auto tested = m_tested.constFind(credential.name);
        return tested == m_tested.cend() ? stateWord(credential) : tested->words;
    }
    default: return {};
    }
}

QVariant CredentialModel::data(const QModelIndex &index, int role) const
{
    const desk::Credential *row = index.isValid() ? credential(index.row()) : nullptr;
    if (!row)
        return {};
    if (role == Qt::DisplayRole)
        return text(*row, index.column());
    if (role == Qt::AccessibleTextRole && index.column() == Value)
        return row->state == CredentialState::Present ? tr("kept, not shown") : tr("none");
    if (role == Qt::ToolTipRole && row->error)
        return describe(*row->error);
    if (role == CopyRole && index.column() == Value)
        return QString();
    if (role != ShapeRole || index.column() != State)
        return {};
    if (const auto tested = m_tested.constFind(row->name); tested != m_tested.cend())
        return static_cast<int>(tested->works ? StateShape::Ok : StateShape::Down);
    switch (row->state) {
    case CredentialState::Present: return static_cast<int>(StateShape::Ok);
    case CredentialState::Missing: return static_cast<int>(StateShape::Degraded);
    case CredentialState::Unreadable: return static_cast<int>(StateShape::Down);
    case CredentialState::Unknown: return static_cast<int>(StateShape::Unknown);
    }
    Q_UNREACHABLE_RETURN({});
}

QVariant CredentialModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("Name");
    case Purpose: return tr("What it opens");
    case Value: return tr("Secret");
    case State: return tr("State");
    default: return {};
    }
}

void CredentialModel::reload()
{
    const auto &fresh = m_credentials.list();
    const bool sameRows = fresh.size() == m_list.size();
    if (!sameRows)
        beginResetModel();
    m_list = fresh;
    if (!sameRows)
        endResetModel();
    else if (!m_list.isEmpty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

} // namespace mayday::ui
