/*
 * driver.h - the narrow waist: all that a database has to be able to do.
 *
 * Two drivers fill this in: sqlite/ and postgres/. Only store.c, statement.c,
 * migrate.c and the test suites call through it; only store.c names a driver.
 *
 * Each function that fails logs what the database said, and says in the fault
 * one sentence that holds neither SQL nor data:
 *   STATUS_CONFLICT  a unique, foreign or check key said no
 *   STATUS_BUSY      a lock of somebody else, a lost connection, a full disk
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
            const char *at; /* VALUE_TEXT: with a NUL behind its length */
            size_t length;
        } text; /* VALUE_BYTES too */
    };
};

/* Called once a row; `row` and what it points to are gone when it returns. It
 * may not use the same connection. A non-zero status stops the run and becomes
 * its result. */
typedef enum status row_sink(void *into, const struct value *row, struct fault *fault);

/* Gives the parameters of the n-th run of a batch. */
typedef void value_source(const void *from, size_t n, struct value *in);

struct connection; /* each driver has its own */
struct statement;

struct store_claim {
    int lock;     /* of the file beside the store */
    int store;    /* the lock of the store's file */
    dev_t device; /* with inode: the store's file */
    ino_t inode;
};

struct driver {
    const char *name;           /* "sqlite", "postgresql" */
    bool is_shared;             /* other machines may serve from the same store */
    const char *migration_lock; /* script, inside a transaction; NULL: begin locks already */

    enum status (*open)(struct connection **out, const struct store_options *options,
                        struct fault *fault);
    void (*close)(struct connection *connection); /* NULL is allowed */

    enum status (*begin)(struct connection *connection, enum store_mode mode, struct fault *fault);
    /* Fails with *in_doubt where the commit may have taken hold all the same: the connection was
     * lost before the answer, or a standby did not confirm. */
    enum status (*commit)(struct connection *connection, bool *in_doubt, struct fault *fault);
    void (*rollback)(struct connection *connection); /* always possible */

    /* Runs a script of several statements: migrations only. */
    enum status (*script)(struct connection *connection, const char *sql, struct fault *fault);

    /* Binds `in`, runs, hands each row to `sink` (NULL: rows are a bug) and
     * sets *changed. */
    enum status (*run)(struct connection *connection, const struct statement *statement,
                       const struct value *in, row_sink *sink, void *into, int64_t *changed,
                       struct fault *fault);

    /* Runs it `count` times in as few round trips as it can, inside a write
     * transaction; *changed is the sum. The first failure wins. */
    enum status (*run_batch)(struct connection *connection, const struct statement *statement,
                             value_source *source, const void *from, size_t count, int64_t *changed,
                             struct fault *fault);

    /* Outside a transaction: connects where there is no connection. *is_new: the
     * connection was made since the last call of this function. NULL: a connection is never lost.
     */
    enum status (*ready)(struct connection *connection, bool *is_new, struct fault *fault);
    /* The next begin or statement outside a transaction connects anew. NULL as above. */
    void (*drop)(struct connection *connection);
    /* Takes the store at `url` for one process, as store_claim() says. Closing out->store and
     * out->lock gives it back. NULL: any number of processes may serve from one store. */
    enum status (*claim)(struct store_claim *out, const char *url, struct fault *fault);
};

#endif
