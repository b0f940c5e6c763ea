#include "service/measurement/sweep.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "service/core/transaction.h"
#include "statements.h"
#include "store/store.h"

enum { FIRST_ROOM = 4096, STEP_ROWS = 2048 };

void
sweep_clear(struct sweep *sweep)
{
    free(sweep->ids);
    *sweep = (struct sweep){ 0 };
}

void
sweep_add(struct sweep *sweep, const int64_t *ids, size_t count)
{
    if (count == 0)
        return;
    if (sweep->count + count > sweep->room) {
        size_t room = 2 * (sweep->count + count);
        sweep->room = room > FIRST_ROOM ? room : FIRST_ROOM;
        sweep->ids = memory_must(realloc(sweep->ids, sweep->room * sizeof *sweep->ids));
    }
    memcpy(sweep->ids + sweep->count, ids, count * sizeof *ids);
    sweep->count += count;
}

static int
by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

void
sweep_sort(struct sweep *sweep)
{
    if (sweep->count > 0)
        qsort(sweep->ids, sweep->count, sizeof *sweep->ids, by_id);
}

struct step {
    const uint8_t *value; /* of the step of sealing before it */
    const int64_t *ids;
    size_t count;
    bool blocks_lost;
};

static enum status
check_blocks_are_there(struct call *call, const struct step *step)
{
    struct sealing_step_out now = { .value = { "", 0 } };
    bool found;
    enum status status = sealing_step(call->store, call->arena, &now, &found, &call->fault);

    if (!status && (step->blocks_lost || step_value_is_before(now.value, step->value)))
        return fail(&call->fault, STATUS_CONFLICT, "", "",
                    "the store has lost blocks that were written to it");
    return status;
}

static enum status
step_body(struct call *call, void *with)
{
    const struct step *step = with;
    int64_t deleted;
    struct journal_delete_in *rows = arena_new(call->arena, step->count * sizeof *rows);
    enum status status = check_blocks_are_there(call, step);

    if (status)
        return status;
    if (!rows)
        return fail(&call->fault, STATUS_TOO_LARGE, "", "", "too much to delete in one step");
    for (size_t i = 0; i < step->count; i++)
        rows[i].id = step->ids[i];
    return journal_delete(call->store, call->arena, rows, step->count, &deleted, &call->fault);
}

size_t
sweep_step_rows(const struct sweep *sweep, size_t from)
{
    size_t left = sweep->count - from;

    return left < STEP_ROWS ? left : STEP_ROWS;
}

enum status
sweep_step(struct call *call, const struct sweep *sweep, size_t from)
{
    struct step step = {
        .value = sweep->step,
        .count = sweep_step_rows(sweep, from),
        .blocks_lost = sweep->blocks_lost,
    };

    if (step.count == 0)
        return STATUS_OK;
    step.ids = sweep->ids + from;
    return transact(call, step_body, &step);
}

void
sweep_remove(struct sweep *sweep, size_t count)
{
    sweep->count -= count;
    if (sweep->count > 0)
        memmove(sweep->ids, sweep->ids + count, sweep->count * sizeof *sweep->ids);
}
