/*
 * conflicts.h - counts samples that differ from the saved sample of the same channel and time. The
 * saved one stays.
 *
 * A conflict that comes again does not count again, as long as it is one of the last
 * CONFLICTS_MOST_KNOWN of its sensor. sensor_status.conflicts has their digests, oldest first, 8
 * bytes each.
 */
#ifndef SERVICE_MEASUREMENT_CONFLICTS_H
#define SERVICE_MEASUREMENT_CONFLICTS_H

#include "service/core/call.h"
#include "service/measurement/journal.h"

enum { CONFLICTS_MOST_KNOWN = 128 };

struct conflicts {
    size_t count;       /* those that are not known */
    struct bytes known; /* with them; lives in the arena */
};

/* Finds the conflicts among these uncompacted messages, and between them and the blocks. Costs a
 * read of the messages and of a block for each day: ask only if there are repeats. In the
 * transaction that read the messages. */
enum status conflicts_find(struct call *call, const struct journal_query *rows, struct bytes known,
                           struct conflicts *out);

struct conflicting_sensor {
    int64_t organization_id, sensor_id;
};

/* Asks for a count of the sensors' conflicts for the event sensor.conflicts
 * (service/ingest/conflict_watch.h). Inside a transaction; in any order, with repeats.
 * STATUS_TOO_LARGE: the arena is full. */
enum status conflicts_mark(struct call *call, const struct conflicting_sensor *sensors,
                           size_t count);

#endif
