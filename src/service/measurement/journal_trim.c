#include "service/measurement/journal_trim.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "service/core/transaction.h"
#include "statements.h"
#include "store/store.h"

enum { FIRST_ROOM = 4096, STEP_ROWS = 2048 };

void
journal_trim_clear(struct journal_trim *trim)
{
    free(trim->ids);
    *trim = (struct journal_trim){ 0 };
}

void
journal_trim_add(struct journal_trim *trim, const int64_t *ids, size_t count)
{
    if (count == 0)
        return;
    if (trim->count + count > trim->room) {
        size_t room = 2 * (trim->count + count);
        trim->room = room > FIRST_ROOM ? room : FIRST_ROOM;
        trim->ids = memory_must(realloc(trim->ids, trim->room * sizeof *trim->ids));
    }
    memcpy(trim->ids + trim->count, ids, count * sizeof *ids);
    trim->count += count;
}

static int
trim_by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

void
journal_trim_sort(struct journal_trim *trim)
{
    if (trim->count > 0)
        qsort(trim->ids, trim->count, sizeof *trim->ids, trim_by_id);
}

struct trim_context {
    const struct journal_trim *trim;
    size_t from, count;
};

static enum status
trim_check_blocks(struct call *call, const struct journal_trim *trim)
{
    struct compaction_step_out now = { .value = { "", 0 } };
    bool found;
    enum status status = compaction_step(&call->db, &now, &found);

    if (!status && (trim->blocks_lost || compaction_mark_is_before(now.value, trim->step)))
        return call_fail(call, STATUS_CONFLICT, "", "",
                         "the store has lost blocks that were written to it");
    return status;
}

static enum status
trim_step_body(struct call *call, void *with)
{
    const struct trim_context *step = with;
    int64_t deleted;
    enum status status = trim_check_blocks(call, step->trim);

    if (status)
        return status;
    struct journal_delete_in *rows = call_new(call, step->count * sizeof *rows);
    if (!rows)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < step->count; i++)
        rows[i].id = step->trim->ids[step->from + i];
    return journal_delete(&call->db, rows, step->count, &deleted);
}

size_t
journal_trim_step_rows(const struct journal_trim *trim, size_t from)
{
    size_t left = trim->count - from;

    return left < STEP_ROWS ? left : STEP_ROWS;
}

enum status
journal_trim_step(struct call *call, const struct journal_trim *trim, size_t from)
{
    struct trim_context step = { trim, from, journal_trim_step_rows(trim, from) };

    return step.count == 0 ? STATUS_OK : transact(call, trim_step_body, &step);
}

void
journal_trim_remove(struct journal_trim *trim, size_t count)
{
    trim->count -= count;
    if (trim->count > 0)
        memmove(trim->ids, trim->ids + count, trim->count * sizeof *trim->ids);
}
