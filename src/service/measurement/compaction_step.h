/* compaction_step.h - a prepared step, for the files of compaction.h alone. */
#ifndef SERVICE_MEASUREMENT_COMPACTION_STEP_H
#define SERVICE_MEASUREMENT_COMPACTION_STEP_H

#include "service/measurement/block.h"
#include "service/measurement/compaction.h"
#include "service/measurement/compaction_mark.h"
#include "service/measurement/conflicts.h"
#include "statements.h"

enum { COMPACTION_SENSOR_MOST_ROWS = 1024 }; /* of one sensor in one step */

struct compaction_sensor {
    int64_t organization_id, sensor_id;
    size_t first, count; /* its rows */
    bool status_is_damaged;
};

struct compaction {
    int64_t newest_id; /* of the index, before the snapshot was taken */
    struct bytes step_before;
    uint8_t step_after[COMPACTION_MARK_BYTES];
    struct block_put_in *blocks;
    size_t block_count, block_room;
    struct block_place *damaged_blocks; /* new blocks replace them */
    size_t damaged_count, damaged_room;
    struct sensor_status_put_in *statuses;
    size_t status_count;
    struct conflicting_sensor *marks; /* sensors with new conflicts */
    size_t mark_count;
    struct compaction_sensor *sensors;
    size_t sensor_count;
    /* Rows of the journal, by sensor and id. */
    int64_t *ids;
    uint8_t *found; /* enum journal_row, by the snapshot */
    bool *seen;     /* of a missing row: the writer sees it */
    size_t row_count, most_rows;
};

#endif
