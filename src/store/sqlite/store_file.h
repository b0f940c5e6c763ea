/* store_file.h - the file of a SQLite store, before SQLite opens it. */
#ifndef STORE_SQLITE_STORE_FILE_H
#define STORE_SQLITE_STORE_FILE_H

#include <sys/types.h>

#include "store/store.h"

/* Makes the file at `path` (0600, empty) and the folder it stands in (0700)
 * where they are missing; a read-only store has to be there. As long as the file is empty, both
 * names are synced to the disk, so that no power cut loses what is written into it afterwards.
 *   STATUS_INVALID  field "store": it cannot be; the reason says what to do
 *   STATUS_BUSY     field "store": the disk is full or fails */
enum status store_file_find(const char *path, enum store_mode mode, struct fault *fault);

/* Syncs the folder of the store at `path`, in which SQLite has made the write-ahead log: its name
 * has to be durable before a commit relies on it. SQLite syncs the folder too, but after the
 * commit, and ignores a failure. STATUS_BUSY  field "store": the disk is full or fails */
enum status store_file_keep_log(const char *path, struct fault *fault);

/* Which file stands at `path`, which had one before.
 *   STATUS_BUSY  field "store": none can be found now */
enum status store_file_identify(const char *path, dev_t *device, ino_t *inode, struct fault *fault);

#endif
