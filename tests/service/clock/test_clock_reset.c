#include "service/clock/clock_reset.h"

#include "service/core/transaction.h"
#include "service/license/licensing.h"
#include "support/check.h"
#include "support/verbs.h"

#define SERIAL "282C02424EED"
#define FAR    (800 * UTC_DAY)

static enum status
nothing(struct call *call, void *with)
{
    (void)call, (void)with;
    return STATUS_OK;
}

static void
reviews(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct clock_review review;

    check_int(clock_review(call, false, &review), STATUS_OK);
    check_int(review.behind, 0);
    check_int(transact(call, nothing, NULL), STATUS_OK);
    call->now = NOON - CLOCK_SLACK_SECONDS; /* time stands still */
    check_int(clock_review(call, false, &review), STATUS_OK);
    check_int(review.behind, 0);
    call->now = NOON - CLOCK_SLACK_SECONDS - 1;
    check_int(clock_review(call, false, &review), STATUS_OK);
    check_int(review.behind, CLOCK_SLACK_SECONDS + 1);
    check(review.trust != CLOCK_UNLIKE_DATABASE);

    call->now = utc_now() - HOUR;
    check_int(clock_review(call, true, &review), STATUS_OK);
    check_int(review.trust == CLOCK_UNLIKE_DATABASE, store_is_shared(call->db.store));
    check_int(review.difference < -HOUR / 2, store_is_shared(call->db.store));
}

TEST(a_review_of_the_clock_says_how_far_the_mark_is_ahead)
{
    with_each_store(reviews);
}

/* A license is decided on, 800 days ahead. */
static int64_t
act_far_ahead(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    int64_t mine = make_organization(fixture, "Mine");
    struct license license;

    make_key(fixture, mine, 4, "P1Y");
    add_sensor(fixture, mine, SERIAL, "");
    call->now = NOON + FAR;
    check_int(license_assign(call, mine, SERIAL, NULL, &license), STATUS_OK);
    fixture_script(fixture, "UPDATE organization SET notices_through = notices_through + 900000,"
                            " notices_due_at = 90000000000");
    call->now = NOON;
    return mine;
}

static void
resets(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct clock_leftovers left;
    bool changed = false;
    int64_t mine = act_far_ahead(fixture);
    struct license license;

    check_failed(fixture, license_assign(call, mine, SERIAL, NULL, &license), STATUS_BUSY,
                 "clock_behind", "");
    check_int(clock_leftovers_count(call, &left), STATUS_OK);
    check(left.licenses > left.renewals && left.renewals > 0 && left.entries > 0);
    int64_t entries = fixture_count(fixture, "SELECT count(*) FROM audit_entry");
    int64_t version = fixture_count(fixture, "SELECT version FROM organization");

    check_int(clock_reset(call, &changed), STATUS_OK);
    check(changed && !call->any_clock);
    check_int(fixture_count(fixture, "SELECT latest_at FROM clock_mark"), NOON);
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry"), entries + 1);
    check_int(fixture_count(fixture, "SELECT version FROM organization"), version + 1);
    check_int(fixture_count(fixture, "SELECT notices_due_at FROM organization"), 0);
    check_int(fixture_count(fixture, "SELECT notices_through FROM organization"),
              NOON / UTC_DAY - 1);
    check_int(license_assign(call, mine, SERIAL, NULL, &license), STATUS_CONFLICT); /* none left */

    check_int(clock_reset(call, &changed), STATUS_OK);
    check(!changed);
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry"), entries + 1);
}

TEST(a_reset_of_the_clock_lets_verbs_act_again)
{
    with_each_store(resets);
}

static void
set_mark_ahead(struct fixture *fixture, void *with)
{
    (void)with;
    fixture_script(fixture, "DELETE FROM clock_mark");
    fixture_script(fixture,
                   "INSERT INTO clock_mark (id, latest_at, resets) VALUES (1, 32503680000, 5)");
}

static enum status
reset_once(struct fixture *fixture, void *with)
{
    bool changed;

    (void)with;
    enum status status = clock_reset(&fixture->call, &changed);
    check(status || changed);
    return status;
}

static void
resets_whole(struct fixture *fixture)
{
    const struct torture torture = { .prepare = set_mark_ahead,
                                     .verb = reset_once,
                                     .rows = "SELECT count(*) FROM audit_entry",
                                     .delta = 1 };

    fixture->call.any_clock = true; /* of the transactions around it */
    check_torture(fixture, &torture);
    fixture->call.any_clock = false;
}

TEST(a_reset_of_the_clock_is_whole_or_not_at_all)
{
    with_each_store(resets_whole);
}
