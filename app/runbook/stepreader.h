// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runbook/finding.h"
#include "runbook/markdowntree.h"
#include "runbook/runbook.h"
#include "runbook/verbregistry.h"

namespace mayday::runbook {

/// Makes steps of list items. Lives while one file is read.
class StepReader final {
public:
    StepReader(const VerbRegistry &verbs, QList<Finding> &findings)
        : m_verbs(verbs), m_findings(findings)
    {
    }

    /// The item's step, then a step for each box in lists below it. Ids are not yet set. Empty,
    /// with a finding, when the item has no words.
    [[nodiscard]] QList<Step> read(const MarkdownBlock &item);

private:
    struct Segment;
    using Slot = QString Step::*;

    void readFirstParagraph(const MarkdownBlock &paragraph, Step &step);
    void readParagraph(const MarkdownBlock &paragraph, Step &step);
    void readChild(const MarkdownBlock &child, Step &step);
    void readList(const MarkdownBlock &list, Step &step);
    void setAction(const QString &words, Step &step);
    [[nodiscard]] QList<Segment> segmentsOf(const QList<MarkdownInline> &inlines);
    [[nodiscard]] std::optional<Slot> slotAt(const MarkdownInline &label,
                                             const MarkdownInline *next);
    [[nodiscard]] QString words(const QList<MarkdownInline> &inlines, bool dropVerbsAlone,
                                Step &step);
    /// Whether the link became a button or check of the step.
    bool takeLink(const MarkdownInline &link, Step &step);
    void append(Slot slot, const QString &text, Step &step, const QString &separator);

    const VerbRegistry &m_verbs;
    QList<Finding> &m_findings;
    QList<Step> m_below;
    Slot m_listSlot = &Step::body; ///< where a list right after a slot's paragraph belongs
};

} // namespace mayday::runbook
