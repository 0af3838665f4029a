// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/sourcetext.h"

#include "runbook/runbookreader.h"

#include <QStringConverter>

namespace mayday::runbook {

using namespace Qt::StringLiterals;

namespace {

QByteArray decoded(const QByteArray &bytes, QList<Finding> &findings)
{
    const auto marked = QStringConverter::encodingForData(bytes);
    QStringDecoder decoder(marked.value_or(QStringConverter::Utf8));
    QString text = decoder(bytes);
    if (decoder.hasError()) {
        text = QStringDecoder(QStringConverter::Latin1)(bytes);
        findings.append({.severity = Finding::Warning,
                         .key = u"encoding"_s,
                         .title = u"The file is not UTF-8"_s,
                         .explanation =
                             u"It was read as Latin-1; letters outside ASCII may be wrong. "
                             "Save the file as UTF-8."_s});
    }
    return text.toUtf8();
}

void normaliseLineEnds(QByteArray &text)
{
    text.replace("\r\n", "\n");
    text.replace('\r', '\n');
}

bool isFence(QByteArrayView line)
{
    return line.startsWith("---") && line.trimmed() == "---";
}

/// Offset just behind the closing fence's line; -1 when there is none.
qsizetype endOfFrontMatter(const QByteArray &text, qsizetype from, qsizetype &yamlEnd)
{
    while (from < text.size()) {
        const qsizetype newline = text.indexOf('\n', from);
        const qsizetype end = newline < 0 ? text.size() : newline;
        const QByteArrayView line = QByteArrayView(text).sliced(from, end - from);
        if (isFence(line) || line.trimmed() == "...") {
            yamlEnd = from;
            return newline < 0 ? end : end + 1;
        }
        from = end + 1;
    }
    return -1;
}

void splitFrontMatter(const QByteArray &text, SourceText &source, QList<Finding> &findings)
{
    source.body = text;
    const qsizetype firstLine = text.indexOf('\n');
    if (firstLine < 0 || !isFence(QByteArrayView(text).first(firstLine)))
        return;
    qsizetype yamlEnd = 0;
    const qsizetype bodyStart = endOfFrontMatter(text, firstLine + 1, yamlEnd);
    if (bodyStart < 0) {
        findings.append({.severity = Finding::Error,
                         .key = u"front-matter-open"_s,
                         .title = u"The front matter is never closed"_s,
                         .explanation = u"A line with --- must follow it. It was read as text."_s,
                         .line = 1});
        return;
    }
    source.frontMatterLine = 1;
    source.frontMatter = text.sliced(firstLine + 1, yamlEnd - firstLine - 1);
    source.body = QByteArray(text.first(bodyStart).count('\n'), '\n') + text.sliced(bodyStart);
}

} // namespace

SourceText readSource(const QByteArray &bytes, QList<Finding> &findings)
{
    SourceText source;
    if (bytes.size() > maxRunbookBytes) {
        findings.append({.severity = Finding::Error,
                         .key = u"too-large"_s,
                         .title = u"The file is larger than 1 MiB"_s,
                         .explanation = u"It was not read. A runbook is a few pages of text."_s});
        return source;
    }
    QByteArray text = decoded(bytes, findings);
    if (text.contains('\0')) {
        findings.append({.severity = Finding::Error,
                         .key = u"not-text"_s,
                         .title = u"The file is not text"_s,
                         .explanation = u"It holds zero bytes, so it was not read."_s});
        return source;
    }
    normaliseLineEnds(text);
    splitFrontMatter(text, source, findings);
    source.readable = true;
    return source;
}

} // namespace mayday::runbook
