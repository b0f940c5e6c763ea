#include "service/clock.h"

#include "service/transaction.h"
#include "support/check.h"
#include "verbs.h"

static enum status
nothing(struct call *call, void *with)
{
    (void)call, (void)with;
    return STATUS_OK;
}

static void
stands_still_or_refuses(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    utc_seconds mark;

    check_int(clock_mark(call, &mark), STATUS_OK);
    check_int(mark, 0);
    check_int(transact(call, nothing, NULL), STATUS_OK);
    check_int(clock_mark(call, &mark), STATUS_OK);
    check_int(mark, NOON);

    call->now = NOON + CLOCK_MARK_SECONDS - 1; /* the mark is young enough */
    check_int(transact(call, nothing, NULL), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT latest_at FROM clock_mark"), NOON);

    call->now = NOON - CLOCK_SLACK_SECONDS; /* a little behind: time stands still */
    check_int(transact(call, nothing, NULL), STATUS_OK);
    check_int(call->now, NOON);

    call->now = NOON - CLOCK_SLACK_SECONDS - 1;
    check_failed(fixture, transact(call, nothing, NULL), STATUS_BUSY, "clock_behind", "");
    check_int(fixture_count(fixture, "SELECT latest_at FROM clock_mark"), NOON);

    call->now = NOON + HOUR;
    check_int(transact(call, nothing, NULL), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT latest_at FROM clock_mark"), NOON + HOUR);
}

TEST(clock_set_back_stands_still_or_puts_off_every_write)
{
    with_each_store(stands_still_or_refuses);
}
