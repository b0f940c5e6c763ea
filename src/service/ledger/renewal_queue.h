/* renewal_queue.h - the pool and the sensors with auto renewal, read for a plan. */
#ifndef SERVICE_LEDGER_RENEWAL_QUEUE_H
#define SERVICE_LEDGER_RENEWAL_QUEUE_H

#include "domain/renewal.h"
#include "domain/serial.h"
#include "service/ledger/organization_lock.h"

struct renewal_keys_out;

/* The keys of some rows, in the arena; room for one more behind them. */
enum status pool_keys_of(struct call *call, const struct renewal_keys_out *rows, size_t count,
                         struct pool_key **out);

/* Takes licenses from a key, 0 or more. STATUS_BUSY: the key no longer has them. */
enum status pool_key_take(struct call *call, int64_t organization_id, int64_t key_id,
                          int64_t taken);

struct renewal_queue {
    struct renewal_plan plan; /* keys with licenses left; room for one more behind them */
    bool *last_read;          /* by key: more keys of its term may follow it */
    int64_t *ids;             /* of the sensors, by index */
};

/* The sensors whose coverage ends in [from, until], at most `most`. A sensor that never had a
 * license ends at 0. */
struct renewal_queue_part {
    utc_seconds from, until;
    int64_t most;
};

/* Reads the keys with licenses left, of each term the `most` that are used first. The queue has no
 * sensors yet. */
enum status renewal_queue_keys(struct call *call, const struct organization_lock *lock,
                               int64_t most, struct renewal_queue *out);

/* Sets part->most to the number of sensors. */
enum status renewal_queue_count(struct call *call, int64_t organization_id,
                                struct renewal_queue_part *part);

/* Reads the sensors, after the keys. Inside a transaction.
 *   STATUS_TOO_LARGE  part->most sensors do not fit into the call's memory */
enum status renewal_queue_read(struct call *call, int64_t organization_id,
                               const struct renewal_queue_part *part, struct renewal_queue *out);

#endif
