/* store_lock.h - the locks that keep a second server away from a SQLite store. */
#ifndef STORE_SQLITE_STORE_LOCK_H
#define STORE_SQLITE_STORE_LOCK_H

#include "base/status.h"

/* Locks the file `path`.lock, which it makes (0600) and nobody removes. Symbolic links in `path`
 * are resolved first, so that every name of the store leads to the same lock. The file `path` has
 * to be there. The lock is an open file description lock (fcntl(2)): it lasts until the caller
 * closes *file or the process ends, even by SIGKILL.
 *   STATUS_CONFLICT  code "store_in_use", field "store": another process holds the lock
 *   STATUS_INVALID   field "store": the lock file cannot be used, or its file system has no locks
 *   STATUS_BUSY      field "store": the disk or a limit of the system is in the way for now */
enum status store_lock_take(int *file, const char *path, struct fault *fault);

/* Locks the store's file itself, as store_lock_take() locks the file beside it. This lock is the
 * same under every name of the file: a hard link, a bind mount, a name beside which nobody finds
 * the lock file. Two servers under two such names would each keep a write-ahead log of its own, and
 * destroy the store ("How To Corrupt An SQLite Database File", section 2.5).
 *
 * POSIX drops all record locks of a process, those of SQLite too, once it closes any descriptor of
 * the file (fcntl(2)). So the caller takes this lock before it opens the store, and closes *file
 * after it has closed the store. Failures as store_lock_take(). */
enum status store_lock_take_store(int *file, const char *path, struct fault *fault);

#endif
