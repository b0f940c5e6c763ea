/* Alerts by the clock: samples that are ahead of it, and states that last. */
#include "service/alarm/alarm_due.h"

#include <inttypes.h>

#include "service/alarm/alarm_rules.h"
#include "service/core/transaction.h"
#include "support/alarm_nodes.h"
#include "support/check.h"
#include "support/ledger_rows.h"

static const struct alarm_rule door_open = {
    .condition = ALARM_ABOVE, .channel_type = DOOR, .threshold = 0.5, .for_seconds = 10 * MINUTE
};

static void
send_door(struct fixture *fixture, utc_seconds at, bool open)
{
    const struct sample sample = {
        .at = at, .raw = open, .type = DOOR, .channel = DOOR, .kind = SAMPLE_STATE
    };

    check_int(alarm_commit(fixture, 0, &sample, 1), 1);
}

static void
send_temperature(struct fixture *fixture, utc_seconds at, int64_t tenths)
{
    const struct sample sample = {
        .at = at, .raw = tenths, .type = TEMPERATURE, .channel = TEMPERATURE
    };

    check_int(alarm_commit(fixture, 0, &sample, 1), 1);
}

static void
run_job_at(struct fixture *fixture, utc_seconds now)
{
    fixture->call.now = now;
    alarm_run_due_job(fixture);
}

static void
begin_with_door(struct fixture *fixture)
{
    alarm_nodes_begin(fixture);
    alarm_add_license(fixture, alarm_always);
    alarm_add_rule(fixture, 1, &door_open);
}

static void
opens_without_a_message(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin_with_door(fixture);
    send_door(fixture, now, true);
    check_int(alarm_next_due(fixture), now + 10 * MINUTE);
    run_job_at(fixture, now + 10 * MINUTE - 1);
    check_int(alarm_count(fixture), 0);
    alarm_node_restart(0);
    run_job_at(fixture, now + 10 * MINUTE);
    check_int(alarm_count_open(fixture), 1);
    check_int(fixture_count(fixture, "SELECT started_at FROM alert"), now);
    check_int(fixture_count(fixture, "SELECT noticed_at FROM alert"), now + 10 * MINUTE);
    check_int(alarm_next_due(fixture), -1);
    run_job_at(fixture, now + 3 * DAY);
    check_int(alarm_count_open(fixture), 1); /* silence ends nothing */
    send_door(fixture, now + 3 * DAY, false);
    check_int(fixture_count(fixture, "SELECT ended_at FROM alert"), now + 3 * DAY);
    check_int(alarm_count(fixture), 1);
    alarm_nodes_close();
}

TEST(alarm_due_opens_the_alert_of_an_open_door_without_a_message)
{
    with_each_store(opens_without_a_message);
}

