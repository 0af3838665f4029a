// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/dumpfiles.h"
#include "dump/garbledtext.h"
#include "support/testmain.h"

#include <QStringConverter>
#include <QTest>

using namespace mayday;
using namespace mayday::dump;
using namespace Qt::StringLiterals;

namespace {

struct Honest {
    const char *language;
    QString text;
};

QList<Honest> honestTexts()
{
    return {
        {"French",
         u"L’été dernier, « Élodie » a mangé… « Où ça ? » À Noël, cœur brisé, DÉJÀ, naïf."_s},
        {"German", u"Größe „ÄÖÜ“ Straße, Übermut, schön, für, müssen, Österreich, Äpfel, „Ä“"_s},
        {"Polish", u"Zażółć gęślą jaźń, Łódź, ŻÓŁĆ, pięć, źdźbło, ćma, wół, śnieg"_s},
        {"Czech", u"Příliš žluťoučký kůň úpěl ďábelské ódy, ŘEŠENÍ, měčet, ČŽ, TŘŠ"_s},
        {"Hungarian", u"Árvíztűrő tükörfúrógép, ŐSZ, Ű, öröm, bölcsőde, fűtés"_s},
        {"Turkish", u"Şişli’de ılık çığ, İstanbul, öğüt, ağaç, IŞIK, kışın, güneş"_s},
        {"Portuguese", u"CORAÇÃO, NÃO, avó, São João, “É”, ÀS, ÂMBITO, pão, lições, IRMÃ»"_s},
        {"Spanish", u"¿Qué pasó? ¡Niño! Año, cigüeña, “Él”, ÑANDÚ, pingüino, corazón"_s},
        {"Swedish", u"Smörgåsbord, Åre, ÄÄ, fjäll, köttbullar, Ö, År, blåbär"_s},
        {"Vietnamese", u"Tiếng Việt, Đường, quốc ngữ, ướt, Ôi, phở, Huế, chào buổi sáng"_s},
        {"Russian", u"Съешь ещё этих мягких булок, сад, рак, РОССИЯ, «ёлка» — №5, Я»"_s},
        {"Ukrainian", u"Ні, Так, Рі, Її, Різдво, Європа, ґанок, П’ять, Ті, Ці, РІЧ"_s},
        {"Greek", u"Καλημέρα κόσμε, Ελλάδα, ΑΘΗΝΑ, «ναι», ψωμί, ήλιος"_s},
        {"Hebrew", u"שלום עולם, תודה רבה, ירושלים"_s},
        {"Arabic", u"مرحبا بالعالم، شكرا، القاهرة"_s},
        {"Hindi", u"नमस्ते दुनिया, धन्यवाद, भारत"_s},
        {"Thai", u"สวัสดีชาวโลก ขอบคุณ กรุงเทพ"_s},
        {"Chinese", u"你好，世界。数据库备份 恢复 北京 上海 中"_s},
        {"Japanese", u"こんにちは世界。データベース ｶﾅ 東京 あ"_s},
        {"Korean", u"안녕하세요 세계 데이터베이스 서울"_s},
        {"emoji", u"done 🎉 ❤️ 👩‍💻 ok ✅ 🇩🇪 ☎"_s},
        {"marks", u"“quoted” ‘so’ – and — so… 20 €, 5 °C, ½, ©, ™, • item, x→y, 3×4"_s},
        {"boxes", u"╔═╗ ║ ╚═╝ ┌─┐ │ └┘ ├── file ─┐ █ ▓"_s},
        {"letters that are apart", QStringLiteral("e\u0301te\u0301 o\u0308l n\u0303 a\u0300")},
    };
}

/// What somebody makes of it whose programs take the bytes for that.
QString readAs(const QString &text, const char *codePage)
{
    QStringDecoder decoder(codePage);
    if (!decoder.isValid())
        qFatal("Qt knows no \"%s\"", codePage);
    return decoder(text.toUtf8());
}

/// One word a line, as rows are.
QByteArray asRows(const QString &text)
{
    return '\n' + text.toUtf8().replace(' ', '\n') + "\n\n";
}

GarbledText lookedAt(const QString &text)
{
    GarbledText words;
    words.look(asRows(text), 0, 1);
    return words;
}

QByteArray dumpOf(const QString &text)
{
    return "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n"
           "CREATE TABLE public.t (w text);\nCOPY public.t (w) FROM stdin;" +
           asRows(text).chopped(1) + "\\.\n\n--\n-- PostgreSQL database dump complete\n--\n";
}

QByteArray withWindowsLines(QByteArray text)
{
    return text.replace("\n", "\r\n");
}

QByteArray asUtf16(const QByteArray &text)
{
    QStringEncoder encoder(QStringConverter::Utf16LE, QStringConverter::Flag::WriteBom);
    return encoder(QString::fromUtf8(text));
}

const QString french = u"Café crème déjà été l’île “naïve” Noël français garçon"_s;
const QString muchFrench =
    french + u" forêt hôtel fenêtre où leçon après très père mère frère sœur"_s;

} // namespace

