#include "service/core/clock.h"

#include <string.h>

#include "statements.h"
#include "store/store.h"

enum status
clock_read_stored(struct call *call, struct clock_stored *out)
{
    struct clock_mark_get_out row;
    enum status status = clock_mark_get(&call->db, &row);

    if (!status)
        *out = (struct clock_stored){ row.latest_at, row.resets, row.database_at.is,
                                      row.database_at.value };
    return status;
}

int64_t
clock_difference(const struct clock_stored *stored, utc_seconds now)
{
    int64_t ahead = stored->has_database ? now - stored->database_at : 0;

    return ahead > CLOCK_DIFFERENCE_SECONDS || ahead < -CLOCK_DIFFERENCE_SECONDS ? ahead : 0;
}

void
clock_learn(struct clock_memory *memory, const struct clock_stored *stored, utc_seconds now)
{
    if (memory->resets != stored->resets) {
        memory->latest = stored->mark;
        memory->resets = stored->resets;
    }
    if (memory->latest < stored->mark)
        memory->latest = stored->mark;
    memory->difference = memory->checks ? clock_difference(stored, now) : 0;
}

utc_seconds
clock_shown(const struct clock_memory *memory, utc_seconds now)
{
    utc_seconds latest = memory->latest;

    return now < latest ? latest : now;
}

enum clock_state
clock_state(const struct clock_memory *memory, utc_seconds now)
{
    if (now < memory->latest - CLOCK_SLACK_SECONDS)
        return CLOCK_BEHIND;
    return memory->difference ? CLOCK_DIFFERS : CLOCK_RIGHT;
}

static enum status
behind(struct call *call, utc_seconds mark)
{
    char now[UTC_TEXT_SIZE], latest[UTC_TEXT_SIZE];

    utc_format(now, call->now);
    utc_format(latest, mark);
    return call_fail(call, STATUS_BUSY, "clock_behind", "",
                     "the server's clock reads %s, but it has acted at %s: correct the clock, or, "
                     "if the clock is right, run `tenure clock reset`",
                     now, latest);
}

static enum status
differs(struct call *call, const struct clock_stored *stored)
{
    char now[UTC_TEXT_SIZE], database[UTC_TEXT_SIZE];

    utc_format(now, call->now);
    utc_format(database, stored->database_at);
    return call_fail(call, STATUS_BUSY, "clock_differs", "",
                     "the server's clock reads %s, but the database's reads %s: correct the one "
                     "that is wrong",
                     now, database);
}

bool
clock_may_delete(const struct call *call)
{
    return !call->any_clock || !call->clock || clock_state(call->clock, call->now) == CLOCK_RIGHT;
}

enum status
clock_check(struct call *call, struct clock_memory *memory)
{
    struct clock_stored stored;
    utc_seconds now = utc_now();

    if (clock_state(memory, now) == CLOCK_RIGHT)
        return STATUS_OK;
    enum status status = clock_read_stored(call, &stored);
    if (status)
        return status;
    clock_learn(memory, &stored, now);
    enum clock_state state = clock_state(memory, now);
    call->now = state == CLOCK_RIGHT ? clock_shown(memory, now) : now;
    if (state == CLOCK_RIGHT)
        return STATUS_OK;
    return state == CLOCK_BEHIND ? behind(call, memory->latest) : differs(call, &stored);
}

bool
clock_has_failed(const struct fault *fault)
{
    return fault->status == STATUS_BUSY
           && (!strcmp(fault->code, "clock_behind") || !strcmp(fault->code, "clock_differs"));
}

static enum status
raise_mark(struct call *call)
{
    call->clock_stored = call->now;
    return clock_mark_raise(&call->db, &(struct clock_mark_raise_in){ call->now }, NULL);
}

enum status
clock_settle(struct call *call, const struct clock_stored *stored)
{
    struct clock_memory *memory = call->clock;

    if (memory)
        clock_learn(memory, stored, call->now);
    call->clock_stored = stored->mark;
    if (call->any_clock)
        return STATUS_OK;

    utc_seconds mark = memory ? memory->latest : stored->mark;
    if (call->now < mark - CLOCK_SLACK_SECONDS)
        return behind(call, mark);
    if (memory && memory->difference)
        return differs(call, stored);
    if (call->now < mark)
        call->now = mark;
    if (memory)
        memory->latest = call->now;
    return call->now < stored->mark + CLOCK_MARK_SECONDS ? STATUS_OK : raise_mark(call);
}

static bool
passes(const struct call *call, utc_seconds end)
{
    return end > call->clock_stored && end <= call->now;
}

enum status
clock_pass(struct call *call, utc_seconds end)
{
    return passes(call, end) ? raise_mark(call) : STATUS_OK;
}

static enum status
raise_step(struct call *call, int64_t organization_id, bool *more)
{
    (void)organization_id;
    *more = false;
    return call->clock_stored < call->now ? raise_mark(call) : STATUS_OK;
}

enum status
clock_pass_before(struct call *call, utc_seconds end)
{
    if (!passes(call, end) || call->has_caught_up)
        return clock_pass(call, end);
    call->catch_up = (struct catch_up){ .step = raise_step };
    return call_fail(call, STATUS_BUSY, "", "", "time is being recorded; try again");
}
