/* Alerts by the clock: samples that are ahead of it, and states that last. */
#include "service/alarm/alarm_due.h"

#include <inttypes.h>

#include "service/core/transaction.h"
#include "support/alarm_nodes.h"
#include "support/check.h"
#include "support/ledger_rows.h"

static void
send_temperature(struct fixture *fixture, utc_seconds at, int64_t tenths)
{
    const struct sample sample = {
        .at = at, .raw = tenths, .type = TEMPERATURE, .channel = TEMPERATURE
    };

    check_int(alarm_commit(fixture, 0, &sample, 1), 1);
}

static void
opens_without_a_message(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    alarm_begin_with_door(fixture);
    alarm_send_door(fixture, 0, now, true);
    check_int(alarm_next_due(fixture), now + 10 * MINUTE);
    alarm_run_due_job_at(fixture, now + 10 * MINUTE - 1);
    check_int(alarm_count(fixture), 0);
    alarm_node_restart(0);
    alarm_run_due_job_at(fixture, now + 10 * MINUTE);
    check_int(alarm_count_open(fixture), 1);
    check_int(fixture_count(fixture, "SELECT started_at FROM alert"), now);
    check_int(fixture_count(fixture, "SELECT noticed_at FROM alert"), now + 10 * MINUTE);
    check_int(alarm_next_due(fixture), -1);
    alarm_run_due_job_at(fixture, now + 3 * DAY);
    check_int(alarm_count_open(fixture), 1); /* silence ends nothing */
    alarm_send_door(fixture, 0, now + 3 * DAY, false);
    check_int(fixture_count(fixture, "SELECT ended_at FROM alert"), now + 3 * DAY);
    check_int(alarm_count(fixture), 1);
    alarm_nodes_close();
}

TEST(alarm_due_opens_the_alert_of_an_open_door_without_a_message)
{
    with_each_store(opens_without_a_message);
}

/* A new version would make every server count the ledger again, with each door. */
static void
keeps_the_ledger(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    alarm_begin_with_door(fixture);
    alarm_send_door(fixture, 0, now, true);
    int64_t version = fixture_count(fixture, "SELECT version FROM organization");
    alarm_run_due_job_at(fixture, now + 10 * MINUTE);
    check_int(alarm_count_open(fixture), 1);
    check_int(fixture_count(fixture, "SELECT version FROM organization"), version);
    alarm_nodes_close();
}

TEST(alarm_due_keeps_the_version_of_the_ledger)
{
    with_each_store(keeps_the_ledger);
}

/* The license ends while the door is open, and the pool renews it. */
static void
counts_a_renewal(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    alarm_nodes_begin(fixture);
    alarm_add_license(fixture, (struct interval){ now - DAY, now + 5 * MINUTE });
    alarm_add_rule(fixture, 1, &alarm_door_rule);
    make_key(fixture, LEDGER_ORGANIZATION, 1, "P1Y");
    fixture_script(fixture, "UPDATE sensor SET auto_renewal = true");
    alarm_send_door(fixture, 0, now, true);
    alarm_run_due_job_at(fixture, now + 10 * MINUTE);
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), 2);
    check_int(alarm_count_open(fixture), 1);
    alarm_nodes_close();
}

TEST(alarm_due_counts_a_renewal_that_is_due)
{
    with_each_store(counts_a_renewal);
}

static void
opens_none_when_it_closes_in_time(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    alarm_begin_with_door(fixture);
    alarm_send_door(fixture, 0, now, true);
    fixture->call.now = now + 8 * MINUTE;
    alarm_send_door(fixture, 0, now + 8 * MINUTE, false);
    check_int(alarm_next_due(fixture), -1);
    alarm_send_door(fixture, 0, now + 8 * MINUTE + 1, true);
    check_int(alarm_next_due(fixture), now + 18 * MINUTE + 1);
    alarm_run_due_job_at(fixture, now + 15 * MINUTE);
    check_int(alarm_count(fixture), 0);
    /* The message that it closed comes after the clock opened the alert. */
    alarm_run_due_job_at(fixture, now + 19 * MINUTE);
    check_int(alarm_count_open(fixture), 1);
    alarm_send_door(fixture, 0, now + 18 * MINUTE, false);
    check_int(alarm_count(fixture), 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert WHERE withdrawn_at > 0"), 1);
    /* A door that was open for just as long had an alert. */
    alarm_send_door(fixture, 0, now + 19 * MINUTE, true);
    fixture->call.now = now + 40 * MINUTE;
    alarm_send_door(fixture, 0, now + 29 * MINUTE, false);
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
    alarm_add_rule(fixture, 1, &alarm_door_rule);
    fixture->call.now = now + 11 * MINUTE;
    alarm_send_door(fixture, 0, now + 11 * MINUTE, true);
    alarm_run_due_job_at(fixture, now + 30 * MINUTE);
    check_int(alarm_count(fixture), 0);
    alarm_run_due_job_at(fixture, now + 2 * HOUR);
    check_int(alarm_count(fixture), 0);
    alarm_send_door(fixture, 0, now + HOUR, true);
    check_int(fixture_count(fixture, "SELECT started_at FROM alert"), now + HOUR);
    alarm_run_due_job_at(fixture, now + 2 * DAY);
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
    alarm_run_due_job_at(fixture, now + 4 * MINUTE);
    check_int(fixture_count(fixture, "SELECT CAST(peak AS INTEGER) FROM alert"), 30);
    check_int(alarm_count_open(fixture), 1);
    alarm_run_due_job_at(fixture, now + 5 * MINUTE);
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

/* Another server's clock is behind. It must not undo alerts that were due by the clock of the first
 * one. */
static void
does_not_go_back(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    alarm_begin_with_door(fixture);
    alarm_send_door(fixture, 0, now, true);
    fixture->call.now = now + 10 * MINUTE - 5; /* the store's clock mark stays here */
    send_temperature(fixture, fixture->call.now, 40);
    alarm_run_due_job_at(fixture, now + 10 * MINUTE);
    check_int(alarm_count_open(fixture), 1);
    fixture->call.now = now + 10 * MINUTE - 2;
    alarm_send_door(fixture, 1, now + 1, true);  /* late */
    alarm_send_door(fixture, 1, now + 10, true); /* in order */
    check_int(alarm_count_open(fixture), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM alert"), 1);
    alarm_send_door(fixture, 1, now + 10 * MINUTE, false);
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

    alarm_begin_with_door(fixture);
    for (int n = 1, calls = n; n <= calls && !check_failures(); n++, now += 2 * HOUR) {
        fixture_script(fixture, "DELETE FROM alert; DELETE FROM journal; DELETE FROM alarm_due;");
        alarm_nodes_close();
        alarm_nodes_open(fixture);
        fixture->call.now = now;
        alarm_send_door(fixture, 0, now, true);
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

    alarm_begin_with_door(fixture);
    alarm_send_door(fixture, 0, now, true);
    ledger_remove_sensor(fixture, LEDGER_ORGANIZATION, ALARM_SERIAL);
    fixture_script(fixture, "INSERT INTO alarm_due (organization_id, sensor_id, due_at) VALUES "
                            "(11, 99, 0);");
    alarm_run_due_job_at(fixture, now + HOUR);
    check_int(alarm_count(fixture), 0);
    check_int(alarm_next_due(fixture), -1);
    alarm_nodes_close();
}

TEST(alarm_due_forgets_sensors_that_are_not_watched)
{
    with_each_store(forgets_what_is_not_watched);
}