class TestGarbledText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void honestTextIsNotGarbled_data();
    void honestTextIsNotGarbled();
    void garbledTextIsSeen_data();
    void garbledTextIsSeen();
    void codePagesAreThose_data();
    void codePagesAreThose();
    void anArticleAboutGarbledText();
    void oneLabelCountsOnce();
    void twoWordsAreTooFew();
    void noCutOfTheTextMisleads();
    void theExampleIsShort();
    void theExampleTurnsNoLine();
    void theWayBackIsToldWhereThereIsOne();
    void theExampleHasItsLine();
    void whatIsRefused_data();
    void whatIsRefused();
    void someOfItIsAWarning();
    void lettersThatAreSaidToBeOthers();
};

void TestGarbledText::honestTextIsNotGarbled_data()
{
    QTest::addColumn<QString>("text");
    for (const Honest &honest : honestTexts())
        QTest::newRow(honest.language) << honest.text;
}

/// However it travelled.
void TestGarbledText::honestTextIsNotGarbled()
{
    QFETCH(QString, text);
    const GarbledText words = lookedAt(text);
    QVERIFY(words.words() > 2);
    const auto finding = words.finding();
    QVERIFY2(!finding,
             finding ? qPrintable(finding->codePage + u": "_s + finding->example.is) : "");
    const tests::DumpFiles files;
    const QByteArray plain = dumpOf(text);
    const QByteArray windows = withWindowsLines(plain);
    for (const QByteArray &bytes : {plain, windows, "\xef\xbb\xbf" + plain, asUtf16(windows)}) {
        const DumpInspection inspection = files.inspected(bytes);
        QVERIFY2(inspection.verdict == DumpVerdict::Complete,
                 qPrintable(tests::problemOf(inspection)));
        QCOMPARE(inspection.warnings.filter(u"garbled"_s), QStringList());
    }
}

void TestGarbledText::garbledTextIsSeen_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("codePage");
    const QByteArrayList codePages{"CP437",  "CP850",      "CP852",  "CP857",
                                   "CP866",  "CP737",      "CP862",  "CP1252",
                                   "CP1250", "ISO-8859-1", "CP1251", "macintosh"};
    for (const Honest &honest : honestTexts()) {
        for (const QByteArray &codePage : codePages) {
            // ICU leaves a hole in one of them, and what falls into it cannot be read back.
            if (readAs(honest.text, codePage.constData()).contains(QChar::ReplacementCharacter))
                continue;
            QTest::newRow(honest.language + QByteArray(" as ") + codePage)
                << honest.text << codePage;
        }
    }
}

void TestGarbledText::garbledTextIsSeen()
{
    QFETCH(QString, text);
    QFETCH(QByteArray, codePage);
    const GarbledText words = lookedAt(readAs(text, codePage.constData()));
    const auto finding = words.finding();
    QVERIFY(finding);
    QVERIFY2(
        finding->isWhole,
        qPrintable(
            u"%1 of %2: %3"_s.arg(finding->garbled).arg(finding->words).arg(finding->example.is)));
    QVERIFY2(text.contains(finding->example.was), qPrintable(finding->example.was));
}

void TestGarbledText::codePagesAreThose_data()
{
    QTest::addColumn<QString>("is");
    QTest::addColumn<QString>("codePage");
    QTest::newRow("console of America") << u"Caf├⌐ d├⌐j├á cr├¿me"_s << u"CP437"_s;
    QTest::newRow("console of Europe") << u"Caf├® d├®j├á cr├¿me ÔÇÖ"_s << u"CP850"_s;
    QTest::newRow("Windows") << u"CafÃ© itâ€™s crÃ¨me"_s << u"CP1252"_s;
    QTest::newRow("console of Russia") << u"╨┐╤А╨╕╨▓╨╡╤В ╨╝╨╕╤А ╨┤╨░"_s << u"CP866"_s;
    QTest::newRow("Windows of Russia") << u"РџСЂРёРІРµС‚ РјРёСЂ РґР°"_s << u"CP1251"_s;
    QTest::newRow("console of Greece") << u"╬γ╬▒╬╗╬╖╬╝╬φ╧Β╬▒ ╬║╧Ν╧Δ╬╝╬╡ ╬╜╬▒╬╣"_s << u"CP737"_s;
    QTest::newRow("console of Israel") << u"╫⌐╫£╫ץ╫¥ ╫ó╫ץ╫£╫¥ ╫¬╫ץ╫ף╫פ"_s << u"CP862"_s;
    QTest::newRow("Macintosh") << u"Caf√© d√©j√† cr√®me"_s << u"MACINTOSH"_s;
}

