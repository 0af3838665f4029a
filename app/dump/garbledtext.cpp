// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/garbledtext.h"

#include "dump/sqlchars.h"

#include <QHashFunctions>
#include <QStringView>

#include <algorithm>
#include <cstring>
#include <string_view>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

/// Of each piece the reader gives (256 KB), so that a text in Chinese costs little more than one
/// in English.
constexpr int wordsOfAPiece = 64;
constexpr qint64 piecesInFull = 64;        ///< the first 16 MB
constexpr qint64 eachPiece = 4;            ///< of the others
constexpr qsizetype longestWord = 96;      ///< bytes; of a longer one its beginning is looked at
constexpr qsizetype farthestLetter = 24;   ///< in front of the first one beyond ASCII
constexpr qsizetype worthFollowing = 4096; ///< for the end of a word; then the piece is left alone
constexpr qint64 fewestWords = 3;
constexpr qint64 manyWords = 20;

struct CodePage {
    const char *name;
    bool isOfConsole;
    std::u16string_view upper; ///< 0x80 to 0xFF; what is not assigned is a control, as in Windows
};

// Of two that explain as much the first is named. Tables: unicode.org/Public/MAPPINGS.
constexpr std::array<CodePage, 12> codePages = {{
    {"CP437", true,
     u"ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█"
     u"▄▌▐▀"
     u"αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0"},
    {"CP850", true,
     u"ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█"
     u"▄¦Ì▀"
     u"ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00AD±‗¾¶§÷¸°¨·¹³²■\u00A0"},
    {"CP852", true,
     u"ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█"
     u"▄ŢŮ▀"
     u"ÓßÔŃńňŠšŔÚŕŰýÝţ´\u00AD˝˛ˇ˘§÷¸°¨˙űŘř■\u00A0"},
    {"CP857", true,
     u"ÇüéâäàåçêëèïîıÄÅÉæÆôöòûùİÖÜø£ØŞşáíóúñÑĞğ¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ºªÊËÈ\u00D5Í"
     u"ÎÏ┘┌█▄¦Ì▀"
     u"ÓßÔÒõÕµ\u00E7×ÚÛÙìÿ¯´\u00AD±\u00F2¾¶§÷¸°¨·¹³²■\u00A0"},
    {"CP737", true,
     u"ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρσςτυφχψ░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█"
     u"▄▌▐▀ωάέήϊίόύϋώΆΈΉΊΌΎΏ±≥≤ΪΫ÷≈°∙·√ⁿ²■\u00A0"},
    {"CP862", true,
     u"אבגדהוזחטיךכלםמןנסעףפץצקרשת¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█"
     u"▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0"},
    {"CP866", true,
     u"АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмноп░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█"
     u"▄▌▐▀"
     u"рстуфхцчшщъыьэюяЁёЄєЇїЎў°∙·√№¤■\u00A0"},
    {"CP1252", false,
     u"€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ\u00A0¡¢£¤¥¦§¨©ª«¬\u00AD®¯°±²³´µ¶·¸"
     u"¹º»¼½¾¿"
     u"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ"},
    {"LATIN1", false, {}}, // a letter's number is its byte
    {"CP1250", false,
     u"€\u0081‚\u0083„…†‡\u0088‰Š‹ŚŤŽŹ\u0090‘’“”•–—\u0098™š›śťžź\u00A0ˇ˘Ł¤Ą¦§¨©Ş«¬\u00AD®Ż°±˛ł´µ¶·¸"
     u"ąş»Ľ˝ľż"
     u"ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙"},
    {"CP1251", false,
     u"ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u0098™љ›њќћџ\u00A0ЎўЈ¤Ґ¦§Ё©Є«¬\u00AD®Ї°±Ііґµ¶·ё№є»јЅѕї"
     u"АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя"},
    {"MACINTOSH", false,
     u"ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u00A0ÀÃÕŒœ–—“”‘’÷"
     u"◊ÿŸ⁄€‹›ﬁﬂ"
     u"‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uF8FFÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ"},
}};
static_assert(std::ranges::all_of(codePages, [](const CodePage &page) {
    return page.upper.empty() || page.upper.size() == 128;
}));

struct Range {
    char32_t first;
    char32_t last;
};

