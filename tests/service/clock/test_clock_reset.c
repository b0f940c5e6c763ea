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

/* The traces of a wrong clock, 800 days and more ahead, and how far ahead each may be after the
 * reset. */
static const struct {
    const char *insert, *instant;
    int64_t most;
} leftovers[] = {
    { "INSERT INTO session (token_hash, user_id, created_at, expires_at) "
      "SELECT code_hash, 1, 1, 1900000000 FROM activation_code",
      "SELECT max(expires_at) FROM session", 30 * UTC_DAY },
    { "INSERT INTO password_reset (token_hash, user_id, expires_at) "
      "SELECT code_hash, 1, 1900000000 FROM activation_code",
      "SELECT max(expires_at) FROM password_reset", HOUR },
    { "INSERT INTO invitation (organization_id, id, email, role, token_hash, invited_by, "
      "invited_at, expires_at) SELECT organization.id, 1, 'x', 'analyst', code_hash, 'y', 1, "
      "1900000000 FROM organization, activation_code",
      "SELECT max(expires_at) FROM invitation", 7 * UTC_DAY },
    { "INSERT INTO outbox (organization_id, id, kind, purpose, target, message_id, content, state, "
      "queued_at, next_try_at, attempts, last_error) SELECT 0, 1, 'mail', 'test', 'x', 'm', "
      "code_hash, 'waiting', 1, 1900000000, 0, '' FROM activation_code",
      "SELECT max(next_try_at) FROM outbox", 0 },
    { "INSERT INTO outbox_pause (organization_id, kind, target, until) "
      "VALUES (0, 'mail', 'x', 1900000000)",
      "SELECT coalesce(max(until), 0) FROM outbox_pause", 0 },
    { "INSERT INTO throttle (subject, recent, waits, wait_until, forget_at) "
      "SELECT 'x', code_hash, 1, 1900000000, 1900003600 FROM activation_code",
      "SELECT coalesce(max(forget_at), 0) FROM throttle", 0 },
    { "INSERT INTO guess_counter (slot, holder, recent, waits, wait_until, forget_at) "
      "SELECT 1, code_hash, code_hash, 1, 1900000000, 1900003600 FROM activation_code",
      "SELECT coalesce(max(forget_at), 0) FROM guess_counter", 0 },
    { "INSERT INTO password_reset_mail (user_id, sent_at, next_at, mails) "
      "SELECT id, 1900000000, 1900003000, 4 FROM user_account LIMIT 1",
      "SELECT coalesce(max(sent_at), 0) FROM password_reset_mail", 0 },
    { "INSERT INTO job_failure (job, organization_id, failures, since, retry_at, reason) "
      "SELECT 'notices', id, 1, 1, 1900000000, '' FROM organization",
      "SELECT coalesce(max(retry_at), 0) FROM job_failure", 0 },
    { "INSERT INTO pool_watch (organization_id, version, check_at, low) "
      "SELECT id, 1, 1900000000, false FROM organization",
      "SELECT max(check_at) FROM pool_watch", 0 },
    { "INSERT INTO expiry_watch (organization_id, emitted_until, emitted_serial) "
      "SELECT id, 1900000000, '' FROM organization",
      "SELECT max(emitted_until) FROM expiry_watch", 0 },
    { "INSERT INTO alarm_due (organization_id, sensor_id, due_at) "
      "SELECT organization_id, id, 1900000000 FROM sensor",
      "SELECT max(due_at) FROM alarm_due", 0 },
    { "INSERT INTO alarm_cache_owner (organization_id, node, node_before, mail_at, evaluated_at) "
      "SELECT id, 0, 0, 1900000000, 1900000000 FROM organization",
      "SELECT max(evaluated_at) FROM alarm_cache_owner", 0 },
    { "UPDATE alarm_cache_owner SET node = 0", "SELECT max(mail_at) FROM alarm_cache_owner", 0 },
    { "INSERT INTO alarm_expectation (organization_id, sensor_id, heard_at, look_at) "
      "SELECT organization_id, id, 1900000000, 1900000600 FROM sensor",
      "SELECT max(look_at) FROM alarm_expectation", 0 },
    { "INSERT INTO alarm_rule (organization_id, id, condition, channel_type, threshold, "
      "hysteresis, "
      "for_seconds, tell_when_over, samples_from, made_at, made_by) "
      "SELECT id, 9, 'above', 1, 0, 0, 0, false, 1900000000, 1, 'x' FROM organization",
      "SELECT max(samples_from) FROM alarm_rule", 0 },
    { "UPDATE alarm_rule SET made_at = 1900000000", "SELECT max(made_at) FROM alarm_rule", 0 },
    { "INSERT INTO sensor_report (organization_id, sensor_id, kind, received_at, payload, "
      "enclosure, enclosure_at) SELECT sensor.organization_id, sensor.id, 'config', 1900000000, "
      "code_hash, 1, 1900000000 FROM sensor, activation_code",
      "SELECT max(received_at + enclosure_at) / 2 FROM sensor_report", 0 },
    { "UPDATE alarm_cache_owner SET node = 1900000000", "SELECT max(node) FROM alarm_cache_owner",
      0 },
    { "UPDATE sensor SET alarms_from = 1900000000", "SELECT max(alarms_from) FROM sensor", 0 },
    { "UPDATE sensor SET added_at = 1900000000", "SELECT max(added_at) FROM sensor", 0 },
    { "UPDATE organization SET created_at = 1900000000", "SELECT max(created_at) FROM organization",
      0 },
    { "INSERT INTO refusal (organization_id, sensor_id, reason, count, first_at, last_at) "
      "SELECT organization_id, id, 'expired', 1, 1900000000, 1900000000 FROM sensor",
      "SELECT max(first_at + last_at) / 2 FROM refusal", 0 },
    { "INSERT INTO refused_message (organization_id, sensor_id, digests, last_hour) "
      "SELECT sensor.organization_id, sensor.id, code_hash, 1900000000 / 3600 "
      "FROM sensor, activation_code",
      "SELECT coalesce(max(last_hour), 0) * 3600 FROM refused_message", 0 },
    { "INSERT INTO conflict_watch (organization_id, sensor_id, day, total_before, total, "
      "emitted_day, is_pending) "
      "SELECT organization_id, id, 1900000000 / 86400, 0, 9, 1900000000 / 86400, false FROM sensor",
      "SELECT max(day + emitted_day) * 86400 FROM conflict_watch", 0 },
    { "INSERT INTO config_part (organization_id, sensor_id, part, is_last, received_at, "
      "message_id, is_merged, payload) SELECT sensor.organization_id, sensor.id, 2, true, "
      "1900000000, 1, false, code_hash FROM sensor, activation_code",
      "SELECT coalesce(max(received_at), 0) FROM config_part", 0 },
    { "INSERT INTO journal (id, organization_id, sensor_id, received_at, message) "
      "SELECT 9, sensor.organization_id, sensor.id, 1900000000, code_hash "
      "FROM sensor, activation_code",
      "SELECT max(received_at) FROM journal", 0 },
    { "UPDATE sensor_status SET last_seen_at = 1900000000",
      "SELECT coalesce(max(last_seen_at), 0) FROM sensor_status", 0 },
};

