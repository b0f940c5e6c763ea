/*
 * renewal.h - which sensor takes which license from the pool, and when.
 *
 * One plan serves due renewals, the forecast and the revival after a redemption. It is a
 * simulation: the sensor whose coverage ends first (then the lower serial) takes the next license
 * in the pool's order. The license starts exactly at that end, and the sensor enters the queue
 * again with the new end.
 */
#ifndef DOMAIN_RENEWAL_H
#define DOMAIN_RENEWAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/pool.h"

/* A sensor whose auto renewal is on. */
struct renewal_sensor {
    utc_seconds ends_at; /* the end of its last license, including queued ones */
    uint64_t serial;     /* domain/serial.h; breaks ties */
    size_t index;        /* the caller's */
};

struct renewal_plan {
    struct renewal_sensor *line; /* the caller's array, reordered as a heap */
    size_t count;
    struct pool_key *keys; /* the caller's; `left` falls */
    size_t key_count;
    enum pool_order order;
    const struct zone *zone;
};

struct renewal {
    struct renewal_sensor sensor; /* as it was in the queue */
    size_t key; /* index in `keys`; SIZE_MAX: the pool is empty, and the sensor stops */
    utc_seconds starts_at;
    utc_seconds expires_at;
};

/* The order of the queue. */
bool renewal_goes_before(const struct renewal_sensor *a, const struct renewal_sensor *b);

/* Orders the queue. Call it first. */
void renewal_begin(struct renewal_plan *plan);

/* The next renewal that is due by `until`. Its license starts at the end of the one before. False:
 * there is none. A sensor that finds the pool empty leaves the queue. */
bool renewal_next(struct renewal_plan *plan, utc_seconds until, struct renewal *out);

/* Revival: the next sensor whose coverage has ended by `now` takes a license that starts now, never
 * back-dated. False: there is none, or the pool is empty. */
bool renewal_revive(struct renewal_plan *plan, utc_seconds now, struct renewal *out);

#endif
