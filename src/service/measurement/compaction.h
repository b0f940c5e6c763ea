/*
 * compaction.h - moves measurements from the journal into blocks of a sensor and day.
 *
 * A step reads some sensors' messages, merges them with the blocks they belong
 * to and compresses, all beside the writer; then one short transaction writes
 * the blocks. The messages are deleted later (journal_trim.h).
 *
 * Only what was read is moved. A row that the index names and the step's snapshot does not show is
 * looked for again by the writer's connection, which sees everything that was acknowledged:
 * - The writer sees it: the snapshot is older than the index. The row stays, for a later step.
 * - The writer does not see it: another process has compacted and deleted it. The index forgets it.
 *
 * Only what cannot be read is set aside. A message, block or status whose bytes are damaged moves
 * to the table `damaged` in the step's transaction, after the writer has found it damaged as well.
 * New samples of the day go to a new block; the status is made anew (latest.h).
 */
#ifndef SERVICE_MEASUREMENT_COMPACTION_H
#define SERVICE_MEASUREMENT_COMPACTION_H

#include "service/core/call.h"
#include "service/measurement/journal_index.h"
#include "service/measurement/journal_trim.h"

struct compaction; /* one step; lives in the arena of the call that prepared it */

/* Reads and merges the sensors from sensors[*done] on, until the step is worth a transaction: some
 * 2,000 messages and 10 ms, less where blocks are so large that they fill a fourth of the arena.
 * Moves *done on: behind the last one it has taken, after a failure behind the one that failed.
 *   STATUS_BROKEN     the store is broken
 *   STATUS_TOO_LARGE  the arena is too small for a sensor */
enum status compaction_prepare(struct call *call, const struct journal_index_sensor *sensors,
                               size_t count, size_t *done, struct compaction **out);
/* The same, four times as long: for a compactor that is far behind. */
enum status compaction_prepare_long(struct call *call, const struct journal_index_sensor *sensors,
                                    size_t count, size_t *done, struct compaction **out);

/* Writes a prepared step, inside or outside a transaction.
 *   STATUS_CONFLICT  a step was written that the snapshot of this one does not show, by whichever
 *                    process, or something damaged has changed: prepare it again */
enum status compaction_write(struct call *call, struct compaction *compaction);

/* After the commit: the index forgets the messages that are in blocks, set aside or gone. Those in
 * blocks are to be deleted. */
void compaction_forget(const struct compaction *compaction, struct journal_index *journal_index,
                       struct journal_trim *journal_trim);

/* Rows that the step's snapshot did not show. */
struct compaction_missing {
    size_t count;
    int64_t organization_id, sensor_id, first_id; /* of the first one */
};

/* After compaction_write(). *behind: the writer sees them, so the snapshot was too old. *gone: the
 * writer does not see them either. */
void compaction_find_missing(const struct compaction *compaction, struct compaction_missing *behind,
                             struct compaction_missing *gone);

#endif