static void
opens_none_when_it_closes_in_time(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin_with_door(fixture);
    send_door(fixture, now, true);
    fixture->call.now = now + 8 * MINUTE;
    send_door(fixture, now + 8 * MINUTE, false);
    check_int(alarm_next_due(fixture), -1);
    send_door(fixture, now + 8 * MINUTE + 1, true);
    check_int(alarm_next_due(fixture), now + 18 * MINUTE + 1);
    run_job_at(fixture, now + 15 * MINUTE);
    check_int(alarm_count(fixture), 0);
    /* The message that it closed comes after the clock opened the alert. */
    run_job_at(fixture, now + 19 * MINUTE);
    check_int(alarm_count_open(fixture), 1);
    send_door(fixture, now + 18 * MINUTE, false);
    check_int(alarm_count(fixture), 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE withdrawn_at > 0"), 1);
    /* A door that was open for just as long had an alert. */
    send_door(fixture, now + 19 * MINUTE, true);
    fixture->call.now = now + 40 * MINUTE;
    send_door(fixture, now + 29 * MINUTE, false);
    check_int(alarm_count(fixture), 1);
    check_int(alarm_count_open(fixture), 0);
    alarm_nodes_close();
}

TEST(alarm_due_opens_none_for_a_door_that_closes_in_time)
{
    with_each_store(opens_none_when_it_closes_in_time);
}

/* Nobody knows the door after the license. */
static void
needs_the_license_until_then(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    alarm_nodes_begin(fixture);
    alarm_add_license(fixture, (struct interval){ now - DAY, now + 20 * MINUTE });
    alarm_add_license(fixture, (struct interval){ now + HOUR, now + DAY });
    alarm_add_rule(fixture, 1, &door_open);
    fixture->call.now = now + 11 * MINUTE;
    send_door(fixture, now + 11 * MINUTE, true);
    run_job_at(fixture, now + 30 * MINUTE);
    check_int(alarm_count(fixture), 0);
    run_job_at(fixture, now + 2 * HOUR);
    check_int(alarm_count(fixture), 0);
    send_door(fixture, now + HOUR, true);
    check_int(fixture_count(fixture, "SELECT started_at FROM alert"), now + HOUR);
    run_job_at(fixture, now + 2 * DAY);
    check_int(alarm_count_open(fixture), 1); /* it stays open after the license */
    alarm_nodes_close();
}

TEST(alarm_due_opens_an_alert_only_if_the_license_lasts_until_then)
{
    with_each_store(needs_the_license_until_then);
}

static void
waits_for_its_time(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct alarm_rule warm = { ALARM_ABOVE, TEMPERATURE, .threshold = 8 };

    alarm_nodes_begin(fixture);
    alarm_add_license(fixture, alarm_always);
    alarm_add_rule(fixture, 1, &warm);
    send_temperature(fixture, now + 5 * MINUTE, 40);
    send_temperature(fixture, now, 200);
    check_int(alarm_count_open(fixture), 1);
    check_int(fixture_count(fixture, "SELECT started_at FROM alert"), now);
    check_int(alarm_next_due(fixture), now + 5 * MINUTE);
    send_temperature(fixture, now + 4 * MINUTE, 300);
    check_int(fixture_count(fixture, "SELECT CAST(peak AS INTEGER) FROM alert"), 20);
    check_int(alarm_next_due(fixture), now + 4 * MINUTE);
    run_job_at(fixture, now + 4 * MINUTE);
    check_int(fixture_count(fixture, "SELECT CAST(peak AS INTEGER) FROM alert"), 30);
    check_int(alarm_count_open(fixture), 1);
    run_job_at(fixture, now + 5 * MINUTE);
    check_int(fixture_count(fixture, "SELECT ended_at FROM alert"), now + 5 * MINUTE);
    check_int(alarm_count(fixture), 1);
    alarm_nodes_close();
}

TEST(alarm_due_lets_a_sample_ahead_of_the_clock_wait_for_its_time)
{
    with_each_store(waits_for_its_time);
}

/* Most clocks are a second ahead: this must not cost a write. */
static void
writes_nothing_without_an_event(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    const struct alarm_rule warm = { ALARM_ABOVE, TEMPERATURE, .threshold = 8 };

    alarm_nodes_begin(fixture);
    alarm_add_license(fixture, alarm_always);
    alarm_add_rule(fixture, 1, &warm);
    send_temperature(fixture, now, 40);
    for (int64_t i = 1; i < 10; i++) {
        fixture->call.now = now + i * MINUTE;
        send_temperature(fixture, fixture->call.now + 1, 40);
        check_int(alarm_next_due(fixture), -1);
    }
    send_temperature(fixture, fixture->call.now + 2, 90);
    check_int(alarm_next_due(fixture), fixture->call.now + 2);
    check_int(alarm_count(fixture), 0);
    fixture->call.now += MINUTE;
    send_temperature(fixture, fixture->call.now, 95); /* before the job runs */
    check_int(fixture_count(fixture, "SELECT started_at FROM alert"), now + 9 * MINUTE + 2);
    check_int(alarm_next_due(fixture), -1);
    alarm_nodes_close();
}

TEST(alarm_due_writes_nothing_for_a_sample_ahead_that_changes_no_alert)
{
    with_each_store(writes_nothing_without_an_event);
}

static int64_t
add_door_rule(struct fixture *fixture)
{
    struct alarm_rule_row row = { 0 };
    const struct alarm_rule_request request = {
        .all = true,
        .condition = ALARM_ABOVE,
        .channel_type = "ok_alarm",
        .threshold = 0.5,
        .for_seconds = 10 * MINUTE,
        .has_condition = true,
        .has_threshold = true,
        .has_for = true,
    };

    check_int(alarm_rule_add(&fixture->call, LEDGER_ORGANIZATION, &request, &row), STATUS_OK);
    return row.id;
}

static void
counts_a_state_that_stands(struct fixture *fixture)
{
    const struct alarm_rule_request longer = { .for_seconds = 20 * MINUTE, .has_for = true };
    utc_seconds now = fixture->call.now, changed_at = now + 3 * HOUR + 5 * MINUTE;
    struct alarm_rule_row row = { 0 };

    alarm_nodes_begin(fixture);
    alarm_add_license(fixture, alarm_always);
    send_door(fixture, now - 2 * DAY, true);
    send_door(fixture, now, true); /* a state is repeated where a message ends */
    alarm_compact(fixture);
    fixture->call.now = now + 3 * HOUR;
    int64_t id = add_door_rule(fixture);
    run_job_at(fixture, now + 3 * HOUR);
    check_int(alarm_count_open(fixture), 1); /* at once, since the door was opened */
    check_int(fixture_count(fixture, "SELECT started_at FROM alert"), now - 2 * DAY);

    fixture->call.now = changed_at;
    check_int(alarm_rule_change(&fixture->call, LEDGER_ORGANIZATION, id, &longer, &row), STATUS_OK);
    run_job_at(fixture, changed_at);
    check_int(alarm_count_open(fixture), 0);
    check_int(alarm_next_due(fixture), changed_at + 20 * MINUTE);
    run_job_at(fixture, changed_at + 20 * MINUTE);
    check_int(alarm_count_open(fixture), 1); /* from the change on */
    check_int(fixture_count(fixture, "SELECT max(started_at) FROM alert"), changed_at);
    check_int(alarm_count(fixture), 2);
    alarm_nodes_close();
}

TEST(alarm_due_counts_a_state_that_stands_when_a_rule_is_made_or_changed)
{
    with_each_store(counts_a_state_that_stands);
}

static enum status
pause_body(struct call *call, void *with)
{
    const bool *paused = with;

    return alarms_pause_changed(call, LEDGER_ORGANIZATION, ledger_sensor_id(ALARM_SERIAL), *paused);
}

static void
set_paused(struct fixture *fixture, bool paused)
{
    fixture_script(fixture, paused ? "UPDATE sensor SET alarms_paused = true"
                                   : "UPDATE sensor SET alarms_paused = false");
    check_int(transact(&fixture->call, pause_body, &paused), STATUS_OK);
}

static void
counts_from_the_end_of_a_pause(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin_with_door(fixture);
    send_door(fixture, now, true);
    fixture->call.now = now + MINUTE;
    set_paused(fixture, true);
    run_job_at(fixture, now + HOUR);
    check_int(alarm_count(fixture), 0);
    check_int(alarm_next_due(fixture), -1);
    set_paused(fixture, false);
    run_job_at(fixture, now + HOUR);
    check_int(alarm_next_due(fixture), now + HOUR + 10 * MINUTE);
    run_job_at(fixture, now + 2 * HOUR);
    check_int(alarm_count_open(fixture), 1);
    check_int(fixture_count(fixture, "SELECT started_at FROM alert"), now + HOUR);
    /* The door closes during a pause: then the alert is over. */
    set_paused(fixture, true);
    fixture->call.now = now + 3 * HOUR;
    send_door(fixture, now + 3 * HOUR, false);
    check_int(alarm_count_open(fixture), 1);
    fixture->call.now = now + 4 * HOUR;
    set_paused(fixture, false);
    run_job_at(fixture, now + 4 * HOUR);
    check_int(alarm_count_open(fixture), 0);
    check_int(fixture_count(fixture, "SELECT ended_at FROM alert"), now + 4 * HOUR);
    alarm_nodes_close();
}

TEST(alarm_due_counts_a_state_from_the_end_of_a_pause_on)
{
    with_each_store(counts_from_the_end_of_a_pause);
}

/* Another server's clock is behind: it must not undo what was due by the first one's. */
static void
does_not_go_back(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin_with_door(fixture);
    send_door(fixture, now, true);
    run_job_at(fixture, now + 10 * MINUTE);
    check_int(alarm_count_open(fixture), 1);
    fixture->call.now = now + 10 * MINUTE - 2;
    send_door(fixture, now + 1, true);  /* late */
    send_door(fixture, now + 10, true); /* in order */
    check_int(alarm_count_open(fixture), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert"), 1);
    send_temperature(fixture, now, 40);
    send_door(fixture, now + 10 * MINUTE, false);
    check_int(alarm_count(fixture), 1);
    check_int(fixture_count(fixture, "SELECT ended_at FROM alert"), now + 10 * MINUTE);
    alarm_nodes_close();
}

TEST(alarm_due_holds_for_a_server_whose_clock_is_behind)
{
    with_each_store(does_not_go_back);
}

static void
leave_nothing_half_done(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;
    bool more;

    begin_with_door(fixture);
    for (int n = 1, calls = n; n <= calls && !check_failures(); n++, now += 2 * HOUR) {
        fixture_script(fixture, "DELETE FROM alert; DELETE FROM journal; DELETE FROM alarm_due;");
        alarm_nodes_close();
        alarm_nodes_open(fixture);
        fixture->call.now = now;
        send_door(fixture, now, true);
        fixture->call.now = now + HOUR;
        fixture_fail_at(fixture, n);
        more = true;
        (void)!transact(&fixture->call, alarm_due_body, &more);
        calls = fixture_calls();
        fixture_fail_at(fixture, 0);
        fixture->call.db.fault = (struct fault){ 0 };
        alarm_run_due_job(fixture);
        check_int(alarm_count_open(fixture), 1);
        check_int(fixture_count(fixture, "SELECT count(*) FROM alert"), 1);
        check_int(alarm_next_due(fixture), -1);
    }
    alarm_nodes_close();
}

TEST(alarm_due_leaves_nothing_half_done)
{
    with_each_store(leave_nothing_half_done);
}

/* Rows of sensors that no rule watches any more. */
static void
forgets_what_is_not_watched(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    begin_with_door(fixture);
    send_door(fixture, now, true);
    ledger_remove_sensor(fixture, LEDGER_ORGANIZATION, ALARM_SERIAL);
    fixture_script(fixture, "INSERT INTO alarm_due (organization_id, sensor_id, due_at) VALUES "
                            "(11, 99, 0);");
    run_job_at(fixture, now + HOUR);
    check_int(alarm_count(fixture), 0);
    check_int(alarm_next_due(fixture), -1);
    alarm_nodes_close();
}

TEST(alarm_due_forgets_sensors_that_are_not_watched)
{
    with_each_store(forgets_what_is_not_watched);
}
