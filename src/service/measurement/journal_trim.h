/*
 * journal_trim.h - deletes compacted messages from the journal, one step a transaction.
 *
 * Compaction works by sensor, and the messages of a few sensors are spread over the whole journal:
 * deleting them in each step would write most of the journal's pages each time. So their ids are
 * gathered and deleted in the order in which they were appended. Until then a message is in the
 * journal and in a block, which does no harm: each sample counts once. After a crash or a stop in
 * between it is compacted again.
 *
 * Nothing is deleted from a store that has lost the blocks, as after a switch to a standby that
 * lagged: each transaction checks for the last step of compaction.
 */
#ifndef SERVICE_MEASUREMENT_JOURNAL_TRIM_H
#define SERVICE_MEASUREMENT_JOURNAL_TRIM_H

#include "service/core/call.h"
#include "service/measurement/compaction_mark.h"

struct journal_trim {
    uint8_t step[COMPACTION_MARK_BYTES]; /* the last step that compacted some of them */
    int64_t *ids;                        /* of compacted messages */
    size_t count, room;
    bool blocks_lost; /* the store had lost an earlier one of the steps */
};

/* Zeroed is empty. The owner calls journal_trim_clear(). */
void journal_trim_clear(struct journal_trim *trim);

void journal_trim_add(struct journal_trim *trim, const int64_t *ids, size_t count);

/* After the last journal_trim_add(). */
void journal_trim_sort(struct journal_trim *trim);

/* Deletes journal_trim_step_rows() messages, from ids[from] on.
 *   STATUS_CONFLICT  the store does not hold the step that compacted them: nothing is deleted, and
 *                    they must be compacted again */
enum status journal_trim_step(struct call *call, const struct journal_trim *trim, size_t from);
size_t journal_trim_step_rows(const struct journal_trim *trim, size_t from);

/* Forgets the first ids: they are deleted. */
void journal_trim_remove(struct journal_trim *trim, size_t count);

#endif
