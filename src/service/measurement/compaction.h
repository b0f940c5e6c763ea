/*
 * compaction.h - moves measurements from the journal into blocks: one for each sensor and day.
 *
 * A step reads the messages of some sensors, merges them with their blocks and compresses these,
 * beside the writer. Then one short transaction writes the blocks. The messages are deleted later
 * (journal_trim.h).
 *
 * A step moves only the messages that it read. The index may name a message that the step's
 * snapshot does not show. The writer's connection sees every acknowledged message; it looks again:
 * - The writer sees the message: the snapshot is older than the index. The message stays for a
 * later step.
 * - The writer does not see it: another process compacted and deleted it. The index forgets it.
 *
 * A message, block or status that cannot be read moves to the table `damaged` in the step's
 * transaction, after the writer has found it damaged as well. New samples of the day go to a new
 * block; the status is rebuilt (latest.h).
 */
#ifndef SERVICE_MEASUREMENT_COMPACTION_H
#define SERVICE_MEASUREMENT_COMPACTION_H

#include "base/log.h"
#include "service/core/call.h"
#include "service/measurement/journal_index.h"
#include "service/measurement/journal_trim.h"

struct compaction; /* one step; lives in the arena of the call that prepared it */

struct compaction_queue {
    const struct journal_index_sensor *sensors;
    size_t count, done;
    bool is_long; /* a step has four times as many messages: the compactor is far behind */
};

/* Reads and merges the sensors from queue->done on, until the step is worth a transaction: about
 * 2,000 messages and 10 ms, fewer where large blocks fill a fourth of the arena. Moves queue->done:
 * beyond the last sensor of the step; after a failure beyond the sensor that failed.
 *   STATUS_BROKEN     the store is broken
 *   STATUS_TOO_LARGE  the arena is too small for a sensor */
enum status compaction_prepare(struct call *call, struct compaction_queue *queue,
                               struct compaction **out);

/* Writes a prepared step, inside or outside a transaction.
 *   STATUS_CONFLICT  some process wrote a step that this one's snapshot does not show, or a damaged
 *                    row has changed: prepare the step again */
enum status compaction_write(struct call *call, struct compaction *compaction);

/* After the commit: removes the messages that are in blocks, set aside or gone from the index, and
 * adds those in blocks to `trim`. */
void compaction_forget(const struct compaction *compaction, struct journal_index *index,
                       struct journal_trim *trim);

/* Messages that the step's snapshot did not show. */
struct compaction_missing {
    size_t count;
    int64_t organization_id, sensor_id, first_id; /* of the first one */
};

/* After compaction_write(). *behind: the writer sees them, because the snapshot was too old. *gone:
 * the writer does not see them either. */
void compaction_find_missing(const struct compaction *compaction, struct compaction_missing *behind,
                             struct compaction_missing *gone);

/* One line now and then: `pause` counts the steps in between. */
void compaction_log_missing(struct log_pause *pause, enum log_level level, const char *event,
                            const struct compaction_missing *missing, const char *words);

#endif
