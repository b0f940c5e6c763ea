/*
 * tail.h - which journal rows belong to which sensor: an index in memory over
 * the measurements that are not sealed yet. Safe from every thread.
 *
 * A reader asks the index first and takes its snapshot of the store after: a row
 * that was sealed in between is found in its block.
 */
#ifndef SERVICE_MEASUREMENT_TAIL_H
#define SERVICE_MEASUREMENT_TAIL_H

#include "service/core/call.h"

struct damage_log;
struct tail;

struct tail_sensor {
    int64_t organization_id;
    int64_t sensor_id;
};

struct tail *tail_open(void);
void tail_close(struct tail *tail); /* NULL is allowed */

/* Reads the whole journal's ids into call->tail, in place of what it held: at start, or on the
 * writer's thread. */
enum status tail_rebuild(struct call *call);

/* After the commit that wrote the row. Ids of a sensor ascend; one that is not greater than its
 * last is in the index already. */
void tail_add(struct tail *tail, int64_t organization_id, int64_t sensor_id, int64_t journal_id,
              utc_seconds received_at);
/* After the commit that wrote these rows of the sensor into blocks. The ids ascend; rows that are
 * not named stay, wherever they stand. */
void tail_remove(struct tail *tail, int64_t sensor_id, const int64_t *ids, size_t count);

/* The rows of a sensor, oldest first, at most `most` of them, in the arena.
 *   STATUS_TOO_LARGE the arena is full */
enum status tail_rows(struct tail *tail, struct arena *arena, int64_t sensor_id, size_t most,
                      int64_t **ids, size_t *count, struct fault *fault);

/* The same for whoever reads all that is not sealed, up to TAIL_MOST_ROWS; none without an index.
 */
enum { TAIL_MOST_ROWS = 1000 * 1000 };
enum status tail_find(struct call *call, int64_t sensor_id, int64_t **ids, size_t *count);

/* The greatest id that was added; 0 at first. Whoever takes a snapshot after asking finds all rows
 * up to it there, or in their blocks. */
int64_t tail_newest_id(struct tail *tail);

/* Sensors that have rows, by organization and id, in memory that the caller frees. */
size_t tail_sensors(struct tail *tail, struct tail_sensor **out);

/* When the oldest row was received; UTC_NEVER without any. Looks at all sensors, and lets others
 * in meanwhile. Sensors that are set aside do not count. */
utc_seconds tail_oldest(struct tail *tail);

/* The sensor cannot be sealed: it is set aside until its oldest row is removed. Returns how many
 * rows it has; *newly: it was not set aside before. */
size_t tail_set_aside(struct tail *tail, int64_t sensor_id, bool *newly);

/* Belongs to the index, for it lives as long and every reader has it. NULL without an index. */
struct damage_log *tail_damage_log(struct tail *tail);

/* How many rows there are. */
size_t tail_count(struct tail *tail);
/* How many sensors have had rows since the start. */
size_t tail_sensor_count(struct tail *tail);

#endif
