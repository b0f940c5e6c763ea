/* journal.h - the messages of one sensor that are not compacted yet. */
#ifndef SERVICE_MEASUREMENT_JOURNAL_H
#define SERVICE_MEASUREMENT_JOURNAL_H

#include "service/core/call.h"
#include "service/measurement/latest.h"
#include "service/measurement/samples.h"
#include "statements.h"

struct uncompacted {
    struct samples samples;         /* sorted by (channel, at), each once */
    size_t differing;               /* samples left out that said something else */
    struct delivery newest;         /* what the newest message said of the sensor */
    utc_seconds newest_received_at; /* 0 when there is no message */
};

/* Ids of rows ascend in each process: seconds since 1970, then a sequence, then bits that tell one
 * process from another that writes to the same store. No row that is received at `at` or later has
 * a smaller one than journal_first_id(at). */
enum { JOURNAL_NODE_BITS = 10, JOURNAL_SEQUENCE_BITS = 20 };
int64_t journal_first_id(utc_seconds at);

/* What became of a row that was asked for. */
enum journal_row {
    JOURNAL_ROW_MISSING, /* the connection does not see it: compacted and deleted, or not yet there
                          */
    JOURNAL_ROW_READ,
    JOURNAL_ROW_BROKEN, /* it cannot be read */
};

struct journal_query {
    int64_t organization_id, sensor_id;
    const int64_t *ids; /* ascending, as journal_index_rows() gives them */
    size_t count;
    utc_seconds from, to; /* samples in [from, to) only */
    uint8_t *rows;        /* NULL, or room for the enum journal_row of each id */
};

/* Reads those rows of a sensor that are there. A row that cannot be read is left out and logged
 * once (damage_log.h). The owner calls samples_clear(&out->samples), also after a failure. */
enum status journal_read(struct call *call, const struct journal_query *query,
                         struct uncompacted *out);

/* A sensor's status as it is compacted. */
struct compacted_status {
    bool found;
    bool damaged; /* `latest` could not be read: it is made anew (latest.h), and logged once */
    struct sensor_status_get_out row;
    struct latest latest;
};

enum status journal_compacted_status(struct call *call, int64_t organization_id, int64_t sensor_id,
                                     struct compacted_status *out);

#endif
