// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <QtEnvironmentVariables>

#include <array>
#include <chrono>
#include <csignal>

#include <sys/resource.h>

namespace mayday::restore::test {

enum class Fault {
    Stalls,      ///< nothing passes for a while, and then it goes on
    FallsSilent, ///< nothing passes any more, and nobody says so; the user stops it
    HalfOpen,    ///< the same of what is connected already; who connects anew comes through
    DiskFull,    ///< the server's, until the end
    OursIsFull,  ///< this machine's, until the end
    LineCut,
    ServerDies, ///< and comes back
    UserStops,
};

inline constexpr std::array everyFault{Fault::Stalls,     Fault::FallsSilent, Fault::HalfOpen,
                                       Fault::DiskFull,   Fault::OursIsFull,  Fault::LineCut,
                                       Fault::ServerDies, Fault::UserStops};

struct FaultStep {
    const char *name;
    const char *text;    ///< what passes on the wire when the work is there
    bool isLate = false; ///< whoever does not hear the answer has to ask what has happened
};

/// MAYDAY_STALL_SECONDS makes it longer.
inline std::chrono::milliseconds stallTime()
{
    const QByteArray wanted = qgetenv("MAYDAY_STALL_SECONDS");
    return wanted.isEmpty() ? std::chrono::milliseconds(400)
                            : std::chrono::milliseconds(std::chrono::seconds(wanted.toInt()));
}

inline const char *wordFor(Fault harm)
{
    switch (harm) {
    case Fault::Stalls: return "the line stalls";
    case Fault::FallsSilent: return "the line falls silent";
    case Fault::HalfOpen: return "half of the line is left";
    case Fault::DiskFull: return "the disk is full";
    case Fault::OursIsFull: return "our disk is full";
    case Fault::LineCut: return "the line is cut";
    case Fault::ServerDies: return "the server dies";
    case Fault::UserStops: return "the user stops it";
    }
    return "";
}

inline bool isSilent(Fault harm)
{
    return harm == Fault::FallsSilent || harm == Fault::HalfOpen;
}

/// What is said of a work that did not take place.
inline ErrorKind kindOf(Fault harm)
{
    switch (harm) {
    case Fault::FallsSilent:
    case Fault::HalfOpen:
    case Fault::UserStops: return ErrorKind::Cancelled;
    case Fault::DiskFull:
    case Fault::OursIsFull: return ErrorKind::NoSpace;
    case Fault::LineCut:
    case Fault::ServerDies: return ErrorKind::Unreachable;
    case Fault::Stalls: break;
    }
    return ErrorKind::Internal; // it takes place
}

/// No file of this process becomes longer for as long as this lives.
class FullDisk final {
public:
    FullDisk()
    {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit full{.rlim_cur = 0, .rlim_max = m_before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &full);
    }
    ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &m_before); }
    Q_DISABLE_COPY_MOVE(FullDisk)

private:
    rlimit m_before{};
};

} // namespace mayday::restore::test
