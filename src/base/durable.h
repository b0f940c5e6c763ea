/*
 * durable.h - makes file names outlast a power cut.
 *
 * fsync() of a file saves its content, not its name: the folder needs fsync() too (fsync(2),
 * notes).
 */
#ifndef BASE_DURABLE_H
#define BASE_DURABLE_H

#include <stdbool.h>

/* Syncs the folder of `path` and all folders above that `path` names. Afterwards a power cut loses
 * neither the name of the file nor a new folder. It syncs the whole file system of a folder that
 * this user may not read or that cannot be synced alone. False: errno is set; do not rely on the
 * file. */
bool durable_name(const char *path);

/* Syncs only the folder of `path`, for a file in an existing folder. */
bool durable_name_in_folder(const char *path);

#endif
