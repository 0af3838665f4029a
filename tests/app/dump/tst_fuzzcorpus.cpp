// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/bytesource.h"
#include "archive/members.h"
#include "fuzz/breaches.h"
#include "support/testmain.h"

#include <QDir>
#include <QTest>

using namespace mayday;
using namespace Qt::StringLiterals;

namespace {

const QString top = QStringLiteral(MAYDAY_SOURCE_DIR "/tests/data/fuzz/");

struct Input {
    QString name;
    QByteArray bytes;
};

QByteArray bytesOf(archive::MemberReader &members)
{
    QByteArray bytes;
    std::array<char, 4096> buffer{};
    for (;;) {
        const auto got = members.read(buffer);
        if (!got)
            qFatal("%s", qPrintable(describe(got.error())));
        if (*got == 0)
            return bytes;
        bytes.append(buffer.data(), *got);
    }
}

QList<Input> inputsIn(const QString &path)
{
    if (!path.endsWith(u".tar.gz")) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            qFatal("%s cannot be read", qPrintable(path));
        return {{.name = path, .bytes = file.readAll()}};
    }
    auto source = archive::openSource(path);
    if (!source)
        qFatal("%s", qPrintable(describe(source.error())));
    const auto members = archive::openTar(*std::move(source), {.subject = path, .stop = {}});
    QList<Input> inputs;
    auto more = members->next();
    for (; more && *more; more = members->next()) {
        if (members->member().kind == archive::Member::Kind::File)
            inputs.append({.name = members->member().name, .bytes = bytesOf(*members)});
    }
    if (!more)
        qFatal("%s", qPrintable(describe(more.error())));
    return inputs;
}

QList<Input> keptOf(const QString &fuzzer)
{
    QList<Input> kept;
    const QDir folder(top + fuzzer);
    for (const QString &name : folder.entryList(QDir::Files, QDir::Name))
        kept += inputsIn(folder.filePath(name));
    return kept;
}

} // namespace

/// What the fuzzers have kept (packaging/dev fuzz): inputs that between them reach all they ever
/// reached, and those that once broke a promise.
class TestFuzzCorpus : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void noPromiseIsBroken_data();
    void noPromiseIsBroken();
};

void TestFuzzCorpus::noPromiseIsBroken_data()
{
    QTest::addColumn<QString>("fuzzer");
    QTest::addColumn<int>("least");
    QTest::newRow("scanner") << u"scanner"_s << 300;
    QTest::newRow("archive header") << u"archiveheader"_s << 50;
}

void TestFuzzCorpus::noPromiseIsBroken()
{
    QFETCH(QString, fuzzer);
    QFETCH(int, least);
    const auto breachOf =
        fuzzer == "scanner"_L1 ? tests::scannerBreach : tests::archiveHeaderBreach;
    const QList<Input> kept = keptOf(fuzzer);
    QVERIFY2(kept.size() >= least, qPrintable(u"%1 inputs"_s.arg(kept.size())));
    for (const Input &input : kept) {
        const QString breach = breachOf(input.bytes);
        QVERIFY2(breach.isEmpty(), qPrintable(input.name + u": "_s + breach));
    }
}

MAYDAY_TEST(TestFuzzCorpus);
#include "tst_fuzzcorpus.moc"
