#include "service/core/throttle.h"

#include <string.h>

#include "service/core/transaction.h"
#include "support/check.h"
#include "support/verbs.h"

/* Wrong tries at these instants, and when the next try is allowed. */
TEST(throttle_waits_after_five_within_an_hour)
{
    static const struct {
        const char *name;
        utc_seconds tries[12];
        utc_seconds wait_until;
    } rows[] = {
        { "four are free", { 1, 2, 3, 4 }, 0 },
        { "the fifth waits", { 1, 2, 3, 4, 5 }, 35 },
        { "the fifth an hour later", { 1, 2, 3, 4, 3601 }, 0 },
        { "the fifth a second sooner", { 1, 2, 3, 4, 3600 }, 3630 },
        { "always five within an hour", { 1, 2, 3500, 3501, 3602, 3603, 3604 }, 3634 },
        { "doubling", { 1, 2, 3, 4, 5, 35 }, 95 },
        { "doubling again", { 1, 2, 3, 4, 5, 35, 95 }, 215 },
        { "at most an hour", { 1, 2, 3, 4, 5, 35, 95, 215, 455, 935, 1895, 3815 }, 7415 },
        { "an hour of peace after the wait", { 1, 2, 3, 4, 5, 35 + 3600 }, 0 },
        { "a second less", { 1, 2, 3, 4, 5, 35 + 3599 }, 35 + 3599 + 60 },
        { "by a clock that was far ahead", { 70000001, 70000002, 70000003, 70000004, 5 }, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct throttle_record record = { 0 };
        check_row(rows[i].name);
        for (size_t j = 0; j < 12 && rows[i].tries[j]; j++)
            throttle_add(&record, rows[i].tries[j], THROTTLE_FREE_TRIES);
        check_int(record.wait_until, rows[i].wait_until);
    }
}

static enum status
wrong(struct call *call, void *with)
{
    return throttle_count_failure(call, with,
                                  call_fail(call, STATUS_NOT_FOUND, "wrong", "f", "it is wrong"));
}

static enum status
forget(struct call *call, void *with)
{
    return throttle_forget(call, with);
}

static void
counts_although_the_verb_fails(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    char subject[] = "code:x";

    for (int i = 0; i < THROTTLE_FREE_TRIES; i++) {
        check_int(throttle_check(call, subject, "slow", "wait"), STATUS_OK);
        check_failed(fixture, transact(call, wrong, subject), STATUS_NOT_FOUND, "wrong", "f");
    }
    enum status status = throttle_check(call, subject, "slow", "wait");
    check_int(call->db.fault.until, NOON + THROTTLE_FIRST_WAIT_SECONDS);
    check_failed(fixture, status, STATUS_SLOW_DOWN, "slow", "");
    check_int(throttle_check(call, "code:y", "slow", "wait"), STATUS_OK);

    call->now += THROTTLE_FIRST_WAIT_SECONDS;
    check_int(throttle_check(call, subject, "slow", "wait"), STATUS_OK);
    check_failed(fixture, transact(call, wrong, subject), STATUS_NOT_FOUND, "wrong", "f");
    check_int(transact(call, forget, subject), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM throttle"), 0);
}

TEST(throttle_counts_a_try_even_if_the_verb_fails)
{
    with_each_store(counts_although_the_verb_fails);
}

static void
forgets(struct fixture *fixture)
{
    struct call *call = &fixture->call;

    check_int(transact(call, wrong, "code:a"), STATUS_NOT_FOUND);
    check_int(transact(call, wrong, "code:b"), STATUS_NOT_FOUND);
    call->now += THROTTLE_WINDOW_SECONDS;
    check_int(transact(call, wrong, "code:c"), STATUS_NOT_FOUND);
    check_int(fixture_count(fixture, "SELECT count(*) FROM throttle"), 1);
}

TEST(throttle_deletes_old_records)
{
    with_each_store(forgets);
}

static enum status
take(struct call *call, void *with)
{
    return throttle_quota_take(call, with);
}

static void
limits_a_day(struct fixture *fixture)
{
    struct throttle_quota quota = { "send:x", 3, "too_many", "wait" };
    struct call *call = &fixture->call;
    utc_seconds began = call->now;

    for (int i = 0; i < 3; i++, call->now += 10)
        check_int(transact(call, take, &quota), STATUS_OK);
    enum status status = transact(call, take, &quota);
    check_int(call->db.fault.until, began + UTC_DAY);
    check_failed(fixture, status, STATUS_SLOW_DOWN, "too_many", "");
    call->now = began + UTC_DAY; /* the first one is a day old */
    check_int(transact(call, take, &quota), STATUS_OK);
    status = transact(call, take, &quota);
    check_int(call->db.fault.until, began + 10 + UTC_DAY);
    check_failed(fixture, status, STATUS_SLOW_DOWN, "too_many", "");
    fixture_script(fixture, "DELETE FROM clock_mark");
    call->now = began - 10 * UTC_DAY; /* those of a wrong clock do not count */
    check_int(transact(call, take, &quota), STATUS_OK);
}

TEST(throttle_quota_limits_each_span_of_a_day)
{
    with_each_store(limits_a_day);
}

static _Atomic int taken, refused;

static void
take_in_thread(struct call *call, int thread, void *with)
{
    (void)thread;
    for (int i = 0; i < 20; i++) {
        enum status status = transact(call, take, with);
        taken += status == STATUS_OK;
        refused += status == STATUS_SLOW_DOWN;
        i -= status == STATUS_BUSY; /* the other one had the store for too long */
        call->db.fault = (struct fault){ 0 };
    }
}

static void
limits_two_at_once(struct fixture *fixture)
{
    struct throttle_quota quota = { "send:x", 20, "too_many", "wait" };

    taken = refused = 0;
    run_in_two_threads(fixture, take_in_thread, &quota);
    check_int(taken, 20);
    check_int(refused, 20);
}

TEST(throttle_quota_limits_two_servers_together)
{
    with_each_store(limits_two_at_once);
}
