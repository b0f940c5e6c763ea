#include "service/outbox/outbox_try.h"

#include <string.h>

#include "service/core/transaction.h"
#include "service/outbox/outbox.h"
#include "service/outbox/outbox_old.h"
#include "service/outbox/outbox_turn.h"
#include "statements.h"
#include "support/check.h"
#include "support/store_fixture.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, ATTEMPTS_OF_THREE_DAYS = 32 };

static enum status
queue_one(struct call *call, void *with)
{
    return outbox_put_mails(call,
                            &(struct outbox_mail){
                                .organization_id = 7,
                                .purpose = "test",
                                .to = "ada@example.com",
                                .letter = { "subject", "text", "html" },
                            },
                            1, with);
}

static int64_t
queue(struct fixture *fixture)
{
    int64_t id = 0;

    check_int(transact(&fixture->call, queue_one, &id), STATUS_OK);
    return id;
}

/* The number of targets with due messages, and the first message. */
static size_t
find(struct fixture *fixture, struct outbox_try *first)
{
    struct outbox_turn turn;
    struct outbox_try_list due;
    bool last;

    outbox_turn_begin(&turn);
    check_int(outbox_turn_look(&fixture->call, "mail", &turn, &due, &last), STATUS_OK);
    check(last);
    if (due.count > 0)
        *first = due.items[0];
    return due.count;
}

struct step {
    const struct outbox_try *try;
    bool claimed;
    int64_t attempt;
    struct outcome outcome;
};

static enum status
claim_body(struct call *call, void *with)
{
    struct step *step = with;

    return outbox_try_claim(call, step->try, &step->claimed);
}

static enum status
note_body(struct call *call, void *with)
{
    struct step *step = with;

    return outbox_try_finish(call, step->try, step->attempt, &step->outcome);
}

static bool
claim(struct fixture *fixture, const struct outbox_try *try)
{
    struct step step = { .try = try };

    check_int(transact(&fixture->call, claim_body, &step), STATUS_OK);
    return step.claimed;
}

static void
note(struct fixture *fixture, const struct outbox_try *try, int64_t attempt, enum outcome_end end)
{
    struct step step = { .try = try,
                         .attempt = attempt,
                         .outcome = { .end = end, .words = "said" } };

    if (end == OUTCOME_SENT)
        step.outcome.words[0] = '\0';
    check_int(transact(&fixture->call, note_body, &step), STATUS_OK);
}

static struct outbox_get_out
row_of(struct fixture *fixture, int64_t id)
{
    struct outbox_get_out row = { .state = "" };
    bool found = false;

    check_int(outbox_get(&fixture->call.db, &(struct outbox_get_in){ 7, id }, &row, &found),
              STATUS_OK);
    return row;
}

static void
sends_once(struct fixture *fixture)
{
    int64_t id = queue(fixture);
    struct outbox_message message;
    struct outbox_try try, again;

    check_int(find(fixture, &try), 1);
    check(claim(fixture, &try));
    check(!claim(fixture, &try)); /* another thread or node had found it, too */
    check_int(find(fixture, &again), 0);
    check_int(outbox_try_read(&fixture->call, &try, &message), STATUS_OK);
    check_int(message.attempts, 1);
    check_text(message.content.letter.subject, "subject");
    note(fixture, &try, 1, OUTCOME_SENT);
    check_text(row_of(fixture, id).state, "sent");
    check_int(outbox_try_read(&fixture->call, &try, &message), STATUS_NOT_FOUND);
    fixture->call.now += DAY;
    check_int(find(fixture, &again), 0);
}

TEST(a_claimed_message_belongs_to_one_sender)
{
    with_each_store(sends_once);
}

static void
comes_back(struct fixture *fixture)
{
    int64_t id = queue(fixture);
    struct outbox_message first, second;
    struct outbox_try try, again;

    check_int(find(fixture, &try), 1);
    check(claim(fixture, &try));
    check_int(outbox_try_read(&fixture->call, &try, &first), STATUS_OK);
    fixture->call.now += OUTBOX_LEASE_SECONDS; /* its owner was killed */
    check_int(find(fixture, &again), 1);
    check(claim(fixture, &again));
    check_int(outbox_try_read(&fixture->call, &again, &second), STATUS_OK);
    check_text(second.message_id, first.message_id);
    note(fixture, &try, 1, OUTCOME_LATER); /* not killed, but late: the second try counts */
    check_int(row_of(fixture, id).next_try_at, fixture->call.now + OUTBOX_LEASE_SECONDS);
    note(fixture, &try, 1, OUTCOME_SENT); /* but a success always counts */
    check_text(row_of(fixture, id).state, "sent");
}

TEST(an_interrupted_try_is_repeated_under_the_same_id)
{
    with_each_store(comes_back);
}

