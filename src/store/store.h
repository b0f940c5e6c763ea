/*
 * store.h - one open store: a database and one connection to it.
 *
 * A store belongs to one thread at a time. Its statements are in statements.h, which is generated
 * from sql/queries. Outside a transaction, each statement is a transaction.
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
    int busy_wait_ms; /* for a lock of another connection; a second more for a server that is
                         silent or whose standby does not confirm; 0: STORE_BUSY_WAIT_MS */
    const struct deadline *deadline; /* once it is set, no new connection is made; once it is over,
                                        statements fail with STATUS_BUSY. Outlives the store */
    bool explain; /* the fault, and not the log, has the reason why a server cannot be reached */
    struct store_fence *fence;       /* NULL: none; outlives the store */
    const struct store_claim *claim; /* opens only the claimed file; NULL: opens or makes the file
                                        of the URL. Outlives the store */
};

/* One write transaction of one open store. Numbers ascend within a node. */
struct store_mark {
    int64_t node;
    int64_t number;
    int64_t replaces; /* number of the newest committed one, whose row is deleted; 0: none */
};

/* The newest mark that the writing store of a process has committed. The reading stores of the
 * process check before each read that they see this mark. They drop a connection that shows an
 * older state, for example to a standby that lags; if a new connection lags too, the read fails
 * with STATUS_BUSY. Zeroed: nothing was committed. Any thread may use it. It has no effect on a
 * store that is not shared. */
struct store_fence {
    _Atomic int64_t node;
    _Atomic int64_t number;
};

enum { STORE_BUSY_WAIT_MS = 2000 };

/* The caller closes it; on failure *out is NULL. Unless the store is read-only, a missing SQLite
 * file is made with mode 0600, and its missing folder with 0700.
 *   STATUS_INVALID  field "store": the URL names no store; the reason says how to write it
 *   STATUS_NOT_FOUND  the file of a read-only store does not exist
 *   STATUS_BUSY     the database cannot be reached now, or its disk is full or fails
 *   STATUS_BROKEN   it is not a database of this program, or its file cannot be used */
enum status store_open(struct store **out, const struct store_options *options,
                       struct fault *fault);
void store_close(struct store *store); /* rolls back; NULL is allowed */

/* The right to serve from a store. One process has it at a time; others may still open the store. A
 * server takes it before it opens the store, and releases it after it has closed the store. It ends
 * with the process, even with a crash.
 *
 * For SQLite it is two locks: one on a file beside the store, whose name ends in ".lock", and one
 * on the store's file, which all names of the file share. The file is made as by store_open(). For
 * PostgreSQL there is no such right, and *out is NULL.
 *   STATUS_CONFLICT  code "store_in_use", field "store": another process has it
 *   STATUS_INVALID   field "store": as store_open(), or the lock cannot be used
 *   STATUS_BUSY      field "store": the disk is full or fails */
enum status store_claim(struct store_claim **out, const char *url, struct fault *fault);
void store_release(struct store_claim *claim); /* NULL is allowed */

/* "sqlite" or "postgresql". */
const char *store_driver_name(const struct store *store);

/* Other processes may write to it. */
bool store_is_shared(const struct store *store);

/* From its options, for callers that try again after STATUS_BUSY. */
const struct deadline *store_deadline(const struct store *store);

/* Limits the time of the statements that follow: once `budget` is over they fail with STATUS_BUSY,
 * even in their midst. NULL: no limit. */
void store_set_budget(struct store *store, const struct deadline *budget);

/* The budget or the deadline is over: every statement fails from now on. Long work between
 * statements asks this. */
bool store_is_late(const struct store *store);
/* STATUS_BUSY; code "took_too_long" if only the budget is over. */
enum status store_fail_late(const struct store *store, struct fault *fault);

/* A transaction does not nest. Each begin needs exactly one commit or rollback. A failed commit has
 * rolled back.
 *   store_begin       for writes; SQLite takes its only write lock
 *   store_begin_read  for several reads of the same state; a write is a bug
 * Only the two begins, and statements outside a transaction, renew a lost connection.
 *   STATUS_BUSY    another connection has the lock, or the store cannot be reached. Nothing was
 *                  changed, unless store_doubt() has a mark
 *   STATUS_BROKEN  a statement of the transaction failed before, or the disk is broken */
enum status store_begin(struct store *store, struct fault *fault);
enum status store_begin_read(struct store *store, struct fault *fault);
enum status store_commit(struct store *store, struct fault *fault);
void store_rollback(struct store *store); /* does nothing outside a transaction */

/* The mark of the open write transaction. The caller writes it in the same transaction, so the
 * store has the mark exactly if the commit succeeded. */
struct store_mark store_take_mark(struct store *store);

/* Call it when the store does not have the newest committed mark: it has lost commits. */
void store_note_loss(struct store *store);
/* The number of these calls. A cache that was filled before a loss may show a state that the store
 * never had. */
unsigned store_losses(const struct store *store);

/* The mark of a failed commit that may have succeeded nevertheless; NULL: there is none. It stays
 * until store_end_doubt(). */
const struct store_mark *store_doubt(const struct store *store);
void store_end_doubt(struct store *store, bool committed);

#endif
