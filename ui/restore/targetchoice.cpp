// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/targetchoice.h"

#include "backup/backupshelf.h"
#include "ui/kit/banner.h"
#include "ui/kit/textlabel.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QSet>
#include <QWheelEvent>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

/// Two may be called the same; then their ids tell them apart.
QString nameAmong(const QList<RestoreTarget> &all, const RestoreTarget &target)
{
    const auto namesakes = std::ranges::count(all, target.name, &RestoreTarget::name);
    return namesakes > 1 ? u"%1 (%2)"_s.arg(target.name, target.database) : target.name;
}

const RestoreTarget *targetOf(const QList<RestoreTarget> &all, const QString &id)
{
    const auto found = std::ranges::find(all, id, &RestoreTarget::database);
    return found == all.end() ? nullptr : &*found;
}

/// Moves by its list alone: a wheel that turns over it, or a letter, must not send a restore
/// elsewhere.
class IntoBox final : public QComboBox {
public:
    using QComboBox::QComboBox;

protected:
    void wheelEvent(QWheelEvent *event) override { event->ignore(); }
    void keyPressEvent(QKeyEvent *event) override
    {
        switch (event->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_Space:
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_F4: showPopup(); break;
        default: event->ignore();
        }
    }
};

} // namespace

QString usualTarget(const RestoreTargets &targets, const QList<backup::BackupEntry> &shelf)
{
    QSet<QString> madeOf;
    for (const backup::BackupEntry &entry : shelf) {
        if (!entry.manifest.database.isEmpty())
            madeOf.insert(entry.manifest.database);
    }
    const RestoreTarget *known = nullptr;
    for (const RestoreTarget &target : targets.all) {
        if (!madeOf.contains(target.described.database()))
            continue;
        if (known || madeOf.size() > 1) {
            known = nullptr; // they may be of either
            break;
        }
        known = &target;
    }
    if (!known)
        known = targetOf(targets.all, targets.lastUsed);
    if (!known && !targets.all.isEmpty())
        known = &targets.all.front();
    return known ? known->database : QString();
}

TargetChoice::TargetChoice(const Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_box(new IntoBox(this)),
      m_label(new QLabel(tr("&Into"), this)),
      m_into(new TextLabel(theme, TextStyle::BaseStrong, this)),
      m_where(new TextLabel(theme, TextStyle::Detail, Ink::Second, this)),
      m_none(new Banner(theme, BannerKind::Warn, this)),
      m_row(new QWidget(this)),
      m_copyExample(new QAction(tr("Copy an example"), this))
{
    m_box->setAccessibleName(tr("Into which database"));
    m_box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_label->setBuddy(m_box);
    m_where->setElided(true);
    auto *row = new QHBoxLayout(m_row);
    row->setContentsMargins({});
    row->setSpacing(metric::space12);
    row->addWidget(m_label);
    row->addWidget(m_box);
    row->addWidget(m_into);
    row->addWidget(m_where, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->addWidget(m_row);
    column->addWidget(m_none);
    connect(m_copyExample, &QAction::triggered, this,
            [this] { QGuiApplication::clipboard()->setText(m_example); });
    connect(m_box, &QComboBox::activated, this,
            [this] { Q_EMIT chosen(m_box->currentData().toString()); });
    showTargets({}, {});
}

void TargetChoice::showTargets(const RestoreTargets &targets, const QString &chosen)
{
    const bool isChoice = targets.all.size() > 1;
    const RestoreTarget *target = targetOf(targets.all, chosen);
    m_box->clear();
    for (const RestoreTarget &one : targets.all)
        m_box->addItem(nameAmong(targets.all, one), one.database);
    m_box->setCurrentIndex(m_box->findData(chosen));
    m_box->setVisible(isChoice);
    m_label->setVisible(isChoice);
    m_into->setText(target ? tr("Into %1").arg(target->name) : QString());
    m_into->setVisible(!isChoice);
    m_where->setText(target ? target->described.display() : QString());
    m_row->setVisible(target != nullptr);
    m_none->setMessage(targets.noneSentence, targets.noneDetail);
    m_example = targets.noneExample;
    m_none->clearActions();
    if (!m_example.isEmpty())
        m_none->addAction(m_copyExample);
    m_none->setVisible(targets.all.isEmpty() && !targets.noneSentence.isEmpty());
    setVisible(target != nullptr || m_none->isVisibleTo(this));
}

void TargetChoice::setFree(bool isFree)
{
    m_box->setEnabled(isFree);
    m_box->setToolTip(isFree ? QString() : tr("Something runs. It stays until that has ended."));
}

} // namespace mayday::ui
