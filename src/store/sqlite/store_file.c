#include "store/sqlite/store_file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"

enum { PATH_SIZE = 4096 };

/* Makes the folder of `path`, if its own folder exists. */
static enum status
make_folder(const char *path, struct fault *fault)
{
    char folder[PATH_SIZE];
    const char *slash = strrchr(path, '/');

    if (!slash || slash == path)
        return STATUS_OK;
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
    if (!mkdir(folder, 0700) || errno == EEXIST)
        return STATUS_OK;
    if (errno == ENOENT)
        return fail(fault, STATUS_INVALID, "", "store",
                    "the folder above %.150s does not exist: create it first", folder);
    /* If the folder does not exist, make_file() fails. */
    return STATUS_OK;
}

static enum status
not_a_folder(const char *path, struct fault *fault)
{
    return fail(fault, STATUS_INVALID, "", "store", "%.150s is a folder: name a file in it", path);
}

static enum status
check_file(const char *path, struct fault *fault)
{
    struct stat found;

    if (!stat(path, &found) && S_ISDIR(found.st_mode))
        return not_a_folder(path, fault);
    if (access(path, R_OK | W_OK))
        return fail(fault, STATUS_INVALID, "", "store",
                    "this user cannot write to %.150s: change its owner, or run as another user",
                    path);
    return STATUS_OK;
}

/* SQLite would make a file that everybody may read. mknod() opens no descriptor; closing one would
 * release the locks of other connections. */
static enum status
make_file(const char *path, struct fault *fault)
{
    if (!mknod(path, S_IFREG | 0600, 0))
        return STATUS_OK;
    if (errno == EEXIST)
        return check_file(path, fault);
    const char *why = errno == ENOENT ? "its folder does not exist"
                      : errno == EACCES || errno == EPERM || errno == EROFS
                          ? "its folder is not writable"
                      : errno == ENOSPC || errno == EDQUOT ? "the disk is full"
                      : errno == EIO                       ? "the disk fails"
                                                           : "a part of the path is not a folder";
    enum status status = errno == ENOSPC || errno == EDQUOT || errno == EIO ? STATUS_BUSY
                                                                            : STATUS_INVALID;
    return fail(fault, status, "", "store", "%.150s cannot be created: %s", path, why);
}

static enum status
not_synced(const char *path, struct fault *fault)
{
    return fail(fault, STATUS_BUSY, "storage_failed", "store",
                "the folder of %.100s cannot be synced to the disk: %s", path, strerror(errno));
}

/* An earlier start may have ended after it made the file and before it synced the name. A file
 * whose name is not synced is empty. */
static enum status
sync_name(const char *path, struct fault *fault)
{
    struct stat found;

    if (stat(path, &found) || found.st_size > 0 || durable_name(path))
        return STATUS_OK;
    return not_synced(path, fault);
}

static enum status
find_existing(const char *path, struct fault *fault)
{
    struct stat found;

    if (!stat(path, &found))
        return S_ISDIR(found.st_mode) ? not_a_folder(path, fault) : STATUS_OK;
    if (errno == ENOENT || errno == ENOTDIR)
        return fail(fault, STATUS_NOT_FOUND, "", "store", "there is no store at %.150s", path);
    return fail(fault, errno == EACCES ? STATUS_INVALID : STATUS_BUSY, "", "store",
                "the store %.150s cannot be found: %s", path, strerror(errno));
}

enum status
store_file_find(const char *path, enum store_mode mode, struct fault *fault)
{
    if (!path[0] || !strcmp(path, ":memory:") || strlen(path) >= PATH_SIZE)
        return fail(fault, STATUS_INVALID, "", "store", "write an SQLite store as sqlite:PATH");
    if (mode == STORE_READ_ONLY)
        return find_existing(path, fault);
    enum status status = make_folder(path, fault);
    if (status)
        return status;
    status = make_file(path, fault);
    return status ? status : sync_name(path, fault);
}

enum status
store_file_keep_log(const char *path, struct fault *fault)
{
    char real[PATH_MAX];

    return realpath(path, real) && durable_name_in_folder(real) ? STATUS_OK
                                                                : not_synced(path, fault);
}

enum status
store_file_identify(const char *path, dev_t *device, ino_t *inode, struct fault *fault)
{
    struct stat found;

    if (stat(path, &found))
        return fail(fault, STATUS_BUSY, "storage_failed", "store",
                    "the store's file cannot be found (%s): bring its disk back", strerror(errno));
    *device = found.st_dev;
    *inode = found.st_ino;
    return STATUS_OK;
}
