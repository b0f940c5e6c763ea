/*
 * evaluator.h - evaluates alarm rules while measurements are saved, in the same transaction.
 *
 * Nearly all samples come in order. They are evaluated in memory: nothing is read, and nothing is
 * written unless an alert begins, changes or ends. Late samples are evaluated by alarm_replay.h. So
 * the alerts on values are a function of the set of saved samples.
 *
 * The message that arrived last decides about battery, clock and tampering, and any message
 * restores a connection (sensor_facts.h).
 */
#ifndef SERVICE_ALARM_EVALUATOR_H
#define SERVICE_ALARM_EVALUATOR_H

#include "service/core/call.h"
#include "service/coverage/coverage_table.h"

struct evaluator;

/* A message that is saved, with its admitted samples. They live until evaluator_write(). */
struct saved_message {
    int64_t sensor_id;
    const struct delivery *delivery; /* of any kind */
    const struct sample *samples;
    size_t count;              /* 0: none was admitted */
    uint32_t refused_for_time; /* samples: GATE_REFUSE_BAD_TIMESTAMP */
    int64_t clock_offset;      /* seconds that the newest of these is ahead of now; negative: behind
                                  it; 0: none was refused */
};

struct evaluator *evaluator_open(void);
void evaluator_close(struct evaluator *evaluator); /* NULL is allowed */

/* Inside the transaction: loads the rules and sensors of these serials. */
enum status evaluator_begin(struct evaluator *evaluator, struct call *call,
                            const struct coverage_table *table, const struct serial *serials,
                            size_t count);

/* Once for each delivery of a sensor that is covered now or has admitted samples. */
enum status evaluator_add(struct evaluator *evaluator, struct call *call,
                          const struct saved_message *message);

/* Writes the alerts that changed, as the last step of the transaction. */
enum status evaluator_write(struct evaluator *evaluator, struct call *call);

/* After the transaction, and before it is tried again. */
void evaluator_end(struct evaluator *evaluator, bool committed);

/* True if since the last call alerts began, changed or ended, or a sensor falls due soon. */
bool evaluator_take_changed(struct evaluator *evaluator);

#endif