static void
brings_back(struct fixture *fixture)
{
    bool changed;

    act_far_ahead(fixture);
    fixture_script(fixture, "INSERT INTO user_account (id, email, name, password_hash, operator, "
                            "created_at) VALUES (1, 'x', '', '', false, 1)");
    for (size_t i = 0; i < sizeof leftovers / sizeof *leftovers; i++)
        fixture_script(fixture, leftovers[i].insert);
    check_int(clock_reset(&fixture->call, &changed), STATUS_OK);
    for (size_t i = 0; i < sizeof leftovers / sizeof *leftovers; i++) {
        check_row(leftovers[i].instant);
        check(fixture_count(fixture, leftovers[i].instant) <= NOON + leftovers[i].most);
    }
}

TEST(a_reset_of_the_clock_brings_back_what_lies_too_far_ahead)
{
    with_each_store(brings_back);
}

static void
ends_pauses(struct fixture *fixture)
{
    bool changed = false;

    act_far_ahead(fixture);
    fixture_script(fixture,
                   "INSERT INTO outbox_pause (organization_id, kind, target, until)"
                   " VALUES (7, 'webhook', 'far', 90000000000), (7, 'webhook', 'near', 0)");
    check_int(clock_reset(&fixture->call, &changed), STATUS_OK);
    check(changed);
    check_int(fixture_count(fixture, "SELECT count(*) FROM outbox_pause"), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM outbox_pause WHERE target = 'far'"), 0);
}

TEST(a_reset_of_the_clock_ends_pauses_of_receivers_that_are_far_ahead)
{
    with_each_store(ends_pauses);
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
