#include "service/measurement/journal_trim.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "service/core/transaction.h"
#include "statements.h"
#include "store/store.h"

enum { FIRST_ROOM = 4096, STEP_ROWS = 2048 };

void
journal_trim_clear(struct journal_trim *journal_trim)
{
    free(journal_trim->ids);
    *journal_trim = (struct journal_trim){ 0 };
}

void
journal_trim_add(struct journal_trim *journal_trim, const int64_t *ids, size_t count)
{
    if (count == 0)
        return;
    if (journal_trim->count + count > journal_trim->room) {
        size_t room = 2 * (journal_trim->count + count);
        journal_trim->room = room > FIRST_ROOM ? room : FIRST_ROOM;
        journal_trim->ids =
            memory_must(realloc(journal_trim->ids, journal_trim->room * sizeof *journal_trim->ids));
    }
    memcpy(journal_trim->ids + journal_trim->count, ids, count * sizeof *ids);
    journal_trim->count += count;
}

static int
journal_trim_by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

void
journal_trim_sort(struct journal_trim *journal_trim)
{
    if (journal_trim->count > 0)
        qsort(journal_trim->ids, journal_trim->count, sizeof *journal_trim->ids,
              journal_trim_by_id);
}

struct step {
    const uint8_t *value; /* of the step of compaction before it */
    const int64_t *ids;
    size_t count;
    bool blocks_lost;
};

static enum status
check_blocks_are_there(struct call *call, const struct step *step)
{
    struct compaction_step_out now = { .value = { "", 0 } };
    bool found;
    enum status status = compaction_step(&call->db, &now, &found);

    if (!status && (step->blocks_lost || compaction_mark_is_before(now.value, step->value)))
        return call_fail(call, STATUS_CONFLICT, "", "",
                         "the store has lost blocks that were written to it");
    return status;
}

static enum status
journal_trim_step_body(struct call *call, void *with)
{
    const struct step *step = with;
    int64_t deleted;
    struct journal_delete_in *rows = call_new(call, step->count * sizeof *rows);
    enum status status = check_blocks_are_there(call, step);

    if (status)
        return status;
    if (!rows)
        return call_fail(call, STATUS_TOO_LARGE, "", "", "too much to delete in one step");
    for (size_t i = 0; i < step->count; i++)
        rows[i].id = step->ids[i];
    return journal_delete(&call->db, rows, step->count, &deleted);
}

size_t
journal_trim_step_rows(const struct journal_trim *journal_trim, size_t from)
{
    size_t left = journal_trim->count - from;

    return left < STEP_ROWS ? left : STEP_ROWS;
}

enum status
journal_trim_step(struct call *call, const struct journal_trim *journal_trim, size_t from)
{
    struct step step = {
        .value = journal_trim->step,
        .count = journal_trim_step_rows(journal_trim, from),
        .blocks_lost = journal_trim->blocks_lost,
    };

    if (step.count == 0)
        return STATUS_OK;
    step.ids = journal_trim->ids + from;
    return transact(call, journal_trim_step_body, &step);
}

void
journal_trim_remove(struct journal_trim *journal_trim, size_t count)
{
    journal_trim->count -= count;
    if (journal_trim->count > 0)
        memmove(journal_trim->ids, journal_trim->ids + count,
                journal_trim->count * sizeof *journal_trim->ids);
}
