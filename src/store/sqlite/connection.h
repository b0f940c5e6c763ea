/*
 * connection.h - a connection to an SQLite file, and what its result codes mean.
 *
 * The one header that includes SQLite's; only the files of this room include it.
 */
#ifndef STORE_SQLITE_CONNECTION_H
#define STORE_SQLITE_CONNECTION_H

#include <sqlite3.h>
#include <sys/types.h>

#include "store/driver.h"

struct connection {
    sqlite3 *db; /* NULL: it could not be opened again */
    char *path;
    enum store_mode mode;
    dev_t device; /* with inode: the file that was opened first */
    ino_t inode;
    sqlite3_stmt **cache; /* by statement->number; NULL: not yet prepared */
    size_t cache_size;
    int busy_wait_ms;
    const struct deadline *deadline;
    int64_t waits_since; /* monotonic nanoseconds */
    bool in_transaction;
    bool stale; /* a file failed under it: opened again before it is used again */
};

/* As the driver's open and close. */
enum status sqlite_open(struct connection **out, const struct store_options *options,
                        struct fault *fault);
void sqlite_close(struct connection *connection);

/* Opens a stale connection again, unless a transaction is open: SQLite keeps the error number of a
 * failed file, and a page that it could not read whole. It has to be the same file as the first
 * time; none is made.
 *   failures of opening a store */
enum status sqlite_ready(struct connection *connection, struct fault *fault);

/* Logs SQLite's failure `code` of the statement or step `doing`, and turns it into a status. */
enum status sqlite_report(struct connection *connection, int code, const char *doing,
                          struct fault *fault);

/* Runs SQL whose rows nobody wants. */
enum status sqlite_command(struct connection *connection, const char *sql, const char *doing,
                           struct fault *fault);

#endif
