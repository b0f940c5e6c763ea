/* licensing_give.h - gives sensors licenses from the pool: one to one sensor, or many to many. */
#ifndef SERVICE_LICENSE_LICENSING_GIVE_H
#define SERVICE_LICENSE_LICENSING_GIVE_H

#include "service/ledger/pool_withdrawal.h"
#include "service/license/licensing.h"

enum { QUEUE_MOST = 100 }; /* licenses that may wait for one sensor's turn */

/* A sensor that gets licenses. */
struct recipient {
    int64_t sensor_id;
    const char *serial;
    size_t standing;  /* licenses that run or wait */
    utc_seconds from; /* the start of its next license: covered until, or now */
    bool has_gap;     /* other licenses start later than `from` */
};

/* Licenses that a member gives to `count` recipients, `each` to each. */
struct license_gift {
    struct recipient *recipients;
    size_t count;
    size_t each;
    struct organization_lock lock; /* held */
    struct pool_withdrawal pool;
    size_t key; /* in the pool; SIZE_MAX: the pool's order picks */
};

/* These functions run in a transaction that holds gift->lock. Call this one first: it fills in the
 * rest of the recipients by their sensor_id and serial. */
enum status recipients_read(struct call *call, const struct license_gift *gift);

/* STATUS_CONFLICT queue_full: more than QUEUE_MOST licenses would wait for a recipient's turn. */
enum status recipients_check_queues(struct call *call, const struct license_gift *gift);

/* Gives the licenses, after the checks. A license starts now if its sensor is not covered, else
 * exactly at `covered until`. Intervals of a sensor never overlap: licenses behind a gap move if
 * the new one would overlap them. Writes the licenses, the ends of coverage and the audit entries.
 * *out, in the arena: gift->each licenses of each recipient, first to start first.
 */
enum status licenses_give(struct call *call, struct license_gift *gift, struct license **out);

#endif
