/*
 * memo.h - what was worked out of an organization's ledger and holds until the ledger
 * changes, so that the next page need not work it out again.
 *
 * A fixed number of organizations, each by the version of its ledger; a newer one takes
 * the place of an older one. From any thread. Nothing here is ever needed: what is not
 * found is worked out anew.
 */
#ifndef SERVICE_CORE_MEMO_H
#define SERVICE_CORE_MEMO_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/reach.h"

struct memo;

struct memo *memo_open(void);
void memo_close(struct memo *memo); /* NULL is allowed */

/* The store has gone back to an older state. NULL is allowed. */
void memo_forget(struct memo *memo);

/* Counts of sensors, good for instants in [from, until) at this version. */
struct memo_counts {
    int64_t version;
    utc_seconds from, until;
    int64_t active, expiring, expired, unlicensed;
};

/* How far the pool reaches: by places in the line, as of a version (domain/reach.h). */
struct memo_reach {
    int64_t version;
    struct reach reach;
};

/* False: not known. `memo` may be NULL: nothing ever is. */
bool memo_get_counts(struct memo *memo, int64_t organization_id, struct memo_counts *out);
void memo_put_counts(struct memo *memo, int64_t organization_id, const struct memo_counts *counts);
bool memo_get_reach(struct memo *memo, int64_t organization_id, struct memo_reach *out);
void memo_put_reach(struct memo *memo, int64_t organization_id, const struct memo_reach *reach);

/* The end of the plan: the first that is left out of all that end by `until` (`has_short`
 * false: none is). Exactly of this version. */
struct memo_plan {
    int64_t version;
    utc_seconds until;
    bool has_short;
    struct renewal_sensor first_short;
};
bool memo_get_plan(struct memo *memo, int64_t organization_id, struct memo_plan *out);
void memo_put_plan(struct memo *memo, int64_t organization_id, const struct memo_plan *plan);

#endif
