/*
 * horizon.h - how far the pool reaches in the renewal queue (renewal.h).
 *
 * The pool runs out at one place in the queue. Every sensor before it is renewed when its coverage
 * ends; the sensors from that place on are not.
 */
#ifndef DOMAIN_HORIZON_H
#define DOMAIN_HORIZON_H

#include "domain/renewal.h"

struct pool_horizon {
    int64_t version;                /* of the ledger; 0: unknown */
    int64_t licenses_left;          /* in the pool */
    utc_seconds until;              /* valid for coverage that ends by then */
    bool all;                       /* all are renewed; else: */
    bool at_most;                   /* left_out is a bound: the first may stand before it */
    struct renewal_sensor left_out; /* the first that finds the pool empty */
};

/* The part of the queue that a caller asks about; `until` 0: no sensor. */
struct horizon_range {
    struct renewal_sensor first; /* zero goes before every sensor */
    utc_seconds until;
};

/* Makes the range reach to this sensor of the queue. */
void horizon_range_add(struct horizon_range *range, utc_seconds ends_at, uint64_t serial);

/* Does the horizon say of every sensor of the range whether it is renewed? */
bool horizon_answers(const struct pool_horizon *horizon, const struct horizon_range *range);

/* Does the pool hold a license for this sensor of the queue when its coverage ends? */
bool horizon_serves(const struct pool_horizon *horizon, utc_seconds ends_at, uint64_t serial);

/* How many renewals a sensor can take in [first_end, until] after its first one, if every term
 * lasts at least `shortest` seconds; INT64_MAX if that is 0. */
int64_t horizon_returns(utc_seconds first_end, utc_seconds until, int64_t shortest);

/* The least number of seconds that a license of this term lasts, in any zone; may be 0. */
int64_t horizon_shortest(struct term term);

#endif
