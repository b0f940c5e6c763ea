/* journal.h - the messages of one sensor that are not compacted yet. */
#ifndef SERVICE_MEASUREMENT_JOURNAL_H
#define SERVICE_MEASUREMENT_JOURNAL_H

#include "service/core/call.h"
#include "service/measurement/latest.h"
#include "service/measurement/samples.h"
#include "service/measurement/sensor_status.h"
#include "statements.h"

struct uncompacted {
    struct samples samples;         /* sorted by (channel, at), each once */
    size_t differing;               /* repeats with another value; they are left out */
    size_t row_count;               /* of the ids: those that were read */
    bool stopped;                   /* at the id after them */
    struct delivery newest;         /* the sensor's state in its newest message */
    utc_seconds newest_received_at; /* 0 when there is no message */
    struct sensor_signs signs;
    bool clock_was_right; /* in a message: `signs` do not continue older ones */
};

/* Adds the signs of uncompacted messages to those of the compacted ones. */
void sensor_signs_add(struct sensor_signs *signs, const struct uncompacted *uncompacted);

/* Ids of rows ascend in each process: seconds since 1970, then a sequence, then bits that
 * distinguish the processes that write to one store. journal_first_id(at) is the least id of a row
 * that is received at `at` or later. */
enum { JOURNAL_NODE_BITS = 10, JOURNAL_SEQUENCE_BITS = 20 };
int64_t journal_first_id(utc_seconds at);

/* The result for one row. MISSING: the connection does not see it, because it is compacted and
 * deleted, or not there yet. */
enum journal_row { JOURNAL_ROW_MISSING, JOURNAL_ROW_READ, JOURNAL_ROW_BROKEN };

struct journal_query {
    int64_t organization_id, sensor_id;
    const int64_t *ids; /* ascending, as journal_index_rows() gives them */
    size_t count;
    utc_seconds from, to; /* only samples in [from, to) */
    uint8_t *rows;        /* NULL, or room for the enum journal_row of each id */
    bool keeps_repeats;   /* keep all samples, in the order of arrival */
    bool stops_ahead;     /* stop before the first row with a sample ahead of call->now: it becomes
                             the newest of its channel later */
};

/* Reads the rows that the store holds of those asked for. Leaves out a row that cannot be read, and
 * logs it once (damage.h). The owner calls samples_clear(&out->samples), also after a
 * failure. */
enum status journal_read(struct call *call, const struct journal_query *query,
                         struct uncompacted *out);

/* The same for all rows of the sensor that the index knows now; query->ids and count are ignored.
 * For a writer; a reader asks the index before it takes its snapshot (journal_index.h). */
enum status journal_read_sensor(struct call *call, const struct journal_query *query,
                                struct uncompacted *out);

/* A sensor's status without its uncompacted messages. */
struct compacted_status {
    bool found;
    bool damaged; /* `latest` could not be read: it is rebuilt (latest.h), and logged once */
    struct sensor_status_get_out row;
    struct latest latest;
};

struct sensor_signs compacted_signs(const struct compacted_status *status);

enum status journal_compacted_status(struct call *call, int64_t organization_id, int64_t sensor_id,
                                     struct compacted_status *out);

#endif
