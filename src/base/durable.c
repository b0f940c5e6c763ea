#include "base/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The length of the folder part of the first `length` bytes of `path`; 0: the working directory. */
static size_t
folder_length(const char *path, size_t length)
{
    while (length > 0 && path[length - 1] == '/')
        length--;
    while (length > 0 && path[length - 1] != '/')
        length--;
    while (length > 1 && path[length - 1] == '/')
        length--;
    return length;
}

static void
close_if_open(int file)
{
    int error = errno;

    if (file >= 0)
        close(file);
    errno = error;
}

/* Syncs one folder. *below is the open folder below it, or -1; it becomes this folder, or -1 when
 * nothing is left to sync. */
static bool
sync_folder(const char *folder, int *below)
{
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = file >= 0 && !fsync(file);
    int with_file_system = file >= 0 ? file : *below;
    bool is_last = false;

    if (!synced && (errno == EACCES || errno == EINVAL) && with_file_system >= 0) {
        is_last = true;
        synced = !syncfs(with_file_system);
    }
    close_if_open(*below);
    *below = file;
    if (!synced || is_last) {
        close_if_open(file);
        *below = -1;
    }
    return synced;
}

static bool
sync_up(const char *path, bool only_one)
{
    char folder[PATH_MAX];
    size_t length = strlen(path);
    int below = -1;

    if (length >= sizeof folder) {
        errno = ENAMETOOLONG;
        return false;
    }
    do {
        length = folder_length(path, length);
        snprintf(folder, sizeof folder, "%.*s", length ? (int)length : 1, length ? path : ".");
        if (!sync_folder(folder, &below))
            return false;
    } while (!only_one && below >= 0 && length > 0 && strcmp(folder, "/") != 0);
    close_if_open(below);
    return true;
}

bool
durable_name(const char *path)
{
    return sync_up(path, false);
}

bool
durable_name_in_folder(const char *path)
{
    return sync_up(path, true);
}
