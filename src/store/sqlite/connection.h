/*
 * connection.h - a connection to a SQLite file, and the status of each result code.
 *
 * Only this header includes sqlite3.h, and only the files of this folder include this header.
 */
#ifndef STORE_SQLITE_CONNECTION_H
#define STORE_SQLITE_CONNECTION_H

#include <sqlite3.h>
#include <sys/types.h>

#include "store/driver.h"
#include "store/late.h"

struct connection {
    sqlite3 *db; /* NULL: it could not be opened again */
    char *path;
    enum store_mode mode;
    dev_t device; /* with inode: the file that was opened first */
    ino_t inode;
    sqlite3_stmt **cache; /* by statement->number; NULL: not yet prepared */
    size_t cache_size;
    int busy_wait_ms;
    struct late late;
    int64_t waits_since; /* monotonic nanoseconds */
    bool in_transaction;
    bool stale; /* a file failed: open it again before the next use */
};

/* As the driver's open and close. */
enum status sqlite_open(struct connection **out, const struct store_options *options,
                        struct fault *fault);
void sqlite_close(struct connection *connection);

/* Opens a stale connection again, unless a transaction is open. SQLite would keep the error number
 * of the failed file, and a page that it read in part. The file must be the one that was opened
 * first. Failures as store_open(). */
enum status sqlite_ready(struct connection *connection, struct fault *fault);

/* Logs the failure `code` of the statement or step `doing`, and returns its status. */
enum status sqlite_report(struct connection *connection, int code, const char *doing,
                          struct fault *fault);

/* Runs SQL and ignores its rows. */
enum status sqlite_command(struct connection *connection, const char *sql, const char *doing,
                           struct fault *fault);

#endif
