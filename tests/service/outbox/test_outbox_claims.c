#include "service/outbox/outbox.h"
#include "service/outbox/outbox_turn.h"

#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "service/core/transaction.h"
#include "statements.h"
#include "support/check.h"
#include "support/verbs.h"

static enum status
queue_body(struct call *call, void *with)
{
    (void)with;
    int64_t id;
    return outbox_put_mails(call,
                            &(struct outbox_mail){
                                .organization_id = 7,
                                .purpose = "test",
                                .to = "ada@example.com",
                                .letter = { "s", "t", "<p>h" },
                            },
                            1, &id);
}

static void
queue(struct fixture *fixture)
{
    check_int(transact(&fixture->call, queue_body, NULL), STATUS_OK);
}

static struct outbox_try_list
due(struct fixture *fixture, const char *kind)
{
    struct outbox_try_list tries;
    struct outbox_turn turn;
    bool last;

    outbox_turn_begin(&turn);
    check_int(outbox_turn_look(&fixture->call, kind, &turn, &tries, &last), STATUS_OK);
    check(last);
    return tries;
}

struct claiming {
    struct outbox_try try;
    bool claimed;
};

static enum status
claim_body(struct call *call, void *with)
{
    struct claiming *claiming = with;

    return outbox_try_claim(call, &claiming->try, &claiming->claimed);
}

static bool
claim(struct fixture *fixture, struct outbox_try try)
{
    struct claiming claiming = { .try = try };

    check_int(transact(&fixture->call, claim_body, &claiming), STATUS_OK);
    return claiming.claimed;
}

struct noting {
    struct outbox_try try;
    int64_t attempt;
    struct outcome outcome;
};

static enum status
note_body(struct call *call, void *with)
{
    const struct noting *noting = with;

    return outbox_try_finish(call, &noting->try, noting->attempt, &noting->outcome);
}

static void
note(struct fixture *fixture, struct outbox_try try, int64_t attempt, enum outcome_end end)
{
    struct noting noting = { try, attempt, { .end = end } };

    snprintf(noting.outcome.words, sizeof noting.outcome.words, "%s",
             end == OUTCOME_SENT ? "" : "450 not now");
    check_int(transact(&fixture->call, note_body, &noting), STATUS_OK);
}

static struct outbox_get_out
row_of(struct fixture *fixture, struct outbox_try try)
{
    struct outbox_get_out row = { 0 };
    bool found;

    check_int(outbox_get(&fixture->call.db, &(struct outbox_get_in){ try.organization_id, try.id },
                         &row, &found),
              STATUS_OK);
    check(found);
    return row;
}

static enum status
queue_calls(struct call *call, void *with)
{
    const struct outbox_webhook_call calls[] = {
        { .organization_id = 7, .webhook_id = 1, .event = "code.redeemed", .body = "{}" },
        { .organization_id = 7, .webhook_id = 1, .event = "code.redeemed", .body = "{}" },
        { .organization_id = 7, .webhook_id = 2, .event = "code.redeemed", .body = "{}" },
        { .organization_id = 8, .webhook_id = 1, .event = "code.redeemed", .body = "{}" },
    };
    int64_t ids[4];

    (void)with;
    return outbox_put_webhook_calls(call, calls, 4, ids);
}

static void
rests(struct fixture *fixture)
{
    char first[ID_TEXT_SIZE];
    size_t i = 0;

    id_format(first, 1);
    check_int(transact(&fixture->call, queue_calls, NULL), STATUS_OK);
    struct outbox_try_list tries = due(fixture, "webhook");
    check_int(tries.count, 3); /* one of each target */
    while (tries.items[i].organization_id != 7 || strcmp(tries.items[i].target, first))
        i++;
    check(claim(fixture, tries.items[i]));
    note(fixture, tries.items[i], 1, OUTCOME_UNREACHED);
    struct outbox_try_list left = due(fixture, "webhook");
    check_int(left.count, 2);
    for (i = 0; i < left.count; i++)
        check(left.items[i].organization_id != 7 || strcmp(left.items[i].target, first) != 0);
    check_int(fixture_count(fixture, "SELECT sum(attempts) FROM outbox"), 1);
    fixture->call.now += OUTBOX_FIRST_PAUSE_SECONDS;
    check_int(due(fixture, "webhook").count, 3);
}

TEST(messages_to_an_unreachable_target_wait_and_others_do_not)
{
    with_each_store(rests);
}

struct both {
    struct outbox_try try;
    bool claimed[2];
};

static void
claim_at_once(struct call *call, int thread, void *with)
{
    struct both *both = with;
    struct claiming claiming = { .try = both->try };
    enum status status;

    do
        status = transact(call, claim_body, &claiming);
    while (status == STATUS_BUSY);
    check_int(status, STATUS_OK);
    both->claimed[thread] = claiming.claimed;
}

static void
two_at_once(struct fixture *fixture)
{
    for (int i = 0; i < 20; i++) {
        struct both both = { 0 };

        queue(fixture);
        struct outbox_try_list tries = due(fixture, "mail");
        check_int(tries.count, 1);
        both.try = tries.items[0];
        run_in_two_threads(fixture, claim_at_once, &both);
        check_int(both.claimed[0] + both.claimed[1], 1);
        check_int(row_of(fixture, tries.items[0]).attempts, 1);
    }
}

TEST(of_two_concurrent_claims_one_wins)
{
    with_each_store(two_at_once);
}

static void
queue_and_claim(struct fixture *fixture, void *with)
{
    struct outbox_try *try = with;

    queue(fixture);
    struct outbox_try_list tries = due(fixture, "mail");
    check_int(tries.count, 1);
    *try = tries.items[0];
    check(claim(fixture, *try));
}

static enum status
note_sent(struct fixture *fixture, void *with)
{
    struct noting noting = { *(struct outbox_try *)with, 1, { .end = OUTCOME_SENT } };

    return transact(&fixture->call, note_body, &noting);
}

static enum status
note_failed(struct fixture *fixture, void *with)
{
    struct noting noting = { *(struct outbox_try *)with,
                             1,
                             { .end = OUTCOME_FAILED, .words = "550 no" } };

    return transact(&fixture->call, note_body, &noting);
}

static void
tortured(struct fixture *fixture)
{
    struct outbox_try try;

    check_torture(fixture,
                  &(struct torture){ .prepare = queue_and_claim,
                                     .verb = note_sent,
                                     .with = &try,
                                     .rows = "SELECT count(*) FROM outbox WHERE state = 'sent'",
                                     .delta = 1 });
    check_torture(fixture,
                  &(struct torture){ .prepare = queue_and_claim,
                                     .verb = note_failed,
                                     .with = &try,
                                     .rows = "SELECT count(*) FROM outbox WHERE state = 'failed'",
                                     .delta = 1 });
}

TEST(the_end_of_a_try_is_recorded_once_whichever_store_call_fails)
{
    with_each_store(tortured);
}
