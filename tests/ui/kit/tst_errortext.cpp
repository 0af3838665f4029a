// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"
#include "ui/kit/copybutton.h"
#include "ui/kit/disclosure.h"
#include "ui/kit/errorpanel.h"
#include "ui/kit/errortext.h"

#include <QTest>

using namespace mayday;
using namespace mayday::ui;
using namespace Qt::StringLiterals;

namespace {

constexpr int kinds = static_cast<int>(ErrorKind::Internal) + 1;
constexpr int advices = static_cast<int>(Advice::SendReport) + 1;

void verifyTone(const QString &sentence)
{
    QVERIFY2(!sentence.isEmpty(), "empty");
    QVERIFY2(sentence.front().isUpper() && sentence.endsWith(u'.'), qPrintable(sentence));
    for (const QString &word :
         {u"!"_s, u"oops"_s, u"successful"_s, u"sorry"_s, u"%1"_s, u"please"_s, u"invalid"_s})
        QVERIFY2(!sentence.contains(word, Qt::CaseInsensitive), qPrintable(sentence));
    QVERIFY2(sentence.size() <= 140, qPrintable(sentence));
}

} // namespace

class TestErrorText final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyKindHasFourCalmSentences()
    {
        QSet<QString> headlines;
        for (int kind = 0; kind < kinds; ++kind) {
            for (const QString &subject : {u"database shop on db.example"_s, QString()}) {
                const ErrorText text = errorText({.kind = static_cast<ErrorKind>(kind),
                                                  .subject = subject,
                                                  .detail = {},
                                                  .advice = std::nullopt});
                for (const QString &part :
                     {text.headline, text.whatItMeans, text.whatIsSafe, text.whatNow})
                    verifyTone(part);
                QVERIFY(subject.isEmpty() || text.headline.contains(subject));
                headlines.insert(text.headline);
            }
        }
        QCOMPARE(headlines.size(), 2 * kinds);
    }

    void everyAdviceIsASentenceOfItsOwn()
    {
        QSet<QString> sentences;
        for (int advice = 0; advice < advices; ++advice) {
            const QString sentence = adviceSentence(static_cast<Advice>(advice));
            verifyTone(sentence);
            sentences.insert(sentence);
        }
        QCOMPARE(sentences.size(), advices);
    }

    void adviceReplacesTheGeneralNextStep()
    {
        const Error error{.kind = ErrorKind::Denied,
                          .subject = u"shop"_s,
                          .detail = {},
                          .advice = Advice::UnlockKeychain};
        QCOMPARE(errorText(error).whatNow, adviceSentence(Advice::UnlockKeychain));
    }

    void percentSignsInSubjectsAreText()
    {
        const Error error{.kind = ErrorKind::NotFound, .subject = u"100%1.sql"_s, .detail = {}};
        QVERIFY(errorText(error).headline.contains(u"100%1.sql"_s));
    }

    void detailsAreFoldedAndComplete()
    {
        const Error error{.kind = ErrorKind::Corrupt,
                          .subject = u"shop.sql.gz"_s,
                          .detail = u"the stream ends early"_s,
                          .advice = std::nullopt,
                          .sqlState = u"22P04"_s,
                          .line = 48'201};
        const QString all = errorDetails(error).join(u'\n');
        QVERIFY(all.contains(u"48,201"_s) && all.contains(u"SQLSTATE 22P04"_s) &&
                all.contains(u"the stream ends early"_s));
        const Theme theme;
        ErrorPanel panel(theme);
        panel.setError(error);
        QVERIFY(!panel.findChild<Disclosure *>()->isOpen());
        QVERIFY(panel.findChild<CopyButton *>()->copyText().contains(all));
        QVERIFY(panel.accessibleName().contains(errorText(error).whatNow));
    }

    void secretsDoNotReachTheClipboard()
    {
        const Error error{.kind = ErrorKind::Denied,
                          .subject = u"postgresql://app:hunter2@db.example/shop"_s,
                          .detail = u"password=hunter2 was refused"_s};
        QVERIFY(!errorForClipboard(error).contains(u"hunter2"_s));
    }
};

MAYDAY_UI_TEST(TestErrorText);
#include "tst_errortext.moc"
