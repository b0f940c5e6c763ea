/*
 * store.h - one open store: a database and one connection to it.
 *
 * A store belongs to one thread at a time. What can be asked of it is in
 * statements.h, made from sql/queries. Statements may also run outside a
 * transaction; each is its own then.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/deadline.h"
#include "base/status.h"

struct store;
struct store_claim;

enum store_mode { STORE_READ_WRITE, STORE_READ_ONLY };

struct store_options {
    const char *url; /* "sqlite:PATH" or "postgresql://USER@HOST/DATABASE?..." as libpq has it */
    enum store_mode mode;
    int busy_wait_ms; /* for a lock of somebody else, and a second more for a server that is
                         silent or whose standby does not confirm; 0: STORE_BUSY_WAIT_MS */
    const struct deadline *deadline; /* once it ends, no connection is made; outlives the store */
    bool explain; /* who opens it reads the fault: it says why a server cannot be reached, and
                     the log does not */
    struct store_fence *fence;       /* NULL: none; outlives the store */
    const struct store_claim *claim; /* of a server: what is opened has to be the file that it
                                        claimed, and none is made; NULL: whatever the URL names.
                                        Outlives the store */
};

/* One write transaction of one open store. Numbers ascend within a node. */
struct store_mark {
    int64_t node;
    int64_t number;
    int64_t replaces; /* number of the newest one that was committed; its row goes; 0: none */
};

/* The newest mark that the writing store of a process has committed. Its reading stores prove
 * before each read that they see that mark: a connection that shows an older state (it leads to a
 * standby that lags) is dropped; where a new one is no better, the read fails with STATUS_BUSY.
 * Zeroed: nothing was committed. Any thread may use it. It has no effect on a store that is not
 * shared. */
struct store_fence {
    _Atomic int64_t node;
    _Atomic int64_t number;
};

enum { STORE_BUSY_WAIT_MS = 2000 };

/* The caller closes it; on failure *out is NULL. A SQLite file that is not
 * there is made with mode 0600, and the folder it stands in with 0700, unless
 * the store is read-only.
 *   STATUS_INVALID  field "store": the URL names no store; the reason says how to write it
 *   STATUS_BUSY     the database cannot be reached now, or its disk is full or fails
 *   STATUS_BROKEN   it is no database of ours, or its file cannot be used */
enum status store_open(struct store **out, const struct store_options *options,
                       struct fault *fault);
void store_close(struct store *store); /* NULL is allowed; rolls back what is open */

/* The right to serve from a store. One process has it at a time; others may open the store
 * meanwhile. A server takes it before it opens the store, and releases it after it has closed the
 * store. It ends with the process, however that ends.
 *
 * For SQLite it is a lock on a file beside the store, whose name ends in ".lock", and one on the
 * store's file, which is the same under every name of that file. The store's file
 * is made as store_open() makes it. PostgreSQL has no such right: *out is then NULL.
 *   STATUS_CONFLICT  code "store_in_use", field "store": another process has it
 *   STATUS_INVALID   field "store": as store_open(), or the lock cannot be used
 *   STATUS_BUSY      field "store": the disk is full or fails */
enum status store_claim(struct store_claim **out, const char *url, struct fault *fault);
void store_release(struct store_claim *claim); /* NULL is allowed */

/* "sqlite" or "postgresql". */
const char *store_driver_name(const struct store *store);

/* Others may save in it what this process does not hear of. */
bool store_is_shared(const struct store *store);

/* The deadline of its options, for callers that try again after "busy". */
const struct deadline *store_deadline(const struct store *store);

/* One transaction; it does not nest. Every path that began one ends with
 * exactly one commit or rollback. A failed commit has rolled back already.
 *   store_begin       writes; SQLite holds the one write lock from here on
 *   store_begin_read  several reads of one state; a write in it is a bug
 * A lost connection is renewed here, and only here (or by a statement outside
 * a transaction).
 *   STATUS_BUSY    somebody else holds the lock, or the store cannot be
 *                  reached. Nothing was changed, unless store_doubt() says
 *                  that the commit is in doubt
 *   STATUS_BROKEN  a statement of the transaction had failed before, or the disk is broken */
enum status store_begin(struct store *store, struct fault *fault);
enum status store_begin_read(struct store *store, struct fault *fault);
enum status store_commit(struct store *store, struct fault *fault);
void store_rollback(struct store *store); /* nothing open: does nothing */

/* The mark of the write transaction that is open. The caller writes it into the store in the same
 * transaction: the mark is there exactly when the commit took hold. */
struct store_mark store_take_mark(struct store *store);

/* The store does not hold the newest mark that was committed through it: it has lost commits. */
void store_note_loss(struct store *store);
/* How often that was noted. A cache that was filled before a loss may show a state that never was.
 */
unsigned store_losses(const struct store *store);

/* The mark of a commit that may have taken hold although it failed, until store_end_doubt(), which
 * says what became of it; NULL when there is none. */
const struct store_mark *store_doubt(const struct store *store);
void store_end_doubt(struct store *store, bool committed);

#endif
