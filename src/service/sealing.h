/*
 * sealing.h - moves measurements from the journal into blocks of a sensor and day.
 *
 * A step reads some sensors' messages, merges them with the blocks they belong
 * to and compresses, all beside the writer; then one short transaction writes
 * the blocks. The messages are deleted later (sweep.h).
 */
#ifndef SERVICE_SEALING_H
#define SERVICE_SEALING_H

#include "service/call.h"
#include "service/sweep.h"
#include "service/tail.h"

struct sealing; /* one step; lives in the arena of the call that prepared it */

/* Reads and merges the sensors from sensors[*done] on, until the step is worth a transaction: some
 * 2,000 messages and 10 ms, less where blocks are so large that they fill a fourth of the arena.
 * Moves *done on: behind the last one it has taken, after a failure behind the one that failed.
 *   STATUS_BROKEN     the store is broken, or what it holds of a sensor
 *   STATUS_TOO_LARGE  the arena is too small for a sensor */
enum status sealing_prepare(struct call *call, const struct tail_sensor *sensors, size_t count,
                            size_t *done, struct sealing **out);
/* The same, four times as long: for who is far behind. */
enum status sealing_prepare_long(struct call *call, const struct tail_sensor *sensors, size_t count,
                                 size_t *done, struct sealing **out);

/* Writes a prepared step, inside or outside a transaction.
 *   STATUS_CONFLICT  another process has sealed meanwhile: prepare it again */
enum status sealing_write(struct call *call, const struct sealing *sealing);

/* After the commit: the index forgets the messages, and they are to be deleted. */
void sealing_forget(const struct sealing *sealing, struct tail *tail, struct sweep *sweep);

#endif