/// What people write beyond ASCII. Not what a capital with an accent and a mark behind it
/// come to by accident: "É»" would be a letter of phonetics, "ı" and "ç" one of Armenian.
constexpr std::array<Range, 33> written = {{
    {0xA0, 0x17F},    {0x1A0, 0x1A1},     {0x1AF, 0x1B0},     {0x218, 0x21B},   {0x300, 0x304},
    {0x308, 0x308},   {0x30A, 0x30C},     {0x327, 0x328},     {0x384, 0x3CE},   {0x401, 0x45F},
    {0x490, 0x491},   {0x5D0, 0x5EA},     {0x60C, 0x6D2},     {0x900, 0xDFF},   {0xE01, 0xE5B},
    {0x10D0, 0x10FF}, {0x1EA0, 0x1EF9},   {0x200B, 0x200F},   {0x2010, 0x203A}, {0x20A0, 0x20BF},
    {0x2100, 0x22FF}, {0x2500, 0x27BF},   {0x2B00, 0x2BFF},   {0x3001, 0x30FF}, {0x3400, 0x4DBF},
    {0x4E00, 0x9FFF}, {0xAC00, 0xD7A3},   {0xFB01, 0xFB02},   {0xFE0F, 0xFE0F}, {0xFEFF, 0xFEFF},
    {0xFF01, 0xFFEE}, {0x1F000, 0x1FAFF}, {0x20000, 0x2FFFF},
}};

bool isWritten(char32_t letter)
{
    return letter < 0x80 || std::ranges::any_of(
                                written,
                                [letter](const Range &range) {
                                    return letter >= range.first && letter <= range.last;
                                });
}

bool isBeyondAscii(char c)
{
    return (static_cast<unsigned char>(c) & 0x80U) != 0;
}

bool isLetterByte(char c)
{
    return isBeyondAscii(c) || (lower(c) >= 'a' && lower(c) <= 'z');
}

/// The first byte beyond ASCII, or the end of the text.
qsizetype passAscii(QByteArrayView text, qsizetype from)
{
    constexpr qsizetype width = 64;
    constexpr std::uint64_t highBits = 0x8080808080808080U;
    while (from + width <= text.size()) {
        std::array<std::uint64_t, width / 8> words{};
        std::memcpy(words.data(), text.data() + from, width);
        std::uint64_t all = 0;
        for (const std::uint64_t word : words)
            all |= word;
        if ((all & highBits) != 0)
            break;
        from += width;
    }
    while (from < text.size() && !isBeyondAscii(text[from]))
        ++from;
    return from;
}

struct Place {
    qsizetype begin = 0;
    qsizetype end = 0;
    qsizetype next = 0;  ///< where to go on
    bool isCut = false;  ///< there is more of the word behind its end
    bool isWhole = true; ///< but for that
};

/// The word around a byte beyond ASCII. What the piece begins or ends inside of is not whole.
Place wordAround(QByteArrayView text, qsizetype at)
{
    Place word{.begin = at, .end = at};
    while (word.begin > 0 && at - word.begin < farthestLetter &&
           !isBeyondAscii(text[word.begin - 1]) && isLetterByte(text[word.begin - 1]))
        --word.begin;
    word.isWhole = word.begin > 0 && !isBeyondAscii(text[word.begin - 1]);
    if (word.isWhole && word.begin < at && text[word.begin - 1] == '\\')
        ++word.begin; // "\n" in rows is no letter
    qsizetype end = at;
    while (end < text.size() && end - at < worthFollowing && isLetterByte(text[end]))
        ++end;
    word.isWhole = word.isWhole && end < text.size();
    word.next = end - at == worthFollowing ? text.size() : end;
    word.isCut = end - word.begin > longestWord;
    word.end = word.isCut ? word.begin + longestWord : end;
    while (word.isCut && (static_cast<unsigned char>(text[word.end]) & 0xC0U) == 0x80)
        --word.end;
    return word;
}

std::optional<unsigned char> byteOf(QChar letter, const CodePage &page)
{
    const char16_t unit = letter.unicode();
    if (unit < 0x80 || (page.upper.empty() && unit < 0x100))
        return static_cast<unsigned char>(unit);
    size_t at = page.upper.find(unit);
    if (at == std::u16string_view::npos && unit == 0x3BC)
        at = page.upper.find(u'\u00B5'); // the micro sign is a Greek letter where others wrote it
    if (at == std::u16string_view::npos)
        return std::nullopt;
    return static_cast<unsigned char>(0x80 + at);
}

