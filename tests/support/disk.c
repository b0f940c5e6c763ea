/* A disk that fails when it is told to, and a record of what a program asked of it. It stands in
 * front of the C library: preloaded, or linked into a test.
 *
 *   DISK_LOG      a file to which each call that changes or syncs something is appended, as
 *                 "mkdir PATH", "link OLD NEW", "write PATH", "sync PATH", in the order in which
 *                 they were done
 *   DISK_CONTROL  a file that is read before each call. While it holds a line
 *                     CALL NAME ACTION FIRST COUNT
 *                 the calls CALL (open, read, write, sync, truncate; sync is fsync and fdatasync)
 *                 on files whose path ends with NAME are counted; the FIRST-th and the COUNT - 1
 *                 after it do ACTION: a number is the errno that they fail with, "cut" does half
 *                 of a read or a write, "kill" ends the process as kill -9 does, before the call.
 *                 A line that changes begins to count anew; no file, or an empty one: all is well.
 *
 *   cc -shared -fPIC -O2 -o disk.so disk.c -ldl
 */
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE
#undef _GNU_SOURCE
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PATH_SIZE = 1024, LINE_SIZE = 256, WORD_SIZE = 128 };

enum action { WELL, FAILS, CUT };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char control[LINE_SIZE];
static long counted;

static bool
read_control(char out[LINE_SIZE])
{
    const char *path = getenv("DISK_CONTROL");
    long file = path ? syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC) : -1;
    long size = file < 0 ? 0 : syscall(SYS_read, file, out, LINE_SIZE - 1);

    if (file >= 0)
        syscall(SYS_close, file);
    out[size > 0 ? size : 0] = '\0';
    return size > 0;
}

static bool
ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), of_end = strlen(end);

    return length >= of_end && !strcmp(text + length - of_end, end);
}

/* The order for this call. */
static enum action
decide(const char *call, const char *path)
{
    char line[LINE_SIZE], what[WORD_SIZE], name[WORD_SIZE], action[WORD_SIZE];
    long first, count, number;

    if (!read_control(line)
        || sscanf(line, "%127s %127s %127s %ld %ld", what, name, action, &first, &count) != 5
        || strcmp(what, call) != 0 || !ends_with(path, name))
        return WELL;
    pthread_mutex_lock(&lock);
    if (strcmp(control, line) != 0)
        counted = 0;
    memcpy(control, line, sizeof line);
    number = ++counted;
    pthread_mutex_unlock(&lock);
    if (number < first || number >= first + count)
        return WELL;
    if (!strcmp(action, "kill"))
        kill(getpid(), SIGKILL);
    if (!strcmp(action, "cut"))
        return CUT;
    errno = (int)strtol(action, NULL, 10);
    return FAILS;
}

static void
find_path(char out[PATH_SIZE], int file)
{
    char name[64];

    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    long size = syscall(SYS_readlinkat, AT_FDCWD, name, out, PATH_SIZE - 1);
    out[size > 0 ? size : 0] = '\0';
}

static enum action
decide_on(const char *call, int file)
{
    char path[PATH_SIZE];
    int error = errno;

    if (!getenv("DISK_CONTROL"))
        return WELL;
    find_path(path, file);
    errno = error;
    return decide(call, path);
}

static void
record(const char *call, const char *first, const char *second)
{
    const char *path = getenv("DISK_LOG");
    char line[2 * PATH_SIZE + WORD_SIZE];
    int error = errno;

    if (path) {
        int size =
            snprintf(line, sizeof line, "%s %s%s%s\n", call, first, *second ? " " : "", second);
        long file =
            syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        syscall(SYS_write, file, line, size);
        syscall(SYS_close, file);
    }
    errno = error;
}

static void
record_on(const char *call, int file)
{
    char path[PATH_SIZE];
    int error = errno;

    if (!getenv("DISK_LOG"))
        return;
    find_path(path, file);
    record(call, path, "");
    errno = error;
}

#define REAL(name)                                                                                 \
    static __typeof__(&name) real;                                                                 \
    if (!real)                                                                                     \
    *(void **)&real = dlsym(RTLD_NEXT, #name)

static int
open_file(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode)
{
    bool makes = (flags & O_CREAT) && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;

    if (decide("open", path) == FAILS)
        return -1;
    int file = real(path, flags, mode);
    if (file >= 0 && makes)
        record_on("make", file);
    return file;
}

#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        REAL(name);                                                                                \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;               \
        va_end(arguments);                                                                         \
        return open_file(real, path, flags, mode);                                                 \
    }
OPEN(open)
OPEN(open64)

#define READ(name, offset_type)                                                                    \
    ssize_t name(int file, void *into, size_t size, offset_type at)                                \
    {                                                                                              \
        REAL(name);                                                                                \
        enum action action = decide_on("read", file);                                              \
        if (action == FAILS)                                                                       \
            return -1;                                                                             \
        return real(file, into, action == CUT ? (size + 1) / 2 : size, at);                        \
    }
READ(pread, off_t)
READ(pread64, off64_t)

#define WRITE(name, offset_type)                                                                   \
    ssize_t name(int file, const void *from, size_t size, offset_type at)                          \
    {                                                                                              \
        REAL(name);                                                                                \
        enum action action = decide_on("write", file);                                             \
        if (action == FAILS)                                                                       \
            return -1;                                                                             \
        record_on("write", file);                                                                  \
        return real(file, from, action == CUT ? (size + 1) / 2 : size, at);                        \
    }
WRITE(pwrite, off_t)
WRITE(pwrite64, off64_t)

#define SYNC(name)                                                                                 \
    int name(int file)                                                                             \
    {                                                                                              \
        REAL(name);                                                                                \
        if (decide_on("sync", file) == FAILS)                                                      \
            return -1;                                                                             \
        int failed = real(file);                                                                   \
        if (!failed)                                                                               \
            record_on("sync", file);                                                               \
        return failed;                                                                             \
    }
SYNC(fsync)
SYNC(fdatasync)

#define TRUNCATE(name, offset_type)                                                                \
    int name(int file, offset_type size)                                                           \
    {                                                                                              \
        REAL(name);                                                                                \
        return decide_on("truncate", file) == FAILS ? -1 : real(file, size);                       \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

int
mkdir(const char *path, mode_t mode)
{
    REAL(mkdir);
    int failed = real(path, mode);
    if (!failed)
        record("make", path, "");
    return failed;
}

int
mknod(const char *path, mode_t mode, dev_t device)
{
    REAL(mknod);
    int failed = real(path, mode, device);
    if (!failed)
        record("make", path, "");
    return failed;
}

int
link(const char *old, const char *new)
{
    REAL(link);
    int failed = real(old, new);
    if (!failed)
        record("link", old, new);
    return failed;
}
