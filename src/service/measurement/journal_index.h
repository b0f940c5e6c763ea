/*
 * journal_index.h - which journal rows belong to which sensor: an index in memory over
 * the measurements that are not compacted yet. Safe from every thread.
 *
 * A reader asks the index first and takes its snapshot of the store after: a row
 * that was compacted in between is found in its block.
 */
#ifndef SERVICE_MEASUREMENT_JOURNAL_INDEX_H
#define SERVICE_MEASUREMENT_JOURNAL_INDEX_H

#include "service/core/call.h"

struct damage_log;
struct journal_index;

struct journal_index_sensor {
    int64_t organization_id;
    int64_t sensor_id;
};

struct journal_index *journal_index_open(void);
void journal_index_close(struct journal_index *journal_index); /* NULL is allowed */

/* Reads the whole journal's ids into call->journal_index, in place of what it held: at start, or on
 * the writer's thread. */
enum status journal_index_rebuild(struct call *call);

/* After the commit that wrote the row. Ids of a sensor ascend; one that is not greater than its
 * last is in the index already. */
void journal_index_add(struct journal_index *journal_index, int64_t organization_id,
                       int64_t sensor_id, int64_t journal_id, utc_seconds received_at);
/* After the commit that wrote these rows of the sensor into blocks. The ids ascend; rows that are
 * not named stay, wherever they stand. */
void journal_index_remove(struct journal_index *journal_index, int64_t sensor_id,
                          const int64_t *ids, size_t count);

/* The rows of a sensor, oldest first, at most `most` of them, in the arena.
 *   STATUS_TOO_LARGE the arena is full */
enum status journal_index_rows(struct journal_index *journal_index, struct arena *arena,
                               int64_t sensor_id, size_t most, int64_t **ids, size_t *count,
                               struct fault *fault);

/* The same for whoever reads all that is not compacted, up to JOURNAL_INDEX_MOST_ROWS; none without
 * an index.
 */
enum { JOURNAL_INDEX_MOST_ROWS = 1000 * 1000 };
enum status journal_index_find(struct call *call, int64_t sensor_id, int64_t **ids, size_t *count);

/* The greatest id that was added; 0 at first. Whoever takes a snapshot after asking finds all rows
 * up to it there, or in their blocks. */
int64_t journal_index_newest_id(struct journal_index *journal_index);

/* Sensors that have rows, by organization and id, in memory that the caller frees. */
size_t journal_index_sensors(struct journal_index *journal_index,
                             struct journal_index_sensor **out);

/* When the oldest row was received; UTC_NEVER without any. Looks at all sensors, and lets others
 * in meanwhile. Sensors that are set aside do not count. */
utc_seconds journal_index_oldest(struct journal_index *journal_index);

/* The sensor cannot be compacted: it is set aside until its oldest row is removed. Returns how many
 * rows it has; *newly: it was not set aside before. */
size_t journal_index_set_aside(struct journal_index *journal_index, int64_t sensor_id, bool *newly);

/* Belongs to the index, for it lives as long and every reader has it. NULL without an index. */
struct damage_log *journal_index_damage_log(struct journal_index *journal_index);

/* How many rows there are. */
size_t journal_index_count(struct journal_index *journal_index);
/* How many sensors have had rows since the start. */
size_t journal_index_sensor_count(struct journal_index *journal_index);

#endif
