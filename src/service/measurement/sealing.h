/*
 * sealing.h - moves measurements from the journal into blocks of a sensor and day.
 *
 * A step reads some sensors' messages, merges them with the blocks they belong
 * to and compresses, all beside the writer; then one short transaction writes
 * the blocks. The messages are deleted later (sweep.h).
 *
 * Only what was read is moved. A row that the index names and the step's snapshot does not show is
 * looked for again by the writer's connection, which sees everything that was acknowledged:
 * - The writer sees it: the snapshot is older than the index. The row stays, for a later step.
 * - The writer does not see it: another process has sealed and deleted it. The index forgets it.
 *
 * Only what cannot be read is set aside. A message, block or status whose bytes are damaged moves
 * to the table `damaged` in the step's transaction, after the writer has found it damaged as well.
 * New samples of the day go to a new block; the status is made anew (latest.h).
 */
#ifndef SERVICE_MEASUREMENT_SEALING_H
#define SERVICE_MEASUREMENT_SEALING_H

#include "service/core/call.h"
#include "service/measurement/sweep.h"
#include "service/measurement/tail.h"

struct sealing; /* one step; lives in the arena of the call that prepared it */

/* Reads and merges the sensors from sensors[*done] on, until the step is worth a transaction: some
 * 2,000 messages and 10 ms, less where blocks are so large that they fill a fourth of the arena.
 * Moves *done on: behind the last one it has taken, after a failure behind the one that failed.
 *   STATUS_BROKEN     the store is broken
 *   STATUS_TOO_LARGE  the arena is too small for a sensor */
enum status sealing_prepare(struct call *call, const struct tail_sensor *sensors, size_t count,
                            size_t *done, struct sealing **out);
/* The same, four times as long: for a sealer that is far behind. */
enum status sealing_prepare_long(struct call *call, const struct tail_sensor *sensors, size_t count,
                                 size_t *done, struct sealing **out);

/* Writes a prepared step, inside or outside a transaction.
 *   STATUS_CONFLICT  a step was written that the snapshot of this one does not show, by whichever
 *                    process, or something damaged has changed: prepare it again */
enum status sealing_write(struct call *call, struct sealing *sealing);

/* After the commit: the index forgets the messages that are in blocks, set aside or gone. Those in
 * blocks are to be deleted. */
void sealing_forget(const struct sealing *sealing, struct tail *tail, struct sweep *sweep);

/* Rows that the step's snapshot did not show. */
struct sealing_missing {
    size_t count;
    int64_t organization_id, sensor_id, first_id; /* of the first one */
};

/* After sealing_write(). *behind: the writer sees them, so the snapshot was too old. *gone: the
 * writer does not see them either. */
void sealing_find_missing(const struct sealing *sealing, struct sealing_missing *behind,
                          struct sealing_missing *gone);

#endif
