// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstring>

namespace mayday::tests {

/// A disk that fails on request: an SQLite VFS over the real one. Install it before the first
/// connection; from then on every n-th write, sync or truncation can be made to fail.
class FaultyDisk final {
public:
    static void install()
    {
        real() = sqlite3_vfs_find(nullptr);
        static sqlite3_vfs faulty = *real();
        faulty.zName = "faulty";
        faulty.szOsFile = int(sizeof(File)) + real()->szOsFile;
        faulty.xOpen = open;
        sqlite3_vfs_register(&faulty, 1);
    }
    /// The n-th operation from now fails with the code and so do all after it; 0: none.
    static void failFrom(int n, int code)
    {
        failing() = code;
        countdown() = n;
    }
    [[nodiscard]] static bool hasFailed() { return failed(); }
    static void repair()
    {
        countdown() = 0;
        failed() = false;
    }

private:
    struct File {
        sqlite3_file base;
        sqlite3_file *inner;
    };
    static sqlite3_vfs *&real()
    {
        static sqlite3_vfs *vfs = nullptr;
        return vfs;
    }
    static std::atomic<int> &countdown()
    {
        static std::atomic<int> n = 0;
        return n;
    }
    static std::atomic<int> &failing()
    {
        static std::atomic<int> n = SQLITE_FULL;
        return n;
    }
    static std::atomic<bool> &failed()
    {
        static std::atomic<bool> is = false;
        return is;
    }

    static bool fails()
    {
        if (countdown() == 0)
            return false;
        if (countdown() > 1) {
            --countdown();
            return false;
        }
        failed() = true;
        return true;
    }
    static sqlite3_file *inner(sqlite3_file *file) { return reinterpret_cast<File *>(file)->inner; }

    static int write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
    {
        return fails() ? failing().load()
                       : inner(file)->pMethods->xWrite(inner(file), bytes, size, offset);
    }
    static int sync(sqlite3_file *file, int flags)
    {
        return fails() ? SQLITE_IOERR_FSYNC : inner(file)->pMethods->xSync(inner(file), flags);
    }
    static int truncate(sqlite3_file *file, sqlite3_int64 size)
    {
        return fails() ? SQLITE_IOERR_TRUNCATE
                       : inner(file)->pMethods->xTruncate(inner(file), size);
    }

    static const sqlite3_io_methods *methods()
    {
        static const sqlite3_io_methods all = {
            2,
            [](sqlite3_file *f) { return inner(f)->pMethods->xClose(inner(f)); },
            [](sqlite3_file *f, void *to, int size, sqlite3_int64 at) {
                return inner(f)->pMethods->xRead(inner(f), to, size, at);
            },
            write,
            truncate,
            sync,
            [](sqlite3_file *f, sqlite3_int64 *size) {
                return inner(f)->pMethods->xFileSize(inner(f), size);
            },
            [](sqlite3_file *f, int level) { return inner(f)->pMethods->xLock(inner(f), level); },
            [](sqlite3_file *f, int level) { return inner(f)->pMethods->xUnlock(inner(f), level); },
            [](sqlite3_file *f, int *is) {
                return inner(f)->pMethods->xCheckReservedLock(inner(f), is);
            },
            [](sqlite3_file *f, int op, void *arg) {
                return inner(f)->pMethods->xFileControl(inner(f), op, arg);
            },
            [](sqlite3_file *f) { return inner(f)->pMethods->xSectorSize(inner(f)); },
            [](sqlite3_file *f) { return inner(f)->pMethods->xDeviceCharacteristics(inner(f)); },
            [](sqlite3_file *f, int page, int size, int extend, volatile void **to) {
                return inner(f)->pMethods->xShmMap(inner(f), page, size, extend, to);
            },
            [](sqlite3_file *f, int offset, int n, int flags) {
                return inner(f)->pMethods->xShmLock(inner(f), offset, n, flags);
            },
            [](sqlite3_file *f) { inner(f)->pMethods->xShmBarrier(inner(f)); },
            [](sqlite3_file *f, int unlink) {
                return inner(f)->pMethods->xShmUnmap(inner(f), unlink);
            },
            nullptr,
            nullptr};
        return &all;
    }

    static int open(sqlite3_vfs *, const char *name, sqlite3_file *file, int flags, int *outFlags)
    {
        auto *ours = reinterpret_cast<File *>(file);
        ours->base.pMethods = nullptr;
        ours->inner = reinterpret_cast<sqlite3_file *>(ours + 1);
        std::memset(ours->inner, 0, size_t(real()->szOsFile));
        const int code = real()->xOpen(real(), name, ours->inner, flags, outFlags);
        if (ours->inner->pMethods)
            ours->base.pMethods = methods();
        return code;
    }
};

} // namespace mayday::tests
