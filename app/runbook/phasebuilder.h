// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runbook/finding.h"
#include "runbook/markdowntree.h"
#include "runbook/runbook.h"
#include "runbook/verbregistry.h"

namespace mayday::runbook {

/// Sorts the blocks of one file into phases, groups, steps and message templates. Used once.
class PhaseBuilder final {
public:
    PhaseBuilder(const VerbRegistry &verbs, Runbook &runbook, QList<Finding> &findings)
        : m_verbs(verbs), m_runbook(runbook), m_findings(findings)
    {
    }

    /// Fills title (when the file has no other), summary, phases and templates. Step ids are not
    /// yet set.
    void build(const QList<MarkdownBlock> &blocks);

private:
    void readBlock(const MarkdownBlock &block);
    void readHeading(const MarkdownBlock &heading);
    void readList(const MarkdownBlock &list);
    void readQuote(const MarkdownBlock &quote);
    void readProse(const MarkdownBlock &block);
    void startPhase(const QString &title);
    void startGroup(const QString &title, qint64 line);
    [[nodiscard]] Group &group();
    void judgeStrayLinks(const MarkdownBlock &block);
    void dropEmpty();
    void judgeOptions(Phase &phase);
    void judgeGroups();
    void endTemplate();

    const VerbRegistry &m_verbs;
    Runbook &m_runbook;
    QList<Finding> &m_findings;
    QString m_template; ///< name of the template whose quote is awaited; empty: none
    bool m_templateFilled = false;
    qint64 m_templateLine = 0;
    QList<QList<qint64>> m_groupLines; ///< per phase and group, where it began
};

/// The slug of a phase: its title without what stands in brackets.
[[nodiscard]] QString phaseSlug(const QString &title);

} // namespace mayday::runbook