void TestGarbledText::codePagesAreThose()
{
    QFETCH(QString, is);
    QFETCH(QString, codePage);
    const auto finding = lookedAt(is).finding();
    QVERIFY(finding && finding->isWhole);
    QCOMPARE(finding->codePage, codePage);
    QCOMPARE(finding->isOfConsole,
             QStringList({u"CP437"_s, u"CP850"_s, u"CP866"_s, u"CP737"_s, u"CP862"_s})
                 .contains(codePage));
}

void TestGarbledText::anArticleAboutGarbledText()
{
    const QString article =
        u"When é becomes Ã©, è becomes Ã¨, and ü becomes Ã¼, your “editor” took "
        u"UTF-8 for Latin-1 – so café turns into cafÃ©"_s;
    const auto finding = lookedAt(article).finding();
    QVERIFY(finding);
    QVERIFY(!finding->isWhole);
    const DumpInspection inspection =
        tests::DumpFiles().inspected(asUtf16(withWindowsLines(dumpOf(article))));
    QCOMPARE(inspection.verdict, DumpVerdict::Complete);
    QCOMPARE(inspection.warnings.filter(u"garbled"_s).size(), 1);
}

void TestGarbledText::oneLabelCountsOnce()
{
    GarbledText words;
    for (int i = 0; i < 1000; ++i)
        words.look("\nVÃ­\nGÃ¼ltig\nhonest\n", 0, 1);
    QCOMPARE(words.words(), 2);
    QVERIFY(!words.finding());
}

void TestGarbledText::twoWordsAreTooFew()
{
    QVERIFY(!lookedAt(u"CafÃ© crÃ¨me"_s).finding());
    QVERIFY(lookedAt(u"CafÃ© crÃ¨me brÃ»lÃ©e"_s).finding());
}

/// A word that a piece ends in is not half a word.
void TestGarbledText::noCutOfTheTextMisleads()
{
    const QByteArray honest = asRows(french);
    const QByteArray garbled = asRows(readAs(french, "CP1252"));
    for (qsizetype cut = 1; cut < garbled.size(); ++cut) {
        for (const qsizetype kept : {qsizetype(0), std::min<qsizetype>(cut, 7)}) {
            GarbledText words;
            words.look(garbled.first(cut), 0, 1);
            words.look(garbled.sliced(cut - kept), kept, 1);
            const auto finding = words.finding();
            QVERIFY2(finding && finding->isWhole && finding->garbled == finding->words,
                     qPrintable(QString::number(cut)));
            if (cut >= honest.size())
                continue;
            GarbledText others;
            others.look(honest.first(cut), 0, 1);
            others.look(honest.sliced(cut - kept), kept, 1);
            QVERIFY2(!others.finding(), qPrintable(QString::number(cut)));
        }
    }
}

/// Rows are nobody's business, and errors go into records.
void TestGarbledText::theExampleIsShort()
{
    const QString secret = u"hunterPasswörterSechzehn99 tokenÄÖÜabcdef zürichsee"_s;
    const DumpInspection inspection =
        tests::DumpFiles().inspected(asUtf16(withWindowsLines(dumpOf(readAs(secret, "CP437")))));
    QCOMPARE(inspection.verdict, DumpVerdict::Damaged);
    // Without the name of the file, which is in a folder of any name.
    const QString told = tests::problemOf(inspection).section(u", line "_s, 1);
    QVERIFY2(told.contains(u"\"├╢\" was probably \"ö\""_s), qPrintable(told));
    for (const QString &part : {u"hunter"_s, u"Passw"_s, u"w├"_s, u"wö"_s, u"rt"_s, u"99"_s})
        QVERIFY2(!told.contains(part), qPrintable(told));
    for (const Honest &honest : honestTexts()) {
        const auto finding = lookedAt(readAs(honest.text, "CP850")).finding();
        QVERIFY(finding);
        QVERIFY2(finding->example.is.size() <= 4, qPrintable(finding->example.is));
        QCOMPARE(finding->example.was.toUcs4().size(), 1);
    }
}

