/* store_internal.h - what the files of store/ share. */
#ifndef STORE_STORE_INTERNAL_H
#define STORE_STORE_INTERNAL_H

#include <stdbool.h>

#include "store/driver.h"

struct store {
    const struct driver *driver;
    struct connection *connection;
    const struct deadline *deadline;
    bool in_transaction;
    bool doomed;    /* a statement of this transaction failed: it cannot be committed */
    bool streaming; /* rows of a statement are coming: no other may run */

    struct store_mark mark; /* the newest one taken */
    bool marked;            /* by the transaction that is open */
    unsigned losses;
    bool in_doubt; /* nobody knows yet whether the newest mark was committed */

    struct store_fence *fence;
    bool reads_only;
    bool proving;
    int64_t proven; /* the newest number of the fence that the connection is known to show */
};

/* Proves that a reading store is as new as its fence: before a statement outside a transaction,
 * and right after the begin of one. They do nothing for a store without a fence.
 *   STATUS_BUSY  the store shows an older state; its connection is dropped */
enum status fence_prove(struct store *store, struct fault *fault);
enum status fence_prove_snapshot(struct store *store, struct fault *fault);
/* Call it after the commit of a marked transaction. */
void fence_raise(struct store *store);

/* store_open() with the driver named: for test suites that stand one in front of another. */
enum status store_open_with(struct store **out, const struct driver *driver,
                            const struct store_options *options, struct fault *fault);

/* The driver that store_open() takes for `url`, or NULL. */
const struct driver *store_driver_for(const char *url);

#endif
