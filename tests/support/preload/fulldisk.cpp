// SPDX-License-Identifier: GPL-3.0-or-later
// A disk that is full while a file exists: loaded into a real PostgreSQL (LD_PRELOAD), it answers
// ENOSPC to whatever would make a file of a database longer. What is there already can be written
// again, as on a disk that is full. Names: MAYDAY_DISK_FULL, the file.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

template <typename Function>
Function *next(const char *name)
{
    return reinterpret_cast<Function *>(::dlsym(RTLD_NEXT, name));
}

bool isFull()
{
    static const char *const sign = std::getenv("MAYDAY_DISK_FULL");
    return sign != nullptr && ::access(sign, F_OK) == 0;
}

bool hasNoRoom(int file, off_t end)
{
    if (!isFull())
        return false;
    char link[64];
    char path[1024];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t size = ::readlink(link, path, sizeof path - 1);
    if (size <= 0)
        return false;
    path[size] = '\0';
    struct stat known{};
    return std::strstr(path, "/base/") != nullptr && ::fstat(file, &known) == 0 &&
           end > known.st_size;
}

off_t sizeOf(const iovec *parts, int count)
{
    size_t size = 0;
    for (int i = 0; i < count; ++i)
        size += parts[i].iov_len;
    return static_cast<off_t>(size);
}

ssize_t refused()
{
    errno = ENOSPC;
    return -1;
}

} // namespace

extern "C" {

ssize_t pwrite64(int file, const void *bytes, size_t size, off_t at)
{
    static auto *const real = next<ssize_t(int, const void *, size_t, off_t)>("pwrite64");
    return hasNoRoom(file, at + static_cast<off_t>(size)) ? refused() : real(file, bytes, size, at);
}

ssize_t pwritev64(int file, const iovec *parts, int count, off_t at)
{
    static auto *const real = next<ssize_t(int, const iovec *, int, off_t)>("pwritev64");
    return hasNoRoom(file, at + sizeOf(parts, count)) ? refused() : real(file, parts, count, at);
}

int posix_fallocate64(int file, off_t at, off_t size)
{
    static auto *const real = next<int(int, off_t, off_t)>("posix_fallocate64");
    return hasNoRoom(file, at + size) ? ENOSPC : real(file, at, size);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t at)
{
    return pwrite64(file, bytes, size, at);
}

ssize_t pwritev(int file, const iovec *parts, int count, off_t at)
{
    return pwritev64(file, parts, count, at);
}

int posix_fallocate(int file, off_t at, off_t size)
{
    return posix_fallocate64(file, at, size);
}
}
