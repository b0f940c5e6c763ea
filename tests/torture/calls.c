/*
 * A preloaded shim: lets system calls on files under CALLS_UNDER fail, or kills the program at one.
 *
 * CALLS_FILE is mapped and holds a `struct order`, which a test changes while the program runs.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum kind { READ = 1, WRITE = 2, SYNC = 4, TRUNCATE = 8, OPEN = 16, NAMES = 32 };
enum { SHORT = -1, KILL_BEFORE = -2, KILL_AFTER = -3 }; /* beside a positive errno */
enum { MOST_FILES = 4096 };

struct order {
    int64_t kinds; /* that count; 0: nothing happens */
    int64_t pass;  /* so many pass first, */
    int64_t times; /* then so many fail */
    int64_t how;   /* an errno, or one of the above */
    int64_t hits;  /* how many have failed */
    int64_t seen;  /* all calls that are watched, ever */
};

static struct order *order;
static const char *folder;
static bool watched[MOST_FILES];

__attribute__((constructor)) static void
start(void)
{
    const char *path = getenv("CALLS_FILE");
    int file = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
    void *at = file >= 0 ? mmap(NULL, sizeof *order, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
                         : MAP_FAILED;

    folder = getenv("CALLS_UNDER");
    if (at != MAP_FAILED && folder)
        order = at;
    if (file >= 0)
        syscall(SYS_close, file);
}

static bool
is_ours(const char *path)
{
    return order && folder && !strncmp(path, folder, strlen(folder));
}

static bool
is_watched(int file)
{
    return order && file >= 0 && file < MOST_FILES && watched[file];
}

static void
watch(int file, bool whether)
{
    if (file >= 0 && file < MOST_FILES)
        watched[file] = whether;
}

/* The order for this call: 0, or its `how`. */
static int64_t
fate(enum kind kind)
{
    __atomic_fetch_add(&order->seen, 1, __ATOMIC_SEQ_CST);
    if (!(__atomic_load_n(&order->kinds, __ATOMIC_SEQ_CST) & kind)
        || __atomic_fetch_sub(&order->pass, 1, __ATOMIC_SEQ_CST) > 0)
        return 0;
    if (__atomic_fetch_sub(&order->times, 1, __ATOMIC_SEQ_CST) <= 0)
        return 0;
    __atomic_fetch_add(&order->hits, 1, __ATOMIC_SEQ_CST);
    if (order->how == KILL_BEFORE)
        raise(SIGKILL);
    return order->how;
}

static void
after(int64_t how)
{
    int kept = errno;

    if (how == KILL_AFTER)
        raise(SIGKILL);
    errno = kept;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* `call` in its place: what it gives, or -1 as the order says. */
#define TRY(kind, on, call)                                                                        \
    do {                                                                                           \
        int64_t how = (on) ? fate(kind) : 0;                                                       \
        if (how > 0) {                                                                             \
            errno = (int)how;                                                                      \
            return -1;                                                                             \
        }                                                                                          \
        __typeof__(call) got = (call);                                                             \
        after(how);                                                                                \
        return got;                                                                                \
    } while (0)

/* A write that finds the disk full half way, and the next one that finds no room at all. */
static size_t
shortened(int file, size_t size, bool *full)
{
    int64_t how = is_watched(file) ? fate(WRITE) : 0;

    *full = how > 0 || (how == SHORT && order->hits % 2 == 0);
    if (*full)
        errno = how > 0 ? (int)how : ENOSPC;
    return how == SHORT && size > 1 ? size / 2 : size;
}

#define WRITE_SOME(call_of_size)                                                                   \
    do {                                                                                           \
        bool full;                                                                                 \
        int64_t kills = order ? order->how : 0;                                                    \
        int64_t hits = order ? order->hits : 0;                                                    \
        size = shortened(file, size, &full);                                                       \
        if (full)                                                                                  \
            return -1;                                                                             \
        ssize_t got = (call_of_size);                                                              \
        after(order && order->hits > hits ? kills : 0);                                            \
        return got;                                                                                \
    } while (0)

ssize_t
write(int file, const void *bytes, size_t size)
{
    WRITE_SOME(REAL(write)(file, bytes, size));
}

ssize_t
pwrite(int file, const void *bytes, size_t size, off_t at)
{
    WRITE_SOME(REAL(pwrite)(file, bytes, size, at));
}

ssize_t
pwrite64(int file, const void *bytes, size_t size, off64_t at)
{
    WRITE_SOME(REAL(pwrite64)(file, bytes, size, at));
}

ssize_t
read(int file, void *bytes, size_t size)
{
    TRY(READ, is_watched(file), REAL(read)(file, bytes, size));
}

ssize_t
pread(int file, void *bytes, size_t size, off_t at)
{
    TRY(READ, is_watched(file), REAL(pread)(file, bytes, size, at));
}

ssize_t
pread64(int file, void *bytes, size_t size, off64_t at)
{
    TRY(READ, is_watched(file), REAL(pread64)(file, bytes, size, at));
}

int
fsync(int file)
{
    TRY(SYNC, is_watched(file), REAL(fsync)(file));
}

int
fdatasync(int file)
{
    TRY(SYNC, is_watched(file), REAL(fdatasync)(file));
}

int
ftruncate(int file, off_t size)
{
    TRY(TRUNCATE, is_watched(file), REAL(ftruncate)(file, size));
}

int
ftruncate64(int file, off64_t size)
{
    TRY(TRUNCATE, is_watched(file), REAL(ftruncate64)(file, size));
}

int
unlink(const char *path)
{
    TRY(NAMES, is_ours(path), REAL(unlink)(path));
}

int
link(const char *path, const char *other)
{
    TRY(NAMES, is_ours(other), REAL(link)(path, other));
}

int
rename(const char *path, const char *other)
{
    TRY(NAMES, is_ours(other), REAL(rename)(path, other));
}

int
mkdir(const char *path, mode_t mode)
{
    TRY(NAMES, is_ours(path), REAL(mkdir)(path, mode));
}

int
mknod(const char *path, mode_t mode, dev_t device)
{
    TRY(NAMES, is_ours(path), REAL(mknod)(path, mode, device));
}

static int
opened(int file, const char *path, int64_t how)
{
    watch(file, is_ours(path));
    after(how);
    return file;
}

#define MAKE_FILE(name)                                                                            \
    do {                                                                                           \
        int64_t how = is_ours(path) ? fate(NAMES) : 0;                                             \
        if (how > 0) {                                                                             \
            errno = (int)how;                                                                      \
            return -1;                                                                             \
        }                                                                                          \
        return opened(REAL(name)(path), path, how);                                                \
    } while (0)

int
mkstemp(char *path)
{
    MAKE_FILE(mkstemp);
}

int
mkstemp64(char *path)
{
    MAKE_FILE(mkstemp64);
}

#define OPEN_FILE(name)                                                                            \
    do {                                                                                           \
        va_list more;                                                                              \
        mode_t mode = 0;                                                                           \
        va_start(more, flags);                                                                     \
        if (flags & O_CREAT)                                                                       \
            mode = va_arg(more, mode_t);                                                           \
        va_end(more);                                                                              \
        int64_t how = is_ours(path) ? fate(OPEN) : 0;                                              \
        if (how > 0) {                                                                             \
            errno = (int)how;                                                                      \
            return -1;                                                                             \
        }                                                                                          \
        return opened(REAL(name)(path, flags, mode), path, how);                                   \
    } while (0)

int
open(const char *path, int flags, ...)
{
    OPEN_FILE(open);
}

int
open64(const char *path, int flags, ...)
{
    OPEN_FILE(open64);
}

int
close(int file)
{
    watch(file, false);
    return REAL(close)(file);
}
