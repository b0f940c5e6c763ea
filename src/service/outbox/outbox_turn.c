#include "service/outbox/outbox_turn.h"

#include <stdio.h>
#include <stdlib.h>

#include "statements.h"
#include "store/store.h"

static const char behind_all_targets[] = "\xf4\x8f\xbf\xbf"; /* U+10FFFF */

void
outbox_turn_begin(struct outbox_turn *turn)
{
    *turn = (struct outbox_turn){ .organization_id = INT64_MIN, .is_idle = true };
}

void
outbox_turn_skip(struct outbox_turn *turn, int64_t organization_id)
{
    turn->organization_id = organization_id;
    turn->is_idle = false;
    snprintf(turn->target, sizeof turn->target, "%s", behind_all_targets);
}

static int
turn_compare(const void *left, const void *right)
{
    const struct outbox_try *a = left, *b = right;

    if (a->organization_id != b->organization_id)
        return a->organization_id < b->organization_id ? -1 : 1;
    if (a->seen != b->seen)
        return a->seen < b->seen ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* Without a backlog this is one look into a small index. */
static enum status
turn_is_due(struct call *call, const char *kind, bool *due)
{
    struct outbox_due_in in = { kind, call->now };
    struct outbox_due_out out;
    enum status status = outbox_due(&call->db, &in, &out);

    *due = !status && out.is;
    return status;
}

enum status
outbox_turn_look(struct call *call, const char *kind, struct outbox_turn *turn,
                 struct outbox_try_list *out, bool *last)
{
    struct outbox_turns_in in = { kind, call->now, turn->organization_id, turn->target,
                                  OUTBOX_TURN_MOST };
    struct outbox_turns_out *rows;
    size_t count;
    bool due;
    enum status status = turn_is_due(call, kind, &due);

    *out = (struct outbox_try_list){ 0 };
    *last = true;
    if (status || !due)
        return status;
    status = outbox_turns(&call->db, &in, &rows, &count);
    if (status)
        return status;
    out->items = call_new(call, (count + 1) * sizeof *out->items);
    if (!out->items)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        if (rows[i].due)
            out->items[out->count++] = (struct outbox_try){ rows[i].organization_id, rows[i].id,
                                                            rows[i].next_try_at, rows[i].target };
    qsort(out->items, out->count, sizeof *out->items, turn_compare);
    *last = count < OUTBOX_TURN_MOST;
    if (count > 0) {
        turn->organization_id = rows[count - 1].organization_id;
        snprintf(turn->target, sizeof turn->target, "%s", rows[count - 1].target);
    }
    return STATUS_OK;
}
