/*
 * durable.h - names that outlast a power cut.
 *
 * fsync() of a file keeps what is in it, not its name: that stands in the folder, which has to be
 * synced as well (fsync(2), notes).
 */
#ifndef BASE_DURABLE_H
#define BASE_DURABLE_H

#include <stdbool.h>

/* Syncs the folder of the file at `path` and all folders above it, as far as `path` names them.
 * After that a power cut loses neither the file's name nor a folder that was made for it. A folder
 * that this user may not read, or that cannot be synced alone, is synced with its whole file
 * system. False: errno says why, and nothing may rely on the file yet. */
bool durable_name(const char *path);

/* The same of its folder alone: enough for a file in a folder that was there. */
bool durable_name_in_folder(const char *path);

#endif
