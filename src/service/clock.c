#include "service/clock.h"

#include <string.h>

#include "statements.h"
#include "store/store.h"

enum status
clock_mark(struct call *call, utc_seconds *out)
{
    struct clock_mark_get_out mark;
    enum status status = clock_mark_get(call->store, call->arena, &mark, &call->fault);

    if (!status)
        *out = mark.latest_at;
    return status;
}

enum status
clock_settle(struct call *call)
{
    utc_seconds mark;
    enum status status = clock_mark(call, &mark);

    if (status)
        return status;
    if (call->now < mark - CLOCK_SLACK_SECONDS) {
        char now[UTC_TEXT_SIZE], latest[UTC_TEXT_SIZE];
        utc_format(now, call->now);
        utc_format(latest, mark);
        return fail(&call->fault, STATUS_BUSY, "clock_behind", "",
                    "the server's clock reads %s, but it has acted at %s: set the clock right", now,
                    latest);
    }
    if (call->now < mark)
        call->now = mark;
    if (call->now < mark + CLOCK_MARK_SECONDS)
        return STATUS_OK;
    return clock_mark_raise(call->store, call->arena, &(struct clock_mark_raise_in){ call->now },
                            NULL, &call->fault);
}
