/*
 * reach.h - how far down the line of auto renewal the pool reaches, by places alone.
 *
 * Where nobody comes back into the line before a sensor's turn, the sensor gets a
 * license exactly when fewer stand in front of it than the pool holds: no plan has to be
 * made. And places found once serve later states of the line as bounds: each sensor
 * that was touched since moves another by one place at most. What cannot be told in
 * this way is for the plan (renewal.h).
 */
#ifndef DOMAIN_HORIZON_H
#define DOMAIN_HORIZON_H

#include "domain/renewal.h"

struct reach_place {
    bool is; /* false: the line is shorter */
    utc_seconds ends_at;
    uint64_t serial;
};

/* The line as it was once. */
struct reach {
    int64_t left;              /* licenses in the pool */
    int64_t margin;            /* 1 to left */
    struct reach_place guard;  /* who had left - margin others in front */
    struct reach_place short_; /* who had `left` others in front */
    int64_t unsure;            /* sensors that may have been elsewhere already */
};

/* The line as it is. */
struct reach_now {
    int64_t left;
    int64_t touched; /* sensors touched since `reach` */
    int64_t returns; /* renewals, at most, that sensors take once more before the sensor's turn */
};

enum reach_verdict { REACH_UNKNOWN, REACH_SERVED, REACH_LEFT_OUT };

/* For a sensor that stands in the line at its end. */
enum reach_verdict reach_verdict(const struct reach *reach, const struct reach_now *now,
                                 utc_seconds ends_at, uint64_t serial);

/* The margin to look with when the pool holds `left`: half of it while the line is
 * shorter than that, else about the root, so that n changes cost n roots and not n squares. */
int64_t reach_wide_margin(int64_t left);
int64_t reach_narrow_margin(int64_t left);

/* How many renewals, at most, one sensor takes in [first_end, until] after its first, when
 * no term in the pool is shorter than `shortest` seconds; INT64_MAX when that is 0. */
int64_t reach_returns(utc_seconds first_end, utc_seconds until, int64_t shortest);

/* Seconds that a license of this term lasts at least, in any zone; may be 0. */
int64_t reach_shortest(struct term term);

#endif
