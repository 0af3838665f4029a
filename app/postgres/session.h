// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "core/taskcontext.h"
#include "postgres/connectionstring.h"
#include "postgres/rows.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace mayday::postgres {

/// How a session is opened. Times of zero mean "no limit"; they are set on the server and read
/// back.
struct ConnectOptions {
    QString applicationName = QStringLiteral("mayday");
    std::chrono::milliseconds connectTimeout = std::chrono::seconds(10);
    std::chrono::milliseconds statementTimeout{0};
    std::chrono::milliseconds lockTimeout{0};
    /// False: take the session even when the server did not keep the settings (a probe behind a
    /// transaction pooler is still a probe). True: Refused, advice UseSessionPort.
    bool requireSettings = true;
};

/// What is true about the server and our login, asked once after connecting.
struct ServerFacts {
    int versionNumber = 0; ///< 170011 for 17.11
    QString version = {};  ///< "17.11 (Debian 17.11-1)"
    QString database = {};
    QString user = {};
    QString encoding = {}; ///< of the database: "UTF8"
    qint64 backendPid = 0;
    bool isSuperuser = false;
    bool canCreateDatabases = false;
    bool canCreateRoles = false;
    bool inRecovery = false; ///< a standby: nothing can be written
};

/// A question, and what stands for its $1, $2 ... as text.
struct Question {
    QByteArray sql;
    std::vector<QByteArray> parameters = {};

    [[nodiscard]] bool operator==(const Question &) const = default;
};

/// One connection to one PostgreSQL server.
///
/// Owns the connection; move-only; used by one worker thread at a time. Every call blocks and wakes
/// within 100 ms of a stop; then the statement is cancelled on the server, the answer drained, and
/// ErrorKind::Cancelled returned: the session stays usable (an open transaction is aborted). When
/// the server does not react within two seconds the connection is dropped, and it rolls back.
class Session final {
public:
    [[nodiscard]] static Result<Session> connect(const ConnectionString &where,
                                                 TaskContext &context,
                                                 const ConnectOptions &options = {});
    Session(Session &&other) noexcept;
    Session &operator=(Session &&other) noexcept;
    ~Session();

    /// Every setting as connect() left it, whatever was SET since; where RESET ALL alone would
    /// bring back what the role has, its statement_timeout too. Not the role itself.
    [[nodiscard]] Result<void> resetSettings(TaskContext &context);

    [[nodiscard]] const ServerFacts &facts() const;
    /// "database shop on db.example:5432 as app": the subject of every Error from here.
    [[nodiscard]] QString subject() const;

    /// One statement with $1, $2 ... as text.
    [[nodiscard]] Result<Rows> query(QByteArrayView sql, std::span<const QByteArray> parameters,
                                     TaskContext &context);
    [[nodiscard]] Result<Rows> query(QByteArrayView sql, TaskContext &context);
    [[nodiscard]] Result<Rows> query(const Question &question, TaskContext &context);
    /// One statement or several in one message; the rows affected by the last. Several outside a
    /// transaction are one transaction.
    [[nodiscard]] Result<qint64> execute(QByteArrayView sql, TaskContext &context);
    /// Statements sent without waiting in between: one round trip for all. Stops at the first that
    /// fails. rows gets the number each that succeeded returned or affected, so
    /// statements[rows.size()] is the culprit. Outside a transaction they are one transaction. No
    /// COPY; one statement in each text.
    [[nodiscard]] Result<void> executeBatch(std::span<const QByteArray> statements,
                                            QList<qint64> &rows, TaskContext &context);
    /// The same where nobody asks how many rows.
    [[nodiscard]] Result<void> executeBatch(std::span<const QByteArray> statements,
                                            TaskContext &context);

    /// Questions, sent as by executeBatch(); their answers in the same order.
    [[nodiscard]] Result<std::vector<Rows>> queryBatch(std::span<const QByteArray> questions,
                                                       TaskContext &context);

    /// Asks in one round trip what will be asked soon, in this order: query() and queryBatch() of
    /// the same words then have their answers, each once. What is no question ("BEGIN") is done and
    /// gives no answer. The answers are thrown away by whatever is executed after them, so ask
    /// ahead only between two changes. Fails as the first of them that fails.
    [[nodiscard]] Result<void> askAhead(std::span<const Question> questions, TaskContext &context);
    /// Throws away the answers that nobody has taken yet: something has changed.
    void forgetAnswers();

    /// COPY ... FROM STDIN; then write as often as needed, then finish or abort.
    [[nodiscard]] Result<void> copyInBegin(QByteArrayView copySql, TaskContext &context);
    /// Any cut of the stream. A refused row is told by copyInFinish(): libpq looks at no answer
    /// before the end of the data, and the server throws the rest away. Fails when the connection
    /// is lost.
    [[nodiscard]] Result<void> copyInWrite(QByteArrayView bytes, TaskContext &context);
    /// The number of rows the server took.
    [[nodiscard]] Result<qint64> copyInFinish(TaskContext &context);
    /// Ends a COPY without its rows. Harmless when there is none.
    void copyInAbort(const QString &why);
    /// COPY ... TO STDOUT, row by row. The sink's Error ends it and is returned.
    [[nodiscard]] Result<void> copyOut(QByteArrayView sql,
                                       const std::function<Result<void>(QByteArrayView)> &sink,
                                       TaskContext &context);

    [[nodiscard]] QString quotedIdentifier(const QString &name) const;
    [[nodiscard]] QByteArray quotedLiteral(QByteArrayView value) const;
    /// Since bytes last came from the server: the heartbeat.
    [[nodiscard]] std::chrono::milliseconds sinceLastAnswer() const;
    /// The last hundred notices, oldest first. May quote rows: for the screen, never for the disk.
    [[nodiscard]] QStringList notices() const;
    [[nodiscard]] bool inTransaction() const;
    [[nodiscard]] bool isOpen() const;
    /// What the server takes our bytes for, as it last said: "UTF8".
    [[nodiscard]] QByteArray clientEncoding() const;
    void close();

private:
    class Link;
    explicit Session(std::unique_ptr<Link> link);
    std::unique_ptr<Link> m_link;
};

} // namespace mayday::postgres
