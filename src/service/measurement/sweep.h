/*
 * sweep.h - deletes what is sealed from the journal, a step a transaction.
 *
 * Sealing goes by sensor, and the messages of a few sensors are spread over all of the journal:
 * deleting them with each step would write most of the journal's pages each time. So they
 * are gathered, and deleted in the order in which they were appended. Until then a message stands
 * in the journal and in a block, which does no harm: once is once. After a crash, or a stop in
 * between, it is sealed again.
 *
 * Nothing is deleted from a store that has lost the blocks, as after a change to a standby that
 * lagged: each transaction looks for the last step of sealing.
 */
#ifndef SERVICE_MEASUREMENT_SWEEP_H
#define SERVICE_MEASUREMENT_SWEEP_H

#include "service/core/call.h"
#include "service/measurement/step_value.h"

struct sweep {
    uint8_t step[STEP_VALUE_BYTES]; /* the last one that sealed some of them */
    int64_t *ids;                   /* of sealed messages */
    size_t count, room;
    bool blocks_lost; /* that step was written to a store that had lost an earlier one of them */
};

/* Zeroed is empty. The owner calls sweep_clear(). */
void sweep_clear(struct sweep *sweep);

void sweep_add(struct sweep *sweep, const int64_t *ids, size_t count);

/* All that is to be deleted has been added. */
void sweep_sort(struct sweep *sweep);

/* Deletes some messages, as many as sweep_step_rows() says, from ids[from] on.
 *   STATUS_CONFLICT  the store does not hold the step that sealed them: nothing is deleted. They
 *                    have to be sealed again */
enum status sweep_step(struct call *call, const struct sweep *sweep, size_t from);
size_t sweep_step_rows(const struct sweep *sweep, size_t from);

/* The first ones are deleted. */
void sweep_remove(struct sweep *sweep, size_t count);

#endif
