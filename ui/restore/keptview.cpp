// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/keptview.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/banner.h"
#include "ui/kit/errorpanel.h"
#include "ui/kit/sentenceheader.h"
#include "ui/kit/textlabel.h"
#include "ui/kit/timetext.h"
#include "ui/restore/keptmodel.h"
#include "ui/restore/kepttexts.h"

#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <numeric>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

constexpr int usualDays = 7;
constexpr qsizetype pastLines = 3;

qint64 bytesOf(const QList<restore::KeptSchema> &kept)
{
    return std::accumulate(
        kept.begin(), kept.end(), qint64(0),
        [](qint64 sum, const restore::KeptSchema &one) { return sum + one.bytes; });
}

} // namespace

KeptView::KeptView(const RestorePanel::Parts &parts, QWidget *parent)
    : QWidget(parent),
      m_parts(parts),
      m_header(new SentenceHeader(parts.theme, this)),
      m_error(new ErrorPanel(parts.theme, this)),
      m_outcome(new Banner(parts.theme, BannerKind::Ok, this)),
      m_model(new KeptModel(parts.clock, this)),
      m_table(new ActionTable(parts.theme, this)),
      m_discard(new ActionButton(parts.theme, ButtonKind::Danger, QString(), this)),
      m_discardOld(new ActionButton(parts.theme, ButtonKind::Secondary, QString(), this)),
      m_days(new QSpinBox(this)),
      m_past(new TextLabel(parts.theme, TextStyle::Detail, Ink::Second, this))
{
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Kept on the server"));
    m_table->setMonoColumns({KeptModel::Name});
    m_table->setNumberColumns({KeptModel::Size});
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setEmptyText(tr("Nothing is kept"),
                          tr("The next restore keeps the data from before it here."));
    m_days->setRange(1, 365);
    m_days->setValue(usualDays);
    m_days->setSuffix(tr(" days"));
    m_days->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_days->setAccessibleName(tr("Older than so many days"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(metric::space12);
    column->addWidget(m_header);
    column->addWidget(m_error);
    column->addWidget(m_outcome);
    column->addWidget(m_table, 1);
    column->addWidget(m_past);
    column->addLayout(buttonRow());
    m_error->hide();
    m_outcome->hide();
    m_outcome->setDismissible(true);
    m_past->setSelectable(true);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &KeptView::follow);
    connect(m_days, &QSpinBox::valueChanged, this, &KeptView::follow);
    connect(m_discard, &ActionButton::clicked, this, [this] { discard(selected()); });
    connect(m_discardOld, &ActionButton::clicked, this, [this] { discard(old()); });
    connect(&parts.desk, &restore::RestoreDesk::discardFinished, this,
            [this](const QList<restore::KeptSchema> &gone, const std::optional<Error> &error) {
                if (!isVisible())
                    return;
                ask();
                if (!gone.isEmpty())
                    showOutcome(kepttexts::discarded(gone), tr("There is no way back to it."));
                if (error)
                    showError(*error);
            });
    connect(&parts.desk, &restore::RestoreDesk::expiryEnded, this,
            [this](const restore::ExpiryReport &report) {
                if (!isVisible() || report.gone.isEmpty())
                    return;
                ask();
                showOutcome(kepttexts::expirySentence(report), kepttexts::expiryDetail(report));
            });
}

QHBoxLayout *KeptView::buttonRow()
{
    auto *back =
        new ActionButton(m_parts.theme, ButtonKind::Secondary, tr("Back to the backups"), this);
    back->setShortcut(Qt::Key_Escape);
    connect(back, &ActionButton::clicked, this, &KeptView::backRequested);
    auto *older = new TextLabel(m_parts.theme, TextStyle::Detail, Ink::Second, this);
    older->setText(tr("Older than"));
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(metric::space12);
    buttons->addWidget(m_discard);
    buttons->addSpacing(metric::space12);
    buttons->addWidget(older);
    buttons->addWidget(m_days);
    buttons->addWidget(m_discardOld);
    buttons->addStretch();
    buttons->addWidget(back);
    return buttons;
}

/// What is listed of one database is never offered to be discarded in another.
void KeptView::setTarget(const RestoreTarget &target)
{
    const bool isOther = target.database != m_target.database;
    m_target = target;
    if (!isOther)
        return;
    ++m_asked;
    m_model->setLook({}, {});
    follow();
    if (isVisible())
        ask();
}

void KeptView::ask()
{
    m_error->hide();
    m_outcome->hide();
    const auto connection = m_target.connection();
    if (!connection) {
        show({});
        showError(connection.error());
        return;
    }
    m_header->setSentence(tr("Asking %1 what is kept...").arg(connection->display()));
    m_header->setDetail({});
    m_asking.requestStop();
    m_asking = m_parts.desk.kept(*connection);
    m_asking.deliverTo(this, [this, asked = ++m_asked](const Result<restore::KeptLook> &look) {
        if (asked != m_asked)
            return; // about another database, or older than what was asked since
        show(look.value_or(restore::KeptLook()));
        if (!look)
            showError(look.error());
    });
}

void KeptView::show(const restore::KeptLook &look)
{
    const QList<restore::KeptSchema> &kept = look.kept;
    const auto where = m_target.connection();
    m_model->setLook(look, m_parts.desk.expiryRules(where.value_or(postgres::ConnectionString()),
                                                    m_target.keepDays));
    if (!kept.isEmpty())
        m_table->selectRow(0);
    m_header->setSentence(kept.isEmpty()
                              ? tr("Restores keep nothing here.")
                              : tr("Restores keep %1 here.").arg(timetext::bytes(bytesOf(kept))));
    m_header->setDetail(kept.isEmpty() ? QString() : kepttexts::rule(m_target.keepDays));
    showPast();
    follow();
}

void KeptView::showOutcome(const QString &sentence, const QString &detail)
{
    m_outcome->setMessage(sentence, detail);
    m_outcome->setCopyText(sentence + u'\n' + detail);
    m_outcome->show();
}

/// What is gone stays to be seen, whoever has discarded it and when.
void KeptView::showPast()
{
    QStringList lines;
    const auto connection = m_target.connection();
    for (const restore::DiscardedKept &gone : m_parts.desk.discarded()) {
        if (connection && gone.target == connection->display() && lines.size() < pastLines)
            lines.append(tr("Discarded %1").arg(kepttexts::past(gone)));
    }
    m_past->setText(lines.join(u'\n'));
    m_past->setVisible(!lines.isEmpty());
}

void KeptView::showError(const Error &error)
{
    m_error->setError(error);
    m_error->setWhatIsSafe(tr("The live data is as it was."));
    m_error->show();
}

QList<restore::KeptSchema> KeptView::selected() const
{
    QList<restore::KeptSchema> some;
    for (const QModelIndex &index : m_table->selectionModel()->selectedRows())
        some.append(m_model->kept().value(index.row()));
    return some;
}

QList<restore::KeptSchema> KeptView::old() const
{
    const QDateTime limit = m_parts.clock.now().addDays(-m_days->value());
    QList<restore::KeptSchema> some = m_model->kept();
    some.removeIf([&limit](const restore::KeptSchema &one) {
        return !one.at.isValid() || one.at > limit || !restore::isAside(one);
    });
    return some;
}

void KeptView::follow()
{
    const auto some = selected();
    m_discard->setEnabled(!some.isEmpty());
    m_discard->setText(some.isEmpty() ? tr("Discard...")
                                      : tr("Discard %1...").arg(timetext::bytes(bytesOf(some))));
    const auto older = old();
    m_discardOld->setEnabled(!older.isEmpty());
    m_discardOld->setText(older.isEmpty()
                              ? tr("Nothing is that old")
                              : tr("Discard all %1...").arg(timetext::bytes(bytesOf(older))));
}

void KeptView::discard(const QList<restore::KeptSchema> &kept)
{
    const auto connection = m_target.connection();
    if (!connection || kept.isEmpty()) {
        if (!connection)
            showError(connection.error());
        return;
    }
    QStringList names;
    for (const restore::KeptSchema &one : kept)
        names.append(one.name);
    const QString verb =
        tr("Discard %1 in %2").arg(timetext::bytes(bytesOf(kept)), connection->database());
    m_parts.prompter.confirmTyped(
        this,
        {.title = verb + u'?',
         .text = tr("Type the name of the database to go on."),
         .confirmLabel = verb,
         .nameToType = connection->database(),
         .facts = {fact(tr("Environment"), m_target.environment),
                   fact(tr("Target"), connection->display(), FactStyle::Mono),
                   fact(tr("Dropped"), names.join(u", "_s), FactStyle::Mono),
                   fact(tr("Undo"), tr("There is none: what is dropped is gone"),
                        FactStyle::Danger)}},
        [this, connection = *connection, names](bool confirmed) {
            if (confirmed)
                m_parts.desk.discard(connection, names);
        });
}

QWidget *KeptView::initialFocus() const
{
    return m_table;
}

} // namespace mayday::ui
