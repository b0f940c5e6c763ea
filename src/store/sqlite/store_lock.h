/* store_lock.h - locks, so that only one server uses a SQLite store. */
#ifndef STORE_SQLITE_STORE_LOCK_H
#define STORE_SQLITE_STORE_LOCK_H

#include "base/status.h"

/* Locks the file `path`.lock. Makes it (0600) if it is missing, and never removes it. Resolves
 * symbolic links in `path` first, so that all of them share the lock. The file `path` must exist.
 * The lock is an open file description lock (fcntl(2)): it lasts until the caller closes *file or
 * the process ends, even by SIGKILL.
 *   STATUS_CONFLICT  code "store_in_use", field "store": another process holds the lock
 *   STATUS_INVALID   field "store": the lock file cannot be used, or its file system has no locks
 *   STATUS_BUSY      field "store": the disk or a limit of the system prevents it now */
enum status store_lock_take(int *file, const char *path, struct fault *fault);

/* Locks the store's file itself. All names of the file share this lock: hard links and bind mounts
 * too, which do not share the lock file. Two servers with two such names would each have a
 * write-ahead log, and destroy the store ("How To Corrupt An SQLite Database File", section 2.5).
 *
 * POSIX releases all record locks of a process, including those of SQLite, when it closes any
 * descriptor of the file (fcntl(2)). So the caller takes this lock before it opens the store, and
 * closes *file after it has closed the store. Failures as store_lock_take(). */
enum status store_lock_take_store(int *file, const char *path, struct fault *fault);

#endif