/// What goes into a log does not turn its lines.
void TestGarbledText::theExampleTurnsNoLine()
{
    // The right-to-left override, as three bytes of Windows.
    const auto finding = lookedAt(readAs(u"\u202Eun \u202Edeux \u202Etrois"_s, "CP1252")).finding();
    if (finding)
        QVERIFY(!finding->example.was.contains(QChar(0x202E)));
    const auto soft = lookedAt(readAs(u"fí mí sí"_s, "CP1252")).finding(); // í ends in U+00AD
    QVERIFY(soft);
    QCOMPARE(soft->example.is, u"Ã\uFFFD"_s);
    QCOMPARE(soft->example.was, u"í"_s);
}

/// What to do is said where it helps: the file is the text, and nothing of it is lost.
void TestGarbledText::theWayBackIsToldWhereThereIsOne()
{
    const auto told = [](const QString &text, const char *codePage) {
        const DumpInspection inspection =
            tests::DumpFiles().inspected(asUtf16(withWindowsLines(dumpOf(readAs(text, codePage)))));
        return tests::problemOf(inspection);
    };
    QVERIFY(told(muchFrench, "CP437").contains(u"iconv"_s));
    QVERIFY(told(muchFrench, "CP1252").contains(u"read as CP1252"_s));
    QVERIFY(!told(muchFrench, "CP1252").contains(u"iconv"_s));
}

void TestGarbledText::theExampleHasItsLine()
{
    GarbledText words;
    words.look("\nfirst\nsecond cafÃ©\nÃ¼ber\nGÃ¼te\n", 0, 100);
    const auto finding = words.finding();
    QVERIFY(finding);
    QCOMPARE(finding->example.line, 102);
    QCOMPARE(finding->example.is, u"Ã©"_s);
    QCOMPARE(finding->example.was, u"é"_s);
}

void TestGarbledText::whatIsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("isRefused");
    const QByteArray console = dumpOf(readAs(french, "CP437"));
    const QByteArray few = dumpOf(readAs(french, "CP1252"));
    const QByteArray windows = dumpOf(readAs(muchFrench, "CP1252"));
    QTest::newRow("a few garbled words, in an editor") << "\xef\xbb\xbf" + few << false;
    QTest::newRow("PowerShell 5") << asUtf16(withWindowsLines(console)) << true;
    QTest::newRow("PowerShell 7") << withWindowsLines(console) << true;
    QTest::newRow("no trace of the way") << console << false;
    QTest::newRow("an editor") << "\xef\xbb\xbf" + windows << true;
    QTest::newRow("PowerShell ISE") << asUtf16(withWindowsLines(windows)) << true;
    QTest::newRow("a garbled database, in cmd") << withWindowsLines(windows) << false;
    QTest::newRow("a garbled database") << windows << false;
}

void TestGarbledText::whatIsRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, isRefused);
    const DumpInspection inspection = tests::DumpFiles().inspected(bytes);
    QCOMPARE(inspection.verdict, isRefused ? DumpVerdict::Damaged : DumpVerdict::Complete);
    QCOMPARE(inspection.warnings.filter(u"was probably \"é\""_s).size(), isRefused ? 0 : 1);
    if (!isRefused)
        return;
    QCOMPARE(inspection.problem->kind, ErrorKind::Corrupt);
    QCOMPARE(inspection.problem->advice, Advice::DumpIntoFile);
    QCOMPARE(inspection.problem->line, 8);
}

void TestGarbledText::someOfItIsAWarning()
{
    const QString text = french + u' ' + readAs(u"été près forêt où"_s, "CP1252");
    const DumpInspection inspection =
        tests::DumpFiles().inspected(asUtf16(withWindowsLines(dumpOf(text))));
    QCOMPARE(inspection.verdict, DumpVerdict::Complete);
    const QStringList warnings = inspection.warnings.filter(u"garbled"_s);
    QCOMPARE(warnings.size(), 1);
    QVERIFY2(warnings[0].startsWith(u"line 17: 4 of 13 "_s), qPrintable(warnings[0]));
}

/// The server would read Unicode as Latin-1.
void TestGarbledText::lettersThatAreSaidToBeOthers()
{
    const QByteArray said = dumpOf(french).replace("'UTF8'", "'LATIN1'");
    const tests::DumpFiles files;
    QCOMPARE(files.inspected(said).verdict, DumpVerdict::Complete);
    QCOMPARE(files.inspected(asUtf16(said)).verdict, DumpVerdict::Damaged);
    QCOMPARE(files.inspected("\xef\xbb\xbf" + said).verdict, DumpVerdict::Damaged);
    const QByteArray ascii = dumpOf(u"nothing of this sort"_s).replace("'UTF8'", "'LATIN1'");
    QCOMPARE(files.inspected(asUtf16(ascii)).verdict, DumpVerdict::Complete);
}

MAYDAY_TEST(TestGarbledText);
#include "tst_garbledtext.moc"
