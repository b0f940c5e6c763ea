/* store_internal.h - what the files of store/ share. */
#ifndef STORE_STORE_INTERNAL_H
#define STORE_STORE_INTERNAL_H

#include <stdbool.h>

#include "store/driver.h"
#include "store/late.h"

struct store {
    const struct driver *driver;
    struct connection *connection;
    struct late late;
    bool in_transaction;
    bool doomed;    /* a statement failed: the transaction cannot be committed */
    bool streaming; /* a statement returns rows: no other may run */

    struct store_mark mark; /* the newest mark taken */
    bool marked;            /* the open transaction has taken a mark */
    unsigned losses;
    bool in_doubt; /* it is unknown whether the newest mark was committed */

    struct store_fence *fence;
    bool reads_only;
    bool proving;
    int64_t proven; /* the connection shows the fence up to this number */
};

/* Prove that a reading store is as new as its fence. Call the first before a statement outside a
 * transaction, the second right after the begin of one. They do nothing without a fence.
 *   STATUS_BUSY  the store shows an older state; its connection is dropped */
enum status fence_prove(struct store *store, struct fault *fault);
enum status fence_prove_snapshot(struct store *store, struct fault *fault);
/* Call it after the commit of a marked transaction. */
void fence_raise(struct store *store);

/* store_open() with a given driver, for tests that put one driver in front of another. */
enum status store_open_with(struct store **out, const struct driver *driver,
                            const struct store_options *options, struct fault *fault);

/* The driver that store_open() takes for `url`, or NULL. */
const struct driver *store_driver_for(const char *url);

#endif
