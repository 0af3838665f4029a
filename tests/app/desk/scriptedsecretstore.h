// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "secrets/memorysecretstore.h"

#include <functional>

namespace mayday::tests {

/// A keychain that answers when the test lets it, or says no. GUI thread.
class ScriptedSecretStore final : public secrets::SecretStore {
public:
    std::optional<ErrorKind> refusal; ///< of everything asked from now on
    bool isHolding = false;           ///< answers wait for release()
    QStringList asked;                ///< "read database/main", in order

    void put(const QString &name, const QByteArray &secret)
    {
        auto written =
            m_memory.write(secrets::SecretName::parse(name).value(), Secret(secret)).wait();
        if (!written)
            qFatal("%s", qPrintable(describe(written.error())));
    }
    /// Answers what waits, in the order asked.
    void release()
    {
        isHolding = false;
        for (const auto &answer : std::exchange(m_waiting, {}))
            answer();
    }

    [[nodiscard]] Task<void> write(const secrets::SecretName &name, Secret secret) override
    {
        return reply<void>(QStringLiteral("write ") + name.text(),
                           [this, name, secret] { return m_memory.write(name, secret).wait(); });
    }
    [[nodiscard]] Task<Secret> read(const secrets::SecretName &name) override
    {
        return reply<Secret>(QStringLiteral("read ") + name.text(),
                             [this, name] { return m_memory.read(name).wait(); });
    }
    [[nodiscard]] Task<void> remove(const secrets::SecretName &name) override
    {
        return reply<void>(QStringLiteral("remove ") + name.text(),
                           [this, name] { return m_memory.remove(name).wait(); });
    }
    [[nodiscard]] secrets::StoreKind kind() const override { return secrets::StoreKind::Keychain; }
    [[nodiscard]] QString backendName() const override { return QStringLiteral("scripted"); }

private:
    template <typename T>
    Task<T> reply(const QString &question, std::function<Result<T>()> outcome)
    {
        asked.append(question);
        if (refusal)
            outcome = [error = Error{.kind = *refusal,
                                     .subject = QStringLiteral("keychain"),
                                     .detail = QStringLiteral("scripted"),
                                     .advice = Advice::UnlockKeychain}]() -> Result<T> {
                return failure(error);
            };
        TaskPromise<T> promise;
        Task<T> task = promise.task();
        auto answer = [promise, outcome = std::move(outcome)]() mutable {
            promise.finish(outcome());
        };
        if (isHolding)
            m_waiting.append(answer);
        else
            answer();
        return task;
    }

    secrets::MemorySecretStore m_memory;
    QList<std::function<void()>> m_waiting;
};

} // namespace mayday::tests
