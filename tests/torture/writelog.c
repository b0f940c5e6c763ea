/*
 * A preloaded shim: logs what the program changes under WRITELOG_UNDER, in the order in which it
 * happens, to the file WRITELOG. power.py rebuilds from it what a power cut may leave.
 *
 * A record is a `struct record`, two paths and the bytes written. A lock is held from before the
 * call until its record stands, so that "before a sync" means the same in the log.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct record {
    int64_t at;           /* of a write: where; of a truncation: the size */
    int64_t size;         /* of the bytes that follow the paths */
    uint32_t path, other; /* lengths */
    char what[8];
};

static const char *folder;
static int log_file = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void
start(void)
{
    const char *path = getenv("WRITELOG");

    folder = getenv("WRITELOG_UNDER");
    if (path && folder)
        log_file = (int)syscall(SYS_openat, AT_FDCWD, path,
                                O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static bool
is_ours(const char *path)
{
    size_t length = folder ? strlen(folder) : 0;

    return log_file >= 0 && !strncmp(path, folder, length)
           && (path[length] == '/' || !path[length]);
}

/* The path of an open file, as it is called now. */
static bool
find_path(int file, char path[PATH_MAX])
{
    char link[64];

    if (log_file < 0)
        return false;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0)
        return false;
    path[length] = '\0';
    return is_ours(path);
}

static void
hold(void)
{
    pthread_mutex_lock(&lock);
    while (flock(log_file, LOCK_EX) && errno == EINTR)
        continue;
}

static void
let_go(void)
{
    int kept = errno;

    flock(log_file, LOCK_UN);
    pthread_mutex_unlock(&lock);
    errno = kept;
}

struct change {
    const char *what, *path, *other;
    int64_t at;
    const void *bytes;
    size_t size;
};

static void
note(struct change change)
{
    const char *other = change.other ? change.other : "";
    struct record record = { .at = change.at,
                             .size = (int64_t)change.size,
                             .path = (uint32_t)strlen(change.path),
                             .other = (uint32_t)strlen(other) };
    int kept = errno;

    strncpy(record.what, change.what, sizeof record.what - 1);
    const struct iovec parts[] = { { &record, sizeof record },
                                   { (void *)change.path, record.path },
                                   { (void *)other, record.other },
                                   { (void *)change.bytes, change.size } };
    size_t whole = sizeof record + record.path + record.other + change.size;
    if ((size_t)syscall(SYS_writev, log_file, parts, 4) != whole)
        abort(); /* a log with a hole proves nothing */
    errno = kept;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* `call` on an open file, noted when it succeeds. */
#define NOTED(file, call, ...)                                                                     \
    do {                                                                                           \
        char path[PATH_MAX];                                                                       \
        if (!find_path(file, path))                                                                \
            return call;                                                                           \
        hold();                                                                                    \
        __typeof__(call) got = call;                                                               \
        if (got >= 0)                                                                              \
            note((struct change){ .path = path, __VA_ARGS__ });                                    \
        let_go();                                                                                  \
        return got;                                                                                \
    } while (0)

/* The same on a path. */
#define NOTED_PATH(name, call, ...)                                                                \
    do {                                                                                           \
        if (!is_ours(name))                                                                        \
            return call;                                                                           \
        hold();                                                                                    \
        __typeof__(call) got = call;                                                               \
        if (got >= 0)                                                                              \
            note((struct change){ .path = name, __VA_ARGS__ });                                    \
        let_go();                                                                                  \
        return got;                                                                                \
    } while (0)

ssize_t
write(int file, const void *bytes, size_t size)
{
    off_t at = log_file < 0 ? 0 : lseek(file, 0, SEEK_CUR);

    NOTED(file, REAL(write)(file, bytes, size), .what = "write", .at = at, .bytes = bytes,
          .size = (size_t)got);
}

ssize_t
pwrite(int file, const void *bytes, size_t size, off_t at)
{
    NOTED(file, REAL(pwrite)(file, bytes, size, at), .what = "write", .at = at, .bytes = bytes,
          .size = (size_t)got);
}

ssize_t
pwrite64(int file, const void *bytes, size_t size, off64_t at)
{
    NOTED(file, REAL(pwrite64)(file, bytes, size, at), .what = "write", .at = at, .bytes = bytes,
          .size = (size_t)got);
}

int
ftruncate(int file, off_t size)
{
    NOTED(file, REAL(ftruncate)(file, size), .what = "size", .at = size);
}

int
ftruncate64(int file, off64_t size)
{
    NOTED(file, REAL(ftruncate64)(file, size), .what = "size", .at = size);
}

int
fsync(int file)
{
    NOTED(file, REAL(fsync)(file), .what = "sync");
}

int
fdatasync(int file)
{
    NOTED(file, REAL(fdatasync)(file), .what = "sync");
}

int
mkdir(const char *path, mode_t mode)
{
    NOTED_PATH(path, REAL(mkdir)(path, mode), .what = "folder");
}

int
mknod(const char *path, mode_t mode, dev_t device)
{
    NOTED_PATH(path, REAL(mknod)(path, mode, device), .what = "file");
}

int
rename(const char *path, const char *other)
{
    NOTED_PATH(path, REAL(rename)(path, other), .what = "rename", .other = other);
}

int
link(const char *path, const char *other)
{
    NOTED_PATH(path, REAL(link)(path, other), .what = "link", .other = other);
}

int
unlink(const char *path)
{
    NOTED_PATH(path, REAL(unlink)(path), .what = "unlink");
}

int
mkstemp(char *path)
{
    NOTED_PATH(path, REAL(mkstemp)(path), .what = "file");
}

int
mkstemp64(char *path)
{
    NOTED_PATH(path, REAL(mkstemp64)(path), .what = "file");
}

int
mkostemp64(char *path, int flags)
{
    NOTED_PATH(path, REAL(mkostemp64)(path, flags), .what = "file");
}

/* `opened` is called with the lock held. */
static int
note_open(int file, const char *path, int flags, bool was_there)
{
    if (file >= 0 && !was_there)
        note((struct change){ .what = "file", .path = path });
    else if (file >= 0 && flags & O_TRUNC)
        note((struct change){ .what = "size", .path = path });
    return file;
}

#define OPEN_FILE(name, ...)                                                                       \
    do {                                                                                           \
        va_list more;                                                                              \
        mode_t mode = 0;                                                                           \
        va_start(more, flags);                                                                     \
        if (flags & O_CREAT)                                                                       \
            mode = va_arg(more, mode_t);                                                           \
        va_end(more);                                                                              \
        if (!(flags & (O_CREAT | O_TRUNC)) || !is_ours(path))                                      \
            return REAL(name)(__VA_ARGS__, flags, mode);                                           \
        hold();                                                                                    \
        bool was_there = !access(path, F_OK);                                                      \
        int file = note_open(REAL(name)(__VA_ARGS__, flags, mode), path, flags, was_there);        \
        let_go();                                                                                  \
        return file;                                                                               \
    } while (0)

int
open(const char *path, int flags, ...)
{
    OPEN_FILE(open, path);
}

int
open64(const char *path, int flags, ...)
{
    OPEN_FILE(open64, path);
}

int
openat(int at, const char *path, int flags, ...)
{
    OPEN_FILE(openat, at, path);
}

int
openat64(int at, const char *path, int flags, ...)
{
    OPEN_FILE(openat64, at, path);
}
