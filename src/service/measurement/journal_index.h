/*
 * journal_index.h - index in memory from sensors to their uncompacted messages in the journal. Safe
 * from every thread.
 *
 * A reader asks the index before it takes its snapshot of the store: a message that is compacted in
 * between is found in its block.
 */
#ifndef SERVICE_MEASUREMENT_JOURNAL_INDEX_H
#define SERVICE_MEASUREMENT_JOURNAL_INDEX_H

#include "service/core/call.h"

struct damage;
struct journal_index;

struct journal_index_sensor {
    int64_t organization_id;
    int64_t sensor_id;
};

struct journal_index *journal_index_open(void);
void journal_index_close(struct journal_index *index); /* NULL is allowed */

/* Replaces the rows of call->journal_index by those of the whole journal: at start, or on the
 * writer's thread. */
enum status journal_index_rebuild(struct call *call);

/* On a shared store, adds rows that are older than two hours and that call->journal_index does not
 * have: twice the age at which their own server compacts them. Such a server has ended for good, or
 * its last commit reached the store after the next start. Looks once a minute; *looked_at begins
 * with 0. *added: the number of new rows. */
enum status journal_index_add_left(struct call *call, utc_seconds *looked_at, size_t *added);

/* Takes the place of the rows of `index`; closes `fresh`. */
void journal_index_replace(struct journal_index *index, struct journal_index *fresh);

/* Adds the rows of `more`, which has no other user. Returns the number of new ones. */
size_t journal_index_merge(struct journal_index *index, const struct journal_index *more);

/* After the commit that wrote the row. Ids of a sensor ascend; an id that is not greater than its
 * last one is in the index already. */
void journal_index_add(struct journal_index *index, int64_t organization_id, int64_t sensor_id,
                       int64_t journal_id, utc_seconds received_at);
/* After the commit that wrote these rows of the sensor into blocks. The ids ascend. Other rows
 * stay. */
void journal_index_remove(struct journal_index *index, int64_t sensor_id, const int64_t *ids,
                          size_t count);

/* The ids of a sensor's rows in call->journal_index, oldest first, at most `most`, in the arena.
 *   STATUS_TOO_LARGE the arena is full */
enum status journal_index_rows(struct call *call, int64_t sensor_id, size_t most, int64_t **ids,
                               size_t *count);

/* The same for readers, up to JOURNAL_INDEX_MOST_ROWS. No rows without an index. */
enum { JOURNAL_INDEX_MOST_ROWS = 1000 * 1000 };
enum status journal_index_find(struct call *call, int64_t sensor_id, int64_t **ids, size_t *count);

/* Sensors that have rows, by organization and id, in memory that the caller frees. */
size_t journal_index_sensors(struct journal_index *index, struct journal_index_sensor **out);

/* When the oldest row was received; UTC_NEVER without rows. Scans all sensors, and releases the
 * lock in between. Sensors that are set aside do not count. */
utc_seconds journal_index_oldest(struct journal_index *index);

/* Sets a sensor that cannot be compacted aside, until its oldest row is removed. Returns the number
 * of its rows. *newly: it was not set aside before. */
size_t journal_index_set_aside(struct journal_index *index, int64_t sensor_id, bool *newly);

/* Logs a row that cannot be read, in the log that belongs to call->journal_index (damage.h). */
void journal_index_report_damage(const struct call *call, const struct damage *damage);

struct journal_index_totals {
    size_t rows;
    size_t sensors;    /* with rows since the start */
    int64_t newest_id; /* the greatest that was added; a later snapshot shows all rows up to it */
};

struct journal_index_totals journal_index_totals(struct journal_index *index);

#endif
