// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/command.h"

#include "restore/restorereceipt.h"

#include <QJsonDocument>
#include <QLocale>

#include <cstdio>

#ifdef Q_OS_WIN
#include <io.h>
#else
#include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

bool stderrIsTerminal()
{
#ifdef Q_OS_WIN
    return _isatty(_fileno(stderr)) != 0;
#else
    return isatty(STDERR_FILENO) != 0;
#endif
}

void print(std::FILE *where, const QByteArray &bytes)
{
    std::fwrite(bytes.constData(), 1, static_cast<size_t>(bytes.size()), where);
    std::fflush(where);
}

} // namespace

void Output::answer(const QJsonObject &document, const QString &text) const
{
    if (m_json)
        print(stdout, QJsonDocument(document).toJson(QJsonDocument::Indented));
    else
        print(stdout, text.toUtf8());
}

Result<void> Output::pass(QByteArrayView bytes) const
{
    const auto size = static_cast<size_t>(bytes.size());
    if (std::fwrite(bytes.data(), 1, size, stdout) == size && std::fflush(stdout) == 0)
        return {};
    return failure({.kind = ErrorKind::NoSpace,
                    .subject = u"standard output"_s,
                    .detail = u"it takes no more"_s});
}

ExitCode Output::fail(const Error &error, const QJsonObject &document) const
{
    if (!m_json)
        return fail(error);
    answer(document, {});
    return ExitCode::NotDone;
}

ExitCode Output::fail(const Error &error, ExitCode code) const
{
    if (m_json) {
        print(stdout, QJsonDocument(QJsonObject{{u"error"_s, toJson(error)}}).toJson());
        return code;
    }
    QString text = u"maydayctl: %1\n"_s.arg(describe(error));
    if (error.advice)
        text += u"What to do: %1\n"_s.arg(adviceText(*error.advice));
    print(stderr, text.toUtf8());
    return code;
}

void Output::say(const QString &line) const
{
    if (!m_json)
        print(stderr, line.toUtf8() + '\n');
}

void Output::ask(const QString &line) const
{
    print(stderr, line.toUtf8() + '\n');
}

void Output::progress(const QString &phase, qint64 done, qint64 total) const
{
    if (m_progressJson) {
        const QJsonObject line{{u"phase"_s, phase}, {u"done"_s, done}, {u"total"_s, total}};
        print(stderr, QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n');
    } else if (!m_json && stderrIsTerminal()) {
        const QString share = total > 0 ? u"%1 %"_s.arg(done * 100 / total) : QString();
        print(stderr, u"\r%1 %2   "_s.arg(phase, share).toUtf8());
    }
}

void Output::endProgress() const
{
    if (!m_progressJson && !m_json && stderrIsTerminal())
        print(stderr, "\r\x1b[K");
}

QString amount(qint64 value)
{
    return QLocale(QLocale::English).toString(value);
}

ExitCode usageError(const Call &call, const QString &reason)
{
    return call.output.fail({.kind = ErrorKind::Refused,
                             .subject = u"usage"_s,
                             .detail = reason + u" (see maydayctl --help)"_s},
                            ExitCode::Usage);
}

std::optional<QString> takeOption(QStringList &arguments, const QString &name)
{
    const QString joined = name + u'=';
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        if (arguments[i].startsWith(joined))
            return arguments.takeAt(i).mid(joined.size());
        if (arguments[i] == name && i + 1 < arguments.size()) {
            arguments.removeAt(i);
            return arguments.takeAt(i);
        }
    }
    return std::nullopt;
}

QStringList takeOptions(QStringList &arguments, const QString &name)
{
    QStringList values;
    while (const auto value = takeOption(arguments, name))
        values.append(*value);
    return values;
}

bool takeFlag(QStringList &arguments, const QString &name)
{
    return arguments.removeAll(name) > 0;
}

std::optional<QString> unknownOption(const QStringList &arguments)
{
    for (const QString &argument : arguments) {
        if (argument.size() > 1 && argument.startsWith(u'-'))
            return argument;
    }
    return std::nullopt;
}

} // namespace mayday::ctl
