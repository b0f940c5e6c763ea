/* store_file.h - the file of a SQLite store, before SQLite opens it. */
#ifndef STORE_SQLITE_STORE_FILE_H
#define STORE_SQLITE_STORE_FILE_H

#include <sys/types.h>

#include "store/store.h"

/* Makes a missing file (0600, empty) and its folder (0700). The file of a read-only store must
 * exist. Syncs both names to the disk while the file is empty, so that a power cut loses no data
 * that is written later.
 *   STATUS_INVALID  field "store": this cannot be done; the reason says what to do
 *   STATUS_BUSY     field "store": the disk is full or fails */
enum status store_file_find(const char *path, enum store_mode mode, struct fault *fault);

/* Syncs the folder of the store at `path` after SQLite made the write-ahead log: the name of the
 * log has to be durable before the first commit. SQLite syncs the folder too, but after the commit,
 * and it ignores a failure.
 *   STATUS_BUSY  field "store": the disk is full or fails */
enum status store_file_keep_log(const char *path, struct fault *fault);

/* Finds device and inode of the file at `path`.
 *   STATUS_BUSY  field "store": the file cannot be found now */
enum status store_file_identify(const char *path, dev_t *device, ino_t *inode, struct fault *fault);

#endif
