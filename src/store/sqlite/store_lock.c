#include "store/sqlite/store_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bytes of the lock file. The holder locks both. The first lock decides. The second is a
 * traditional record lock: for these, the kernel gives the process id of the holder. In the store's
 * file the holder locks the first byte, which SQLite never locks ("File Locking And Concurrency In
 * SQLite Version 3", section 3: its locks begin at 1 GiB). */
enum { BYTE_OF_LOCK, BYTE_OF_PROCESS };

static struct flock
byte_lock(off_t byte)
{
    return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };
}

static enum status
cannot_open(const char *name, struct fault *fault)
{
    int error = errno;

    switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EIO:
    case EMFILE:
    case ENFILE:
        return fail(fault, STATUS_BUSY, "", "store", "the lock file %.150s cannot be opened: %s",
                    name, strerror(error));
    case EACCES:
    case EPERM:
    case EROFS:
        return fail(fault, STATUS_INVALID, "", "store",
                    "the lock file %.100s cannot be opened: give it, and its folder, to the user"
                    " that runs Tenure",
                    name);
    default:
        return fail(fault, STATUS_INVALID, "", "store",
                    "%.120s cannot be a lock file (%s): remove it, or name another store", name,
                    strerror(error));
    }
}

static enum status
store_lock_in_use(int file, const char *path, struct fault *fault)
{
    struct flock holder = byte_lock(BYTE_OF_PROCESS);
    char process[32] = "";

    /* There is no process id if the holder runs in another container, just starts or ends, or uses
     * another name of the file. */
    if (!fcntl(file, F_GETLK, &holder) && holder.l_type != F_UNLCK && holder.l_pid > 0)
        snprintf(process, sizeof process, " (process %ld)", (long)holder.l_pid);
    return fail(fault, STATUS_CONFLICT, "store_in_use", "store",
                "another Tenure%s serves the store %.120s: stop it first, or name another store",
                process, path);
}

static enum status
lock(int file, const char *path, struct fault *fault)
{
    struct flock own = byte_lock(BYTE_OF_LOCK);

    if (!fcntl(file, F_OFD_SETLK, &own))
        return STATUS_OK;
    if (errno == EAGAIN || errno == EACCES)
        return store_lock_in_use(file, path, fault);
    return fail(fault, STATUS_INVALID, "", "store",
                "the file system of %.120s has no locks (%s): keep the store on a local disk", path,
                strerror(errno));
}

/* Closes *file after a failure. */
static enum status
close_after(int *file, enum status status)
{
    if (status) {
        close(*file);
        *file = -1;
    }
    return status;
}

enum status
store_lock_take(int *file, const char *path, struct fault *fault)
{
    struct flock process = byte_lock(BYTE_OF_PROCESS);
    char real[PATH_MAX], name[PATH_MAX + 8];

    if (!realpath(path, real))
        return fail(fault, STATUS_INVALID, "", "store", "%.150s cannot be found: %s", path,
                    strerror(errno));
    snprintf(name, sizeof name, "%s.lock", real);
    *file = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (*file < 0)
        return cannot_open(name, fault);
    enum status status = close_after(file, lock(*file, path, fault));
    if (status)
        return status;
    (void)fcntl(*file, F_SETLK, &process); /* only for the process id in a message */
    return STATUS_OK;
}

enum status
store_lock_take_store(int *file, const char *path, struct fault *fault)
{
    *file = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (*file < 0)
        return fail(fault, errno == EACCES || errno == EROFS ? STATUS_INVALID : STATUS_BUSY, "",
                    "store", "%.150s cannot be opened: %s", path, strerror(errno));
    return close_after(file, lock(*file, path, fault));
}
