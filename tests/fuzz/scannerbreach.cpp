// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/breaches.h"
#include "fuzz/scannerstory.h"

#include "dump/dumpscanner.h"
#include "dump/textsource.h"

#include <QStringEncoder>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;
using namespace mayday::dump;

namespace mayday::tests {

namespace {

constexpr std::array wideEncodings{QStringConverter::Utf16LE, QStringConverter::Utf16BE};

/// The same for the same bytes, and another for nearly the same.
quint32 seedOf(QByteArrayView bytes)
{
    quint32 seed = 2166136261;
    for (const char byte : bytes)
        seed = (seed ^ static_cast<uchar>(byte)) * 16777619;
    return seed;
}

/// Single bytes first: they find most, and what they find is easy to understand. Not over long
/// texts, where what is kept from piece to piece makes them slow.
QList<Cuts> cutsFor(QByteArrayView bytes)
{
    const quint32 seed = seedOf(bytes);
    QList<Cuts> cuts;
    if (bytes.size() <= 512)
        cuts.append(Cuts(seed, 1));
    cuts.append(Cuts(seed, seed % 2 == 0 ? 24 : 200));
    return cuts;
}

QString decodedFrom(QByteArrayView utf8)
{
    return QStringDecoder(QStringDecoder::Utf8, QStringDecoder::Flag::ConvertInitialBom)(utf8);
}

/// What came out, put back into UTF-16, has to be what went in.
QString breachOfUtf16(QByteArrayView bytes, const Decoded &whole)
{
    const bool isLittle = bytes.startsWith("\xff\xfe");
    if (isAsItIs(bytes) || bytes.startsWith("\xef\xbb\xbf") || whole.end != "good"_L1)
        return {};
    QStringEncoder encoder(wideEncodings[isLittle ? 0 : 1]);
    const QByteArray again = encoder(decodedFrom(whole.text));
    return again == bytes.sliced(2) ? QString() : u"UTF-16 becomes another text"_s;
}

/// Text that is plain UTF-8 is the same behind a mark and as UTF-16.
QString breachOfEncodings(QByteArrayView text, quint32 seed)
{
    if (!isAsItIs(text) || !QUtf8StringView(text).isValidUtf8())
        return {};
    QByteArray encoded("\xef\xbb\xbf");
    if (const quint32 choice = seed % 3; choice < wideEncodings.size()) {
        QStringEncoder encoder(wideEncodings[choice], QStringConverter::Flag::WriteBom);
        encoded = encoder(decodedFrom(text));
    } else {
        encoded.append(text);
    }
    if (decoded(encoded, Cuts(seed, 7)) == Decoded{.text = text.toByteArray()})
        return {};
    return u"the text encoded as %1... is another"_s.arg(
        QString::fromLatin1(encoded.first(2).toHex()));
}

QString breachOfPieces(QByteArrayView text, const Story &whole, const QList<Cuts> &cuts)
{
    for (const Cuts &cut : cuts) {
        if (const QString differs = difference(whole, storyOf(text, cut)); !differs.isEmpty())
            return u"it depends on the pieces: "_s + differs;
    }
    return {};
}

/// Statements are the bytes at their place, rows those behind them.
QString breachOfPlaces(QByteArrayView text, const Story &whole)
{
    qint64 behind = 0;
    for (const Told &told : whole.told) {
        if (told.isRows()) {
            const qsizetype at = text.indexOf('\n', text.indexOf(';', behind)) + 1;
            const bool isThere = text.sliced(at).startsWith(told.text);
            const bool isCounted = told.rows < 0 || told.bytes == told.text.size();
            if (!isThere || !isCounted)
                return u"these are not the rows at line %1"_s.arg(told.line);
            behind = at + told.text.size();
            continue;
        }
        const bool isInside = told.offset >= behind && told.offset < text.size();
        if (!isInside || !text.sliced(told.offset).startsWith(told.text))
            return u"that is not the statement at byte %1"_s.arg(told.offset);
        if (told.line != text.first(told.offset).count('\n') + 1)
            return u"byte %1 is not in line %2"_s.arg(told.offset).arg(told.line);
        behind = told.offset + told.text.size();
    }
    return {};
}

/// The story of the text with CRLF, as that with LF would be told.
Story withoutReturns(Story story)
{
    for (Told &told : story.told) {
        if (told.isRows() && told.rows >= 0)
            told.bytes -= told.text.count('\r');
        if (!told.isRows())
            told.offset -= told.line - 1;
        told.text.replace("\r", "");
        told.about.remove(u'\r');
    }
    story.facts.replaceInStrings(u"\r"_s, QString());
    story.end.remove(u'\r');
    return story;
}

QString breachOfLineEnds(const QByteArray &text, const Story &whole)
{
    if (text.contains('\r'))
        return {};
    Story windows = withoutReturns(storyOf(QByteArray(text).replace("\n", "\r\n"), Cuts()));
    windows.bytes = whole.bytes; // of what is not done with, the '\r' may be done
    const QString differs = difference(whole, windows);
    return differs.isEmpty() ? QString() : u"with CRLF it is another: "_s + differs;
}

/// From any statement on, the rest is what it was; settings that came before are not known then.
QString breachOfBeginning(QByteArrayView text, const Story &whole, quint32 seed)
{
    if (whole.told.isEmpty())
        return {};
    qsizetype from = seed % whole.told.size();
    if (whole.told[from].isRows())
        --from;
    const Told &first = whole.told[from];
    if (first.escapes)
        return {};
    const Story rest =
        storyOf(text, Cuts(), {{.from = first.offset, .to = -1, .line = first.line}});
    const qsizetype both = std::min(rest.told.size(), whole.told.size() - from);
    for (qsizetype i = 0; i < both; ++i) {
        const Told &one = whole.told[from + i];
        const Told &other = rest.told[i];
        if (one.text != other.text || one.line != other.line || one.offset != other.offset)
            return u"read from byte %1 on, number %2 is another"_s.arg(first.offset).arg(i);
    }
    return {};
}

/// Without the INSERTs of one block the rest is as it was.
QString breachOfInserts(QByteArrayView text, const Story &whole, const DumpIndex &index)
{
    for (const DataBlock &block : index.inserts) {
        Story expected = whole;
        expected.told.removeIf([&block](const Told &told) {
            return told.offset >= block.offset && told.offset < block.end && !told.isRows();
        });
        const Story without = storyOf(text, Cuts(), index.partsWithout([&](const DataBlock &one) {
            return one.offset == block.offset;
        }));
        if (without.told != expected.told || !without.isWhole)
            return u"without the INSERTs at byte %1 the rest is another: %2"_s.arg(block.offset)
                .arg(without.end);
    }
    return {};
}

/// Every statement has a place, and read from there alone it is the same.
QString breachOfObjects(QByteArrayView text, const Story &whole)
{
    if (!whole.isWhole)
        return {};
    const ObjectIndex objects = indexOf(text).objects;
    const auto entries = ObjectIndex::fromBytes(objects.toBytes()).entries();
    if (!entries)
        return u"the list of objects is not what was written"_s;
    qsizetype at = 0;
    for (const DumpEntry &entry : *entries) {
        if (entry.offset != whole.told.value(at).offset)
            return u"byte %1 is in no entry"_s.arg(whole.told.value(at).offset);
        const qsizetype first = at;
        while (at < whole.told.size() &&
               (whole.told[at].isRows() || whole.told[at].offset < entry.end))
            ++at;
        if (entry.escapes)
            continue; // it hangs on what stands before it
        const Story alone =
            storyOf(text, Cuts(), {{.from = entry.offset, .to = entry.end, .line = entry.line}});
        QList<QByteArray> one;
        QList<QByteArray> other;
        for (qsizetype i = first; i < at; ++i)
            one.append(whole.told[i].text);
        for (const Told &told : alone.told)
            other.append(told.text);
        if (one != other || alone.end != "good"_L1)
            return u"the entry at byte %1 is another by itself: %2"_s.arg(entry.offset)
                .arg(alone.end);
    }
    return at == whole.told.size() ? QString() : u"something is in no entry"_s;
}

/// A restore reads the rows of a table by themselves, and the rest without them.
QString breachOfParts(QByteArrayView text, const Story &whole)
{
    if (!whole.isWhole)
        return {};
    const DumpIndex index = indexOf(text);
    for (const DataBlock &block : index.blocks) {
        if (block.end < 0)
            continue;
        const auto isIt = [&block](const Told &told) {
            return told.offset == block.offset;
        };
        const qsizetype at = std::ranges::find_if(whole.told, isIt) - whole.told.begin();
        const Story alone = storyOf(text, Cuts(), {partOf(block)});
        if (alone.end != "good"_L1 || alone.told.size() != 2 ||
            alone.told.first().text != whole.told.value(at).text ||
            alone.told.last() != whole.told.value(at + 1))
            return u"the block at byte %1 is another by itself: %2"_s.arg(block.offset)
                .arg(alone.end);
        Story expected = whole;
        expected.told.remove(at, 2);
        const Story without = storyOf(text, Cuts(), index.partsWithout([&](const DataBlock &one) {
            return one.offset == block.offset;
        }));
        if (without.told != expected.told || !without.isWhole)
            return u"without the block at byte %1 the rest is another: %2"_s.arg(block.offset)
                .arg(without.end);
    }
    return breachOfInserts(text, whole, index);
}

} // namespace

QString scannerBreach(QByteArrayView bytes)
{
    // Longer words are refused by where a piece ends, and that is as it should be.
    if (bytes.size() > DumpScanner::carryLimit)
        return {};
    const QList<Cuts> cuts = cutsFor(bytes);
    const Decoded text = decoded(bytes, Cuts());
    for (const Cuts &cut : cuts) {
        if (decoded(bytes, cut) != text)
            return u"what is decoded depends on the pieces"_s;
    }
    if (const QString breach = breachOfUtf16(bytes, text); !breach.isEmpty())
        return breach;
    if (const QString breach = breachOfEncodings(text.text, seedOf(bytes)); !breach.isEmpty())
        return breach;
    const Story whole = storyOf(text.text, Cuts());
    if (const QString breach = breachOfPieces(text.text, whole, cuts); !breach.isEmpty())
        return breach;
    if (const QString breach = breachOfPlaces(text.text, whole); !breach.isEmpty())
        return breach;
    if (const QString breach = breachOfLineEnds(text.text, whole); !breach.isEmpty())
        return breach;
    if (const QString breach = breachOfBeginning(text.text, whole, seedOf(bytes));
        !breach.isEmpty())
        return breach;
    if (const QString breach = breachOfObjects(text.text, whole); !breach.isEmpty())
        return breach;
    return breachOfParts(text.text, whole);
}

} // namespace mayday::tests
