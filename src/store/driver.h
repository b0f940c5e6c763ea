/*
 * driver.h - the narrow waist: everything that a database must be able to do.
 *
 * There are two drivers: sqlite/ and postgres/. Only store.c, statement.c, migrate.c, fence.c and
 * the test suites call a driver; only store.c names one.
 *
 * A function that fails logs the database's message. Its fault is one sentence without SQL or data:
 *   STATUS_CONFLICT  a unique, foreign or check key was violated
 *   STATUS_BUSY      another process holds a lock, the connection is lost, or the disk is full
 *   STATUS_BROKEN    a bug in the SQL, or a file that is no longer a database
 */
#ifndef STORE_DRIVER_H
#define STORE_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/status.h"
#include "store/store.h"

enum value_kind { VALUE_NULL, VALUE_INT64, VALUE_BOOL, VALUE_REAL, VALUE_TEXT, VALUE_BYTES };

struct value {
    enum value_kind kind;
    union {
        int64_t int64; /* VALUE_BOOL too: 0 or 1 */
        double real;
        struct {
            const char *at; /* VALUE_TEXT: with a NUL after its length */
            size_t length;
        } text; /* VALUE_BYTES too */
    };
};

/* Called once a row. `row` and the bytes it points to live until it returns. It may not use the
 * same connection. A failure stops the run and becomes its result. */
typedef enum status row_sink(void *into, const struct value *row, struct fault *fault);

/* Gives the parameters of the n-th run of a batch. */
typedef void value_source(const void *from, size_t n, struct value *in);

struct connection; /* each driver has its own */
struct statement;

/* One run of a statement. */
struct driver_run {
    const struct statement *statement;
    const struct value *in; /* its parameters */
    row_sink *sink;         /* takes each row; NULL: a row is a bug */
    void *into;
};

/* Several runs of a statement. */
struct driver_batch {
    const struct statement *statement;
    value_source *source; /* gives the parameters of each run */
    const void *from;
    size_t count;
};

struct store_claim {
    int lock;     /* of the file beside the store */
    int store;    /* the lock of the store's file */
    dev_t device; /* with inode: the store's file */
    ino_t inode;
};

struct driver {
    const char *name;           /* "sqlite", "postgresql" */
    bool is_shared;             /* other servers may use the same store */
    const char *migration_lock; /* script, inside a transaction; NULL: begin locks already */

    enum status (*open)(struct connection **out, const struct store_options *options,
                        struct fault *fault);
    void (*close)(struct connection *connection); /* NULL is allowed */

    enum status (*begin)(struct connection *connection, enum store_mode mode, struct fault *fault);
    /* Fails with *in_doubt if the commit may have succeeded nevertheless: the connection was lost
     * before the answer, or a standby did not confirm. */
    enum status (*commit)(struct connection *connection, bool *in_doubt, struct fault *fault);
    void (*rollback)(struct connection *connection); /* always possible */

    /* Runs a script of several statements: migrations only. */
    enum status (*script)(struct connection *connection, const char *sql, struct fault *fault);

    /* *changed: the number of rows that the statement changed. */
    enum status (*run)(struct connection *connection, const struct driver_run *run,
                       int64_t *changed, struct fault *fault);

    /* Inside a write transaction, in as few round trips as possible. *changed is the sum. The first
     * failure wins. */
    enum status (*run_batch)(struct connection *connection, const struct driver_batch *batch,
                             int64_t *changed, struct fault *fault);

    /* From now on a statement fails with STATUS_BUSY once `budget` is over, even in its midst.
     * NULL: no budget. It outlives the connection, or the next call of this function. */
    void (*set_budget)(struct connection *connection, const struct deadline *budget);

    /* Outside a transaction: connects if there is no connection. *is_new: the connection was made
     * since the last call of this function. NULL: a connection is never lost. */
    enum status (*ready)(struct connection *connection, bool *is_new, struct fault *fault);
    /* After a failed run outside a transaction: the connection was lost, and the statement has had
     * no effect and given no row. The caller may run it again, once. NULL as above. */
    bool (*may_repeat)(const struct connection *connection);
    /* The next begin or statement outside a transaction connects again. NULL as above. */
    void (*drop)(struct connection *connection);
    /* Claims the store at `url` for one process, as store_claim(). Closing out->store and out->lock
     * releases it. NULL: any number of processes may serve from one store. */
    enum status (*claim)(struct store_claim *out, const char *url, struct fault *fault);
};

extern const struct driver driver_sqlite; /* URL: "sqlite:PATH" */
extern const struct driver
    driver_postgres; /* URL as libpq takes it: "postgresql://USER@HOST/..." */

#endif