static void
gives_up(struct fixture *fixture)
{
    int64_t id = queue(fixture), attempt = 0;
    utc_seconds first = 0;
    struct outbox_try try;

    fixture->call.now += 5 * DAY; /* without a relay there is no try */
    first = fixture->call.now;
    while (!strcmp(row_of(fixture, id).state, "waiting") && attempt < 2 * ATTEMPTS_OF_THREE_DAYS) {
        check_int(find(fixture, &try), 1);
        check(claim(fixture, &try));
        attempt++;
        note(fixture, &try, attempt, attempt % 2 ? OUTCOME_UNREACHED : OUTCOME_LATER);
        check_int(row_of(fixture, id).next_try_at,
                  fixture->call.now + outbox_try_pause_seconds(attempt));
        fixture->call.now += outbox_try_pause_seconds(attempt);
    }
    check_text(row_of(fixture, id).state, "failed");
    check_text(row_of(fixture, id).last_error, "said");
    check(attempt <= ATTEMPTS_OF_THREE_DAYS);
    check(fixture->call.now - first >= OUTBOX_TRIES_SECONDS);
    check(fixture->call.now - first <= OUTBOX_TRIES_SECONDS + 2 * OUTBOX_LONGEST_PAUSE_SECONDS);
}

TEST(a_message_refused_for_now_is_tried_for_three_days)
{
    with_each_store(gives_up);
}

static void
ends_for_other_reasons(struct fixture *fixture)
{
    int64_t refused = queue(fixture);
    struct outbox_try try;

    check_int(find(fixture, &try), 1);
    check(claim(fixture, &try));
    note(fixture, &try, 1, OUTCOME_FAILED);
    check_text(row_of(fixture, refused).state, "failed");

    int64_t stopped = queue(fixture);
    check_int(find(fixture, &try), 1);
    check(claim(fixture, &try));
    note(fixture, &try, 1, OUTCOME_STOPPED);
    check_int(row_of(fixture, stopped).attempts, 0);
    check_int(row_of(fixture, stopped).next_try_at, fixture->call.now);
}

TEST(a_permanent_refusal_is_final_and_a_shutdown_is_no_try)
{
    with_each_store(ends_for_other_reasons);
}

TEST(pauses_grow_from_one_minute_to_three_hours)
{
    check_int(outbox_try_pause_seconds(1), MINUTE);
    check_int(outbox_try_pause_seconds(2), 2 * MINUTE);
    check_int(outbox_try_pause_seconds(8), 128 * MINUTE);
    check_int(outbox_try_pause_seconds(9), 3 * HOUR);
    check_int(outbox_try_pause_seconds(1000000), 3 * HOUR);
}

static enum status
old_body(struct call *call, void *with)
{
    return outbox_old_job_run(call, with);
}

static void
forgets(struct fixture *fixture)
{
    utc_seconds queued = fixture->call.now, at = 0;
    int64_t sent = queue(fixture), waits = 0;
    struct outbox_try try;
    bool more = true;

    check_int(find(fixture, &try), 1);
    check(claim(fixture, &try));
    note(fixture, &try, 1, OUTCOME_SENT);
    waits = queue(fixture);
    check_int(outbox_old_job_next_at(&fixture->call, &at), STATUS_OK);
    check_int(at, queued + OUTBOX_CONTENT_DAYS * DAY + 1);

    fixture->call.now = at - 1;
    check_int(transact(&fixture->call, old_body, &more), STATUS_OK);
    check(row_of(fixture, sent).content.size > 0);
    fixture->call.now = at;
    check_int(transact(&fixture->call, old_body, &more), STATUS_OK);
    check(!more);
    check_int(row_of(fixture, sent).content.size, 0);
    check(row_of(fixture, waits).content.size > 0);

    check_int(outbox_old_job_next_at(&fixture->call, &at), STATUS_OK);
    check_int(at, queued + OUTBOX_MESSAGE_DAYS * INT64_C(86400) + 1);
    fixture->call.now = at;
    check_int(transact(&fixture->call, old_body, &more), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM outbox"), 0);
}

TEST(content_is_deleted_after_a_month_and_the_message_after_a_year)
{
    with_each_store(forgets);
}

static void
tortured(struct fixture *fixture)
{
    struct outbox_try try;
    int64_t id = queue(fixture);

    check_int(find(fixture, &try), 1);
    fixture_fail_at(fixture, 1);
    check(claim(fixture, &try)); /* repeated, but once */
    fixture_fail_at(fixture, 2);
    note(fixture, &try, 1, OUTCOME_LATER);
    fixture_fail_at(fixture, 0);
    check_int(row_of(fixture, id).attempts, 1);
    check_text(row_of(fixture, id).last_error, "said");
}

TEST(a_try_counts_once_whichever_store_call_fails)
{
    with_each_store(tortured);
}
