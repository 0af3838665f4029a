// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/secretscan.h"

#include "core/redactor.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace mayday::stack {

namespace {

bool namesSecret(const QString &key)
{
    static constexpr std::array whole = {"pass"_L1, "pwd"_L1, "key"_L1, "dsn"_L1};
    static constexpr std::array part = {"password"_L1,   "passwd"_L1,    "passphrase"_L1,
                                        "token"_L1,      "secret"_L1,    "apikey"_L1,
                                        "privatekey"_L1, "accesskey"_L1, "servicekey"_L1};
    static const QRegularExpression noLetter(u"[^a-z]"_s);
    const QString plain = key.toLower().remove(noLetter);
    return std::ranges::contains(whole, plain) ||
           std::ranges::any_of(part, [&](QLatin1StringView word) { return plain.contains(word); });
}

class SecretScan final {
public:
    explicit SecretScan(QList<Finding> &findings) : m_findings(findings) {}

    void look(const YamlNode &node, const QString &path)
    {
        if (node.kind == YamlNode::Kind::Scalar && looksSecret(node.scalar))
            report(node.place, path, u"a password or token stands here"_s);
        for (qsizetype i = 0; i < node.items.size(); ++i)
            look(node.items.at(i), u"%1[%2]"_s.arg(path).arg(i));
        for (const YamlNode::Entry &entry : node.entries)
            lookAtEntry(entry, path);
    }

    void lookAtComments(const QByteArray &yaml)
    {
        static const QRegularExpression comment(u"(?:^|\\s)#(.*)$"_s);
        const QStringList lines = QString::fromUtf8(yaml).split(u'\n');
        for (qsizetype i = 0; i < lines.size(); ++i) {
            const QRegularExpressionMatch match = comment.match(lines.at(i));
            if (match.hasMatch() && looksSecret(withoutProse(match.captured(1))))
                report({.line = i + 1, .column = match.capturedStart(1)}, {},
                       u"a password or token stands in this comment"_s);
        }
    }

private:
    /// "credential:" names an entry of the keychain, and a colon inside a sentence ("it is a
    /// secret: keep it") sets no value; one behind the first word does.
    static QString withoutProse(QString comment)
    {
        static const QRegularExpression credential(u"\\bcredential\\b"_s);
        static const QRegularExpression setting(u"^[\\s-]*[\\w-]+\\s*:"_s);
        if (!comment.contains(setting))
            comment.replace(u": "_s, u" "_s);
        return comment.remove(credential);
    }

    void lookAtEntry(const YamlNode::Entry &entry, const QString &path)
    {
        const QString key = looksSecret(entry.key) ? u"(a secret)"_s : entry.key;
        const QString below = path.isEmpty() ? key : path + u'.' + key;
        const bool isFilled = entry.value.kind != YamlNode::Kind::Null;
        if ((isFilled && namesSecret(entry.key)) || looksSecret(entry.key))
            report(entry.place, below, u"a secret does not belong into this file"_s);
        else
            look(entry.value, below);
    }

    void report(YamlPlace place, const QString &path, const QString &text)
    {
        m_findings.append({.kind = ErrorKind::Refused,
                           .line = place.line,
                           .column = place.column,
                           .path = path,
                           .text = text,
                           .advice = Advice::UseKeychainForSecrets});
    }

    QList<Finding> &m_findings;
};

} // namespace

QList<Finding> findSecrets(const YamlNode &root, const QByteArray &yaml)
{
    QList<Finding> findings;
    SecretScan scan(findings);
    scan.look(root, {});
    scan.lookAtComments(yaml);
    return findings;
}

} // namespace mayday::stack
