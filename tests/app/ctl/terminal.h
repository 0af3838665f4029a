// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/ctlfixture.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>

namespace mayday::tests {

/// maydayctl at a real pseudo terminal, as a person has it: keys and questions go over the
/// terminal, the answer to a pipe. Ctrl+C is the key, and the kernel makes a signal of it.
class Terminal final {
public:
    Terminal(const Ctl &ctl, const QStringList &arguments)
    {
        int slave = -1;
        if (::openpty(&m_master, &slave, nullptr, nullptr, nullptr) != 0)
            qFatal("no pseudo terminal can be had");
        ::fcntl(m_master, F_SETFL, O_NONBLOCK);
        ::fcntl(m_master, F_SETFD, FD_CLOEXEC);
        m_process.setChildProcessModifier([slave] {
            ::signal(SIGINT, SIG_DFL); // whoever runs the tests may have it ignored
            ::setsid();
            ::ioctl(slave, TIOCSCTTY, 0);
            ::dup2(slave, STDIN_FILENO);
            ::dup2(slave, STDERR_FILENO);
        });
        ctl.start(m_process, arguments);
        if (!m_process.waitForStarted())
            qFatal("maydayctl does not start");
        ::close(slave);
    }
    ~Terminal()
    {
        m_process.kill();
        m_process.waitForFinished();
        ::close(m_master);
    }
    Q_DISABLE_COPY_MOVE(Terminal)

    void type(const QByteArray &keys) const
    {
        if (::write(m_master, keys.constData(), size_t(keys.size())) != keys.size())
            qFatal("the terminal takes no keys");
    }
    void pressCtrlC() const { type("\x03"); }
    void pressCtrlD() const { type("\x04"); }

    /// Everything the terminal has shown so far, what was typed included.
    [[nodiscard]] const QByteArray &screen()
    {
        char part[4096];
        ssize_t got = 0;
        while ((got = ::read(m_master, part, sizeof part)) > 0)
            m_screen.append(part, qsizetype(got));
        return m_screen;
    }
    [[nodiscard]] bool shows(const QByteArray &words) { return screen().contains(words); }
    [[nodiscard]] qint64 processId() const { return m_process.processId(); }

    /// Waits for the end. The screen comes as err, with the ends of line as a file has them.
    [[nodiscard]] Answer finished()
    {
        Answer answer = Ctl::answerOf(m_process);
        answer.err = QByteArray(screen()).replace("\r\n", "\n");
        return answer;
    }

private:
    QProcess m_process;
    int m_master = -1;
    QByteArray m_screen;
};

} // namespace mayday::tests
