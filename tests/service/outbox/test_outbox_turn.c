#include "service/outbox/outbox_turn.h"

#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "service/core/transaction.h"
#include "service/outbox/outbox.h"
#include "statements.h"
#include "support/check.h"
#include "support/verbs.h"

enum { ORGANIZATION = 7, OTHER = 8, BACKLOG = 3000, MINUTE = 60, DAY = 86400 };

struct queued {
    int64_t organization_id, webhook_id;
    size_t count;
};

static enum status
queue_calls_body(struct call *call, void *with)
{
    const struct queued *queued = with;
    struct outbox_webhook_call *calls = call_new(call, queued->count * sizeof *calls);

    for (size_t i = 0; i < queued->count; i++)
        calls[i] = (struct outbox_webhook_call){ queued->organization_id, queued->webhook_id,
                                                 "pool.low", "{}" };
    return outbox_put_webhook_calls(call, calls, queued->count, NULL);
}

static void
queue_calls(struct fixture *fixture, int64_t organization_id, int64_t webhook_id, size_t count)
{
    struct queued queued = { organization_id, webhook_id, count };

    check_int(transact(&fixture->call, queue_calls_body, &queued), STATUS_OK);
}

static enum status
queue_mails_body(struct call *call, void *with)
{
    const struct queued *queued = with;
    struct outbox_mail *mails = call_new(call, queued->count * sizeof *mails);

    for (size_t i = 0; i < queued->count; i++) {
        char to[64];
        snprintf(to, sizeof to, "user%05zu@example.com", i);
        mails[i] = (struct outbox_mail){ .organization_id = queued->organization_id,
                                         .purpose = "test",
                                         .to = call_text(call, to),
                                         .letter = { "s", "t", "<p>h" } };
    }
    return outbox_put_mails(call, mails, queued->count, NULL);
}

static struct outbox_try_list
look_from_begin(struct fixture *fixture)
{
    struct outbox_try_list found;
    struct outbox_turn turn;
    bool last;

    outbox_turn_begin(&turn);
    check_int(outbox_turn_look(&fixture->call, "webhook", &turn, &found, &last), STATUS_OK);
    check(last);
    return found;
}

static void
is_not_hidden(struct fixture *fixture)
{
    queue_calls(fixture, ORGANIZATION, 1, BACKLOG);
    fixture->call.now += HOUR;
    queue_calls(fixture, ORGANIZATION, 2, 1);
    queue_calls(fixture, OTHER, 3, 1);
    struct outbox_try_list found = look_from_begin(fixture);
    check_int(found.count, 3);
    check_int(found.items[0].organization_id, ORGANIZATION);
    check_int(found.items[0].seen, fixture->call.now - HOUR); /* it waits longest */
    check_int(found.items[1].organization_id, ORGANIZATION);
    check_int(found.items[1].seen, fixture->call.now);
    check_int(found.items[2].organization_id, OTHER);
}

TEST(a_backlog_hides_neither_another_organization_nor_another_target)
{
    with_each_store(is_not_hidden);
}

static void
come_in_order(struct fixture *fixture)
{
    enum { ALL = 2 * OUTBOX_TURN_MOST + 1 };
    struct queued queued = { ORGANIZATION, 0, ALL };
    char last_target[OUTBOX_TARGET_SIZE] = "";
    struct outbox_turn turn;
    size_t count = 0;
    int looks = 0;

    check_int(transact(&fixture->call, queue_mails_body, &queued), STATUS_OK);
    outbox_turn_begin(&turn);
    for (bool last = false; !last; looks++) {
        struct outbox_try_list found;
        check_int(outbox_turn_look(&fixture->call, "mail", &turn, &found, &last), STATUS_OK);
        check_int(last, looks == 2);
        count += found.count;
        for (size_t i = 0; i < found.count; i++)
            check(strcmp(found.items[i].target, last_target) > 0); /* none of the look before */
        snprintf(last_target, sizeof last_target, "%s", turn.target);
    }
    check_int(count, ALL);
    check_int(looks, 3);
    check(turn.is_idle); /* the sender may rest: it has seen all targets, and began no try */
}

TEST(a_look_goes_on_where_the_last_one_ended)
{
    with_each_store(come_in_order);
}

static void
skips(struct fixture *fixture)
{
    struct outbox_try_list found;
    struct outbox_turn turn;
    bool last;

    queue_calls(fixture, ORGANIZATION, 1, 1);
    queue_calls(fixture, ORGANIZATION, INT64_MAX, 1);
    queue_calls(fixture, OTHER, 1, 1);
    outbox_turn_begin(&turn);
    outbox_turn_skip(&turn, ORGANIZATION);
    check(!turn.is_idle); /* it has not seen the first target */
    check_int(outbox_turn_look(&fixture->call, "webhook", &turn, &found, &last), STATUS_OK);
    check_int(found.count, 1);
    check_int(found.items[0].organization_id, OTHER);
}

TEST(a_look_can_begin_behind_an_organization)
{
    with_each_store(skips);
}

struct trying {
    struct outbox_try try;
    bool claimed;
    struct outcome outcome;
    int64_t attempt;
};

static enum status
claim_body(struct call *call, void *with)
{
    struct trying *trying = with;

    return outbox_try_claim(call, &trying->try, &trying->claimed);
}

static enum status
finish_body(struct call *call, void *with)
{
    const struct trying *trying = with;

    return outbox_try_finish(call, &trying->try, trying->attempt, &trying->outcome);
}

