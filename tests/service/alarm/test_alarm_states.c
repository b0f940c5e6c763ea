/* A state that holds while rules are made and changed, alarms are paused, and servers start. */
#include <string.h>

#include "service/alarm/alarm_due.h"
#include "service/alarm/alarm_rules.h"
#include "service/core/transaction.h"
#include "service/ingest/ingest.h"
#include "service/measurement/journal_index.h"
#include "support/alarm_nodes.h"
#include "support/check.h"
#include "support/ledger_rows.h"

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
    alarm_send_door(fixture, 0, now - 2 * DAY, true);
    alarm_send_door(fixture, 0, now, true); /* a state is repeated where a message ends */
    alarm_compact(fixture);
    fixture->call.now = now + 3 * HOUR;
    int64_t id = add_door_rule(fixture);
    alarm_run_due_job_at(fixture, now + 3 * HOUR);
    check_int(alarm_count_open(fixture), 1); /* at once, since the door was opened */
    check_int(fixture_count(fixture, "SELECT started_at FROM alert"), now - 2 * DAY);

    fixture->call.now = changed_at;
    check_int(alarm_rule_change(&fixture->call, LEDGER_ORGANIZATION, id, &longer, &row), STATUS_OK);
    alarm_run_due_job_at(fixture, changed_at);
    check_int(alarm_count_open(fixture), 0);
    check_int(alarm_next_due(fixture), changed_at + 20 * MINUTE);
    alarm_run_due_job_at(fixture, changed_at + 20 * MINUTE);
    check_int(alarm_count_open(fixture), 1); /* from the change on */
    check_int(fixture_count(fixture, "SELECT max(started_at) FROM alert"), changed_at);
    check_int(alarm_count(fixture), 2);
    alarm_nodes_close();
}

TEST(alarm_rule_counts_a_state_that_stands_when_a_rule_is_made_or_changed)
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

    alarm_begin_with_door(fixture);
    alarm_send_door(fixture, 0, now, true);
    fixture->call.now = now + MINUTE;
    set_paused(fixture, true);
    alarm_run_due_job_at(fixture, now + HOUR);
    check_int(alarm_count(fixture), 0);
    check_int(alarm_next_due(fixture), -1);
    set_paused(fixture, false);
    alarm_run_due_job_at(fixture, now + HOUR);
    check_int(alarm_next_due(fixture), now + HOUR + 10 * MINUTE);
    alarm_run_due_job_at(fixture, now + 2 * HOUR);
    check_int(alarm_count_open(fixture), 1);
    check_int(fixture_count(fixture, "SELECT started_at FROM alert"), now + HOUR);
    /* The door closes during a pause: then the alert is over. */
    set_paused(fixture, true);
    fixture->call.now = now + 3 * HOUR;
    alarm_send_door(fixture, 0, now + 3 * HOUR, false);
    check_int(alarm_count_open(fixture), 1);
    fixture->call.now = now + 4 * HOUR;
    set_paused(fixture, false);
    alarm_run_due_job_at(fixture, now + 4 * HOUR);
    check_int(alarm_count_open(fixture), 0);
    check_int(fixture_count(fixture, "SELECT ended_at FROM alert"), now + 4 * HOUR);
    alarm_nodes_close();
}

TEST(alarms_count_a_state_from_the_end_of_a_pause_on)
{
    with_each_store(counts_from_the_end_of_a_pause);
}

/* As the migration leaves a sensor: a state that began and ended before it gives no alert. */
static void
counts_only_what_stands(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    alarm_nodes_begin(fixture);
    alarm_add_license(fixture, alarm_always);
    alarm_send_door(fixture, 0, now - 9 * HOUR, true);
    alarm_send_door(fixture, 0, now - 8 * HOUR, false);
    alarm_send_door(fixture, 0, now - 3 * HOUR, true);
    alarm_add_rule(fixture, 1, &alarm_door_rule);
    fixture_script(fixture, "INSERT INTO alarm_due (organization_id, sensor_id, due_at) "
                            "SELECT organization_id, id, 0 FROM sensor;");
    alarm_run_due_job_at(fixture, now);
    check_int(alarm_count(fixture), 1);
    check_int(fixture_count(fixture, "SELECT started_at FROM alert"), now - 3 * HOUR);
    check_int(alarm_next_due(fixture), -1);
    alarm_nodes_close();
}

TEST(alarm_due_counts_only_what_stands_when_a_store_is_updated)
{
    with_each_store(counts_only_what_stands);
}

enum { RACE_SECONDS = 50, RACE_CYCLE = 5, RACE_OPEN = 3 };

/* Saves a sample of the door each second: it is open for 3 seconds of 5. */
static void
race_send(struct call *call, struct ingest *ingest, utc_seconds at, int64_t second)
{
    const struct sample sample = { .at = at,
                                   .raw = second % RACE_CYCLE < RACE_OPEN,
                                   .type = DOOR,
                                   .channel = DOOR,
                                   .kind = SAMPLE_STATE };
    struct delivery delivery = { .samples = &sample, .sample_count = 1, .signal = 40 };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };
    enum status status = STATUS_BUSY;

    check(serial_parse(&delivery.serial, ALARM_SERIAL, strlen(ALARM_SERIAL)));
    call->now = at;
    while (status == STATUS_BUSY)
        status = ingest_commit(ingest, call, items, 1);
    check_int(status, STATUS_OK);
    arena_clear(call->db.arena);
}

static void
race_run_job(struct call *call, utc_seconds at)
{
    enum status status = STATUS_OK;
    bool more = true;

    call->now = at;
    while (status == STATUS_BUSY || (!status && more))
        status = transact(call, alarm_due_body, &more);
    check_int(status, STATUS_OK);
    arena_clear(call->db.arena);
}

/* One server receives, another one runs the job. */
static void
race(struct call *call, int thread, void *with)
{
    utc_seconds begin = call->now;
    struct journal_index *journal_index = thread == 0 ? journal_index_open() : NULL;
    struct ingest *ingest = thread == 0 ? ingest_open() : NULL;

    (void)with;
    call->journal_index = journal_index; /* the other server reads the journal itself */
    for (int64_t second = 0; second < RACE_SECONDS && !check_failures(); second++)
        if (thread == 0)
            race_send(call, ingest, begin + second, second);
        else
            race_run_job(call, begin + second);
    ingest_close(ingest);
    journal_index_close(journal_index);
}

static void
are_found_once(struct fixture *fixture)
{
    struct alarm_rule soon = alarm_door_rule;
    utc_seconds now = fixture->call.now;

    soon.for_seconds = 2;
    alarm_nodes_begin(fixture);
    alarm_add_license(fixture, alarm_always);
    alarm_add_rule(fixture, 1, &soon);
    run_in_two_threads(fixture, race, NULL);
    fixture->call.now = now + RACE_SECONDS;
    check_int(alarm_count(fixture), RACE_SECONDS / RACE_CYCLE);
    check_int(alarm_count_open(fixture), 0);
    check_int(fixture_count(fixture, "SELECT sum(ended_at - started_at) FROM alert WHERE "
                                     "withdrawn_at IS NULL"),
              RACE_SECONDS / RACE_CYCLE * RACE_OPEN);
    alarm_nodes_close();
}

TEST(alarm_due_finds_each_alert_once_while_two_servers_work)
{
    with_each_store(are_found_once);
}
