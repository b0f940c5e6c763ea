/*
 * ingest_isolation.h - keeps messages that cannot be saved away from those of other organizations.
 *
 * A message that fails alone (commit_split.h) isolates its sensor for a pause, which doubles with
 * each failure; several such sensors isolate their organization. During the pause their messages
 * get INGEST_TRY_AGAIN at once: the sensors keep the data, and the batches of others are not split
 * again and again. After the pause one message is tried alone.
 *
 * The process remembers which sensors and organizations are isolated. The table job_failure
 * (service/core/job.h) shows them to the operator.
 */
#ifndef SERVICE_INGEST_INGEST_ISOLATION_H
#define SERVICE_INGEST_INGEST_ISOLATION_H

#include "service/ingest/ingest.h"

enum {
    INGEST_ISOLATED_MOST =
        256, /* sensors and organizations; then the first to be tried again goes */
    INGEST_ISOLATING_SENSORS = 4, /* isolate their organization */
};

/* A sensor, or an organization. */
struct isolated {
    bool is_organization;
    int64_t organization_id;
    uint64_t serial;
    int64_t failures;
    utc_seconds retry_at;
};

/* Of an ingest. Starts zeroed. */
struct ingest_isolation {
    struct isolated items[INGEST_ISOLATED_MOST];
    size_t count;
};

/* Moves the items that must not be saved now to the end; *free_count: the number of the others.
 * Saves the items whose pause is over one by one, and moves them to the end, too. Keeps the order.
 * Clears call->db.arena. STATUS_BUSY  the store is not available */
enum status ingest_isolation_part(struct ingest *ingest, struct call *call,
                                  struct ingest_item **items, size_t count, size_t *free_count);

/* Isolates the sensor of an item that failed alone, with the call's fault. Clears call->db.arena.
 */
void ingest_isolation_add(struct ingest *ingest, struct call *call, struct ingest_item *item);

#endif