/// How many bytes the letter has that begins so in UTF-8; 0: none does.
qsizetype widthOf(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/// The word as it was, if it was UTF-8 taken for the code page. isCut: a last letter may lack
/// bytes.
std::optional<QString> readBack(QStringView word, const CodePage &page, bool isCut)
{
    QByteArray bytes;
    for (qsizetype at = 0; at < word.size();) {
        const auto first = byteOf(word[at], page);
        const qsizetype width = first ? widthOf(*first) : 0;
        if (width == 0)
            return std::nullopt; // nearly always the first letter tells, and that is quick
        if (at + width > word.size() && isCut)
            break;
        for (const QChar letter : word.sliced(at, std::min(width, word.size() - at))) {
            const auto byte = byteOf(letter, page);
            if (!byte)
                return std::nullopt;
            bytes.append(static_cast<char>(*byte));
        }
        at += width;
    }
    if (!QUtf8StringView(bytes).isValidUtf8())
        return std::nullopt;
    return QString::fromUtf8(bytes);
}

/// What stands among others in words of few such letters: all of Europe and the Middle East,
/// Vietnam, and the marks of every text.
bool isLikelyAlone(char32_t letter)
{
    return (letter >= 0x80 && letter < 0x800) || (letter >= 0x1E00 && letter < 0x2C00) ||
           letter >= 0x10000;
}

/// Whether that is a word people write. Another letter of three bytes may be an accident when it is
/// alone: "é…»" would be Chinese.
bool saysSomething(const QString &word)
{
    qsizetype letters = 0;
    bool isLikely = false;
    for (const char32_t letter : word.toUcs4()) {
        if (!isWritten(letter))
            return false;
        letters += letter >= 0x80 ? 1 : 0;
        isLikely = isLikely || isLikelyAlone(letter);
    }
    return isLikely || letters > 1;
}

QString visible(QString text)
{
    for (QChar &letter : text) {
        // What turns the direction of a line, or has no width, is as little to be seen.
        if (letter.category() == QChar::Other_Control || letter.category() == QChar::Other_Format)
            letter = QChar::ReplacementCharacter;
    }
    return text;
}

/// What is told of a garbled word: its first garbled letter.
GarbledWord exampleOf(QStringView word, const CodePage &page)
{
    const auto isPlain = [](QChar letter) {
        return letter.unicode() < 0x80;
    };
    const qsizetype begin = std::ranges::find_if_not(word, isPlain) - word.begin();
    const qsizetype width = widthOf(byteOf(word[begin], page).value_or(0));
    const QString is = word.sliced(begin, std::min(width, word.size() - begin)).toString();
    return {.is = visible(is), .was = visible(readBack(is, page, true).value_or(QString()))};
}

} // namespace

bool GarbledText::isNew(QByteArrayView word)
{
    const size_t place = qHash(word) % m_seen.size();
    const bool isKnown = m_seen.test(place);
    m_seen.set(place);
    return !isKnown;
}

void GarbledText::look(QByteArrayView text, qsizetype from, qint64 line)
{
    static_assert(codePages.size() == pages);
    if (++m_pieces > piecesInFull && m_pieces % eachPiece != 0)
        return;
    int left = wordsOfAPiece;
    for (qsizetype at = passAscii(text, from); at < text.size() && left > 0; --left) {
        const Place place = wordAround(text, at);
        at = passAscii(text, place.next);
        const QByteArrayView bytes = text.sliced(place.begin, place.end - place.begin);
        if (!place.isWhole || !isNew(bytes))
            continue;
        const QString word = QString::fromUtf8(bytes);
        if (word.contains(QChar::ReplacementCharacter))
            continue; // no UTF-8, or letters that are lost: neither, and no cause to refuse more
        ++m_words;
        for (size_t i = 0; i < pages; ++i) {
            Count &count = m_counts[i];
            const auto was = readBack(word, codePages[i], place.isCut);
            if (!was)
                continue;
            if (!saysSomething(*was)) {
                ++count.unclear;
            } else if (++count.garbled == 1) {
                count.example = exampleOf(word, codePages[i]);
                count.example.line =
                    line + std::count(text.begin(), text.begin() + place.begin, '\n');
            }
        }
    }
}

std::optional<GarbledFinding> GarbledText::finding() const
{
    const auto most = std::ranges::max_element(m_counts, {}, &Count::garbled);
    const CodePage &page = codePages[static_cast<size_t>(most - m_counts.begin())];
    // Some words in a thousand may be accidents.
    if (most->garbled < fewestWords || most->garbled * 100 < m_words)
        return std::nullopt;
    const bool isNearlyAll = most->garbled * 100 >= (m_words - most->unclear) * 98;
    return GarbledFinding{.codePage = QString::fromLatin1(page.name),
                          .isOfConsole = page.isOfConsole,
                          .isMuch = most->garbled >= manyWords,
                          .isWhole = isNearlyAll && most->garbled * 2 >= m_words,
                          .garbled = most->garbled,
                          .words = m_words,
                          .example = most->example};
}

} // namespace mayday::dump
