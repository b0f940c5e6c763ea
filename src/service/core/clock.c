#include "service/core/clock.h"

#include <string.h>

#include "statements.h"
#include "store/store.h"

enum status
clock_mark(struct call *call, utc_seconds *out)
{
    struct clock_mark_get_out mark;
    enum status status = clock_mark_get(&call->db, &mark);

    if (!status)
        *out = mark.latest_at;
    return status;
}

static enum status
behind(struct call *call, utc_seconds mark)
{
    char now[UTC_TEXT_SIZE], latest[UTC_TEXT_SIZE];

    utc_format(now, call->now);
    utc_format(latest, mark);
    return call_fail(call, STATUS_BUSY, "clock_behind", "",
                     "the server's clock reads %s, but it has acted at %s: correct the clock", now,
                     latest);
}

static enum status
raise_mark(struct call *call)
{
    call->clock_stored = call->now;
    return clock_mark_raise(&call->db, &(struct clock_mark_raise_in){ call->now }, NULL);
}

enum status
clock_settle(struct call *call, utc_seconds stored)
{
    utc_seconds mark = stored;

    if (call->clock && call->clock->latest > mark)
        mark = call->clock->latest;
    if (call->now < mark - CLOCK_SLACK_SECONDS)
        return behind(call, mark);
    if (call->now < mark)
        call->now = mark;
    if (call->clock)
        call->clock->latest = call->now;
    call->clock_stored = stored;
    return call->now < stored + CLOCK_MARK_SECONDS ? STATUS_OK : raise_mark(call);
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