/* Claims the only due message; the receiver answers that it wants none before `retry_at`. */
static struct outbox_get_out
answered(struct fixture *fixture, int64_t attempt, utc_seconds retry_at)
{
    struct outbox_try_list found = look_from_begin(fixture);
    struct trying trying = {
        .outcome = { .end = OUTCOME_LATER, .answer_code = 503, .retry_at = retry_at },
        .attempt = attempt
    };
    struct outbox_get_out row = { 0 };
    bool is;

    check_int(found.count, 1);
    trying.try = found.items[0];
    check_int(transact(&fixture->call, claim_body, &trying), STATUS_OK);
    check(trying.claimed);
    check_int(transact(&fixture->call, finish_body, &trying), STATUS_OK);
    check_int(outbox_get(&fixture->call.db,
                         &(struct outbox_get_in){ trying.try.organization_id, trying.try.id }, &row,
                         &is),
              STATUS_OK);
    return row;
}

static void
keeps_to_it(struct fixture *fixture)
{
    utc_seconds asked = fixture->call.now + 2 * HOUR;

    queue_calls(fixture, ORGANIZATION, 1, 1);
    check_int(answered(fixture, 1, asked).next_try_at, asked);
    fixture->call.now += HOUR;
    queue_calls(fixture, ORGANIZATION, 1, 1); /* nothing else is sent meanwhile */
    queue_calls(fixture, OTHER, 1, 1);
    struct outbox_try_list found = look_from_begin(fixture);
    check_int(found.count, 1);
    check_int(found.items[0].organization_id, OTHER);
    fixture->call.now = asked - 1;
    check_int(look_from_begin(fixture).count, 1);
    fixture->call.now = asked;
    check_int(look_from_begin(fixture).count, 2);
}

TEST(a_receiver_that_asks_for_a_pause_gets_nothing_before_its_end)
{
    with_each_store(keeps_to_it);
}

static void
bounds_it(struct fixture *fixture)
{
    utc_seconds first = fixture->call.now;

    queue_calls(fixture, ORGANIZATION, 1, 1);
    check_int(answered(fixture, 1, first + 1).next_try_at,
              first + MINUTE); /* our pause is longer */
    fixture->call.now = first + DAY;
    struct outbox_get_out row = answered(fixture, 2, first + 365 * DAY);
    check_text(row.state, "waiting");
    check_int(row.next_try_at, first + OUTBOX_TRIES_SECONDS);
    check_int(fixture_count(fixture, "SELECT until FROM outbox_pause"),
              first + DAY + OUTBOX_TRIES_SECONDS);
    fixture->call.now = first + DAY + OUTBOX_TRIES_SECONDS;
    check_text(answered(fixture, 3, UTC_NEVER).state, "failed");
    check_int(fixture_count(fixture, "SELECT count(*) FROM outbox_pause"), 1);
}

TEST(a_pause_that_a_receiver_asks_for_ends_after_three_days)
{
    with_each_store(bounds_it);
}

static enum status
end_pause_body(struct call *call, void *with)
{
    (void)with;
    return outbox_end_pause(call, ORGANIZATION, 1);
}

static void
ends_pause(struct fixture *fixture)
{
    queue_calls(fixture, ORGANIZATION, 1, 1);
    (void)answered(fixture, 1, fixture->call.now + DAY);
    queue_calls(fixture, ORGANIZATION, 1, 1);
    check_int(look_from_begin(fixture).count, 0);
    check_int(transact(&fixture->call, end_pause_body, NULL), STATUS_OK);
    check_int(look_from_begin(fixture).count, 1);
}

TEST(a_pause_can_be_ended_for_a_person_who_asks_for_a_message)
{
    with_each_store(ends_pause);
}

static void
relay_is_away(struct fixture *fixture)
{
    struct queued queued = { ORGANIZATION, 0, 1 };
    struct trying trying = { .outcome = { .end = OUTCOME_UNREACHED }, .attempt = 1 };
    struct outbox_try_list found;
    struct outbox_turn turn;

    for (int i = 0; i < 2; i++) {
        bool last;
        check_int(transact(&fixture->call, queue_mails_body, &queued), STATUS_OK);
        outbox_turn_begin(&turn);
        check_int(outbox_turn_look(&fixture->call, "mail", &turn, &found, &last), STATUS_OK);
        check_int(found.count, 1); /* the second one is not held back by the first one */
        trying.try = found.items[0];
        check_int(transact(&fixture->call, claim_body, &trying), STATUS_OK);
        check_int(transact(&fixture->call, finish_body, &trying), STATUS_OK);
    }
    check_int(fixture_count(fixture, "SELECT count(*) FROM outbox_pause"), 0);
}

TEST(a_relay_that_is_away_pauses_no_recipient)
{
    with_each_store(relay_is_away);
}

static void
answer_prepare(struct fixture *fixture, void *with)
{
    static int64_t webhook_id;
    struct trying *trying = with;

    queue_calls(fixture, ORGANIZATION, ++webhook_id, 1); /* those before are paused */
    struct outbox_try_list found = look_from_begin(fixture);
    check_int(found.count, 1);
    *trying =
        (struct trying){ .try = found.items[0],
                         .outcome = { .end = OUTCOME_LATER, .retry_at = fixture->call.now + HOUR },
                         .attempt = 1 };
    check_int(transact(&fixture->call, claim_body, trying), STATUS_OK);
}

static enum status
answer_verb(struct fixture *fixture, void *with)
{
    return transact(&fixture->call, finish_body, with);
}

static void
pause_tortured(struct fixture *fixture)
{
    struct trying trying;

    check_torture(fixture, &(struct torture){ .prepare = answer_prepare,
                                              .verb = answer_verb,
                                              .with = &trying,
                                              .rows = "SELECT count(*) FROM outbox_pause",
                                              .delta = 1 });
}

TEST(a_pause_is_recorded_with_its_try_whichever_store_call_fails)
{
    with_each_store(pause_tortured);
}
