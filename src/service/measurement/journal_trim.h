/*
 * journal_trim.h - deletes what is compacted from the journal, a step a transaction.
 *
 * Compaction goes by sensor, and the messages of a few sensors are spread over all of the journal:
 * deleting them with each step would write most of the journal's pages each time. So they
 * are gathered, and deleted in the order in which they were appended. Until then a message stands
 * in the journal and in a block, which does no harm: once is once. After a crash, or a stop in
 * between, it is compacted again.
 *
 * Nothing is deleted from a store that has lost the blocks, as after a change to a standby that
 * lagged: each transaction looks for the last step of compaction.
 */
#ifndef SERVICE_MEASUREMENT_JOURNAL_TRIM_H
#define SERVICE_MEASUREMENT_JOURNAL_TRIM_H

#include "service/core/call.h"
#include "service/measurement/compaction_mark.h"

struct journal_trim {
    uint8_t step[COMPACTION_MARK_BYTES]; /* the last one that compacted some of them */
    int64_t *ids;                        /* of compacted messages */
    size_t count, room;
    bool blocks_lost; /* that step was written to a store that had lost an earlier one of them */
};

/* Zeroed is empty. The owner calls journal_trim_clear(). */
void journal_trim_clear(struct journal_trim *journal_trim);

void journal_trim_add(struct journal_trim *journal_trim, const int64_t *ids, size_t count);

/* All that is to be deleted has been added. */
void journal_trim_sort(struct journal_trim *journal_trim);

/* Deletes some messages, as many as journal_trim_step_rows() says, from ids[from] on.
 *   STATUS_CONFLICT  the store does not hold the step that compacted them: nothing is deleted. They
 *                    have to be compacted again */
enum status journal_trim_step(struct call *call, const struct journal_trim *journal_trim,
                              size_t from);
size_t journal_trim_step_rows(const struct journal_trim *journal_trim, size_t from);

/* The first ones are deleted. */
void journal_trim_remove(struct journal_trim *journal_trim, size_t count);

#endif
