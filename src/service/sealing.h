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

/* Reads and merges the sensors from sensors[*done] on, until the step is large
 * enough to be worth a transaction of a few milliseconds; moves *done on. */
enum status sealing_prepare(struct call *call, const struct tail_sensor *sensors, size_t count,
                            size_t *done, struct sealing **out);

/* Writes a prepared step, inside or outside a transaction.
 *   STATUS_CONFLICT  another process has sealed meanwhile: prepare it again */
enum status sealing_write(struct call *call, const struct sealing *sealing);

/* After the commit: the index forgets the messages, and they are to be deleted. */
void sealing_forget(const struct sealing *sealing, struct tail *tail, struct sweep *sweep);

/* How many messages the step moves. */
size_t sealing_messages(const struct sealing *sealing);

#endif
