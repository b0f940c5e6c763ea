/* store_internal.h - what the files of store/ share. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include <stdbool.h>

#include "store/driver.h"

struct store {
    const struct driver *driver;
    struct connection *connection;
    const struct patience *patience;
    bool in_transaction;
    bool doomed;    /* a statement of this transaction failed: it cannot be committed */
    bool streaming; /* rows of a statement are coming: no other may run */
};

/* store_open() with the driver named: for test suites that stand one in front of another. */
enum status store_open_with(struct store **out, const struct driver *driver,
                            const struct store_options *options, struct fault *fault);

/* The driver that store_open() takes for `url`, or NULL. */
const struct driver *store_driver_for(const char *url);

#endif
