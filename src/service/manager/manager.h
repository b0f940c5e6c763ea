/* manager.h - the License Manager: one row for each sensor. */
#ifndef SERVICE_MANAGER_MANAGER_H
#define SERVICE_MANAGER_MANAGER_H

#include "domain/coverage.h"
#include "service/core/call.h"
#include "service/license/licensing.h"
#include "service/manager/refused.h"

struct manager_row {
    const char *serial;
    const char *name;
    enum sensor_state state;
    bool
        has_license; /* false: no license has ever started; the fields up to license_id are unset */
    utc_seconds activated_at;
    utc_seconds expires_at;
    day_number last_day;
    int64_t days_left; /* -1 when expired */
    const char *key;
    int64_t key_assigned;
    int64_t key_quantity;
    int64_t license_id;
    bool auto_renewal;
    utc_seconds covered_until;   /* 0 when not covered now */
    const struct license *queue; /* waiting licenses, first to start first */
    size_t queue_count;
    /* "queue", "pool" (by the plan, pool_horizon.h), "stops"; NULL when not covered */
    const char *next;
    struct refused refused;
};

enum manager_state {
    MANAGER_ALL,
    MANAGER_ACTIVE,
    MANAGER_EXPIRING,
    MANAGER_EXPIRED,
    MANAGER_UNLICENSED,
    MANAGER_STOPPING,   /* covered now, nothing follows, ends within EXPIRING_DAYS */
    MANAGER_NOT_SAVING, /* not covered now, and measurements were refused within the last day */
    MANAGER_STATE_COUNT
};
/* "active", "expiring", "expired", "unlicensed", "stopping", "not_saving"; NULL for MANAGER_ALL. */
extern const char *const manager_state_words[MANAGER_STATE_COUNT];

enum manager_sort {
    MANAGER_BY_EXPIRES_AT,
    MANAGER_BY_NAME,
    MANAGER_BY_SERIAL,
    MANAGER_BY_ACTIVATED_AT,
    MANAGER_SORT_COUNT
};

struct manager_query {
    struct page_request page;
    enum manager_state state;
    enum manager_sort sort; /* ascending; sensors without the instant come last; then by serial */
    const char *q;          /* part of the serial or name, in any case; NULL for none */
    const char *key;        /* of the last license that has started; NULL for any */
    utc_seconds expires_before; /* 0 for any */
};

struct manager_page {
    int64_t licenses_left;
    struct manager_row *rows;
    size_t count;
    const char *next;
    /* Of the whole organization. In a large one, not_saving may be a minute old. */
    int64_t active, expiring, expired, unlicensed, stopping, not_saving;
};

enum {
    EXPIRING_DAYS = 30, /* days left of the coverage, local calendar days */
    MANAGER_Q_MOST_BYTES = 100,
};

/* A page costs as much as its rows, and more if a filter skips many sensors. The orders by end and
 * by beginning also read all sensors with a queue. The counts read every sensor of the
 * organization, once for each version of the ledger (ledger_cache.h).
 *   STATUS_MALFORMED  cursor, q, key
 *   STATUS_NOT_FOUND  no such organization */
enum status manager_list(struct call *call, int64_t organization_id,
                         const struct manager_query *query, struct manager_page *out);

struct manager_found {
    int64_t sensor_id;
    const char *serial;
};
/* Finds the first sensors, at most query->page.limit, that the filters of `query` admit. The order
 * must be MANAGER_BY_SERIAL. Inside a transaction of the caller. STATUS_MALFORMED: q, key */
enum status manager_find(struct call *call, int64_t organization_id,
                         const struct manager_query *query, struct manager_found **out,
                         size_t *count);

/* Reads one row. STATUS_NOT_FOUND */
enum status manager_row(struct call *call, int64_t organization_id, const char *serial,
                        struct manager_row *out);

#endif
