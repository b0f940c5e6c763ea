#include "service/core/throttle_distinct.h"

#include <stdio.h>

#include "service/core/transaction.h"
#include "support/check.h"
#include "support/verbs.h"

enum { MOST = 4 };

struct question {
    const char *subjects[THROTTLE_SUBJECTS];
    uint64_t thing;
    enum throttle_answer answer;
    utc_seconds until;
};

static enum status
question_body(struct call *call, void *with)
{
    struct question *question = with;
    struct throttle_counter counter = { .most = MOST };

    for (size_t i = 0; i < THROTTLE_SUBJECTS && question->subjects[i]; i++)
        throttle_subject(counter.subjects[counter.count++].subject, "test", question->subjects[i]);
    enum status status = throttle_counter_lock(call, &counter);
    if (status)
        return status;
    question->answer = throttle_counter_ask(&counter, question->thing, call->now);
    question->until = throttle_counter_until(&counter, call->now);
    status = throttle_counter_keep(call, &counter);
    return status ? status : throttle_drop_old(call);
}

static enum throttle_answer
ask_thing(struct fixture *fixture, const char *one, const char *two, uint64_t thing)
{
    struct question question = { .subjects = { one, two }, .thing = thing };

    check_int(transact(&fixture->call, question_body, &question), STATUS_OK);
    check_int(question.until > 0, question.answer == THROTTLE_TOO_MANY);
    return question.answer;
}

static void
counts(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now = NOON;

    check_int(ask_thing(fixture, "a", "x", 1), THROTTLE_NEW);
    check_int(ask_thing(fixture, "a", "x", 1), THROTTLE_KNOWN);
    check_int(ask_thing(fixture, "a", "y", 1), THROTTLE_NEW); /* for y it is new */
    check_int(ask_thing(fixture, "a", "x", UINT64_MAX), THROTTLE_NEW);
    check_int(ask_thing(fixture, "b", "x", 3), THROTTLE_NEW);
    check_int(ask_thing(fixture, "b", "x", 4), THROTTLE_TOO_MANY); /* the fourth of x */
    check_int(ask_thing(fixture, "b", "y", 5), THROTTLE_NEW);      /* b and y have some left */

    /* An hour after a thing it is new again, and a wait that is over long ago is forgotten. */
    fixture->call.now = now + THROTTLE_WINDOW_SECONDS - 1;
    check_int(ask_thing(fixture, "a", NULL, 1), THROTTLE_KNOWN);
    fixture->call.now = now + 30 + THROTTLE_WINDOW_SECONDS;
    check_int(ask_thing(fixture, "a", NULL, 1), THROTTLE_NEW);
    check_int(ask_thing(fixture, "b", "x", 6), THROTTLE_NEW);
}

TEST(things_count_once_an_hour_against_each_subject)
{
    with_each_store(counts);
}

TEST(a_full_counter_waits_longer_each_time)
{
    struct throttle_counter counter = { .most = 2, .count = 1 };
    utc_seconds now = NOON;

    check_int((int64_t)throttle_counter_left(&counter), 1);
    check_int(throttle_counter_ask(&counter, 1, now), THROTTLE_NEW);
    check_int((int64_t)throttle_counter_left(&counter), 0);
    for (uint64_t i = 0; i < 2 * THROTTLE_MOST_THINGS; i++) {
        check_int(throttle_counter_ask(&counter, 100 + i, now), THROTTLE_TOO_MANY);
        check_int(throttle_counter_until(&counter, now), now + throttle_wait_seconds((int64_t)i));
        now = throttle_counter_until(&counter, now);
    }
    check_int(throttle_wait_seconds(0), THROTTLE_FIRST_WAIT_SECONDS);
    check_int(throttle_wait_seconds(99), THROTTLE_LONGEST_WAIT_SECONDS);
}
