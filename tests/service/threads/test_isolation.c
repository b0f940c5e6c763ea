/* One organization has a broken row. Each job does the work of the others, records the failure, and
 * does the work of the broken one after its repair. */
#include <stdio.h>

#include "support/check.h"
#include "support/isolating.h"

/* A broken row, and its repair. */
struct breakage {
    const char *job; /* that fails */
    const char *what;
    const char *broken, *repaired;
};

/* The store refuses a row of the organization, as for a row that was restored by hand. */
#define REFUSES(table)                                                                             \
    "CREATE UNIQUE INDEX broken ON " table " (organization_id) WHERE organization_id = $o"
#define REFUSES_NO_MORE "DROP INDEX broken"
#define OLD_MESSAGE                                                                                \
    "INSERT INTO outbox (organization_id, id, kind, purpose, target, message_id, content, state,"  \
    " queued_at, next_try_at, attempts, last_error)"                                               \
    " VALUES ($o, 61, 'mail', 'test', 'x@y.example', 'm', $b, 'sent', $t, $t, 1, '');"

static const struct breakage breakages[] = {
    { "renewals", "the term of a key",
      "UPDATE license_key SET term = 'P0X' WHERE organization_id = $o",
      "UPDATE license_key SET term = 'P1Y' WHERE organization_id = $o" },
    { "renewals", "a term without an end",
      "UPDATE license_key SET term = 'P99999999999999999999Y' WHERE organization_id = $o",
      "UPDATE license_key SET term = 'P1Y' WHERE organization_id = $o" },
    { "renewals", "a serial",
      "UPDATE sensor SET serial = 'ZZZZZZZZZZZZ' WHERE organization_id = $o",
      "UPDATE sensor SET serial = $h WHERE organization_id = $o" },
    { "renewals", "the version",
      "UPDATE organization SET version = 9223372036854775807 WHERE id = $o",
      "UPDATE organization SET version = 7 WHERE id = $o" },
    { "renewals", "the hash of the audit log",
      "INSERT INTO audit_chain (organization_id, sequence, hash) VALUES ($o, 1, $b)",
      "DELETE FROM audit_chain WHERE organization_id = $o" },
    { "renewals", "the number of the audit log",
      "INSERT INTO audit_chain (organization_id, sequence, hash)"
      " VALUES ($o, 9223372036854775807, $b)",
      "DELETE FROM audit_chain WHERE organization_id = $o" },
    { "renewals", "a license that is there already", REFUSES("license"), REFUSES_NO_MORE },
    { "renewals", "an entry of the audit log",
      "INSERT INTO audit_entry (organization_id, sequence, at, actor_kind, actor_id, actor_name,"
      " action, object_kind, object_id, before, after, hash)"
      " VALUES ($o, 1, 0, '', 0, '', '', '', '', '', '', $b)",
      "DELETE FROM audit_entry WHERE organization_id = $o AND actor_kind = ''" },
    { "notices", "the notice time", "UPDATE organization SET notice_time = '25:61' WHERE id = $o",
      "UPDATE organization SET notice_time = '00:00' WHERE id = $o" },
    { "notices", "a serial", "UPDATE sensor SET serial = 'ZZZZZZZZZZZZ' WHERE organization_id = $o",
      "UPDATE sensor SET serial = $h WHERE organization_id = $o" },
    { "notices", "the version",
      "UPDATE organization SET version = 9223372036854775807 WHERE id = $o",
      "UPDATE organization SET version = 7 WHERE id = $o" },
    { "notices", "a message that is there already", OLD_MESSAGE REFUSES("outbox"),
      REFUSES_NO_MORE },
    { "low pools", "a serial",
      "UPDATE sensor SET serial = 'ZZZZZZZZZZZZ' WHERE organization_id = $o",
      "UPDATE sensor SET serial = $h WHERE organization_id = $o" },
    { "low pools", "a message that is there already", OLD_MESSAGE REFUSES("outbox"),
      REFUSES_NO_MORE },
    { "expired licenses", "the version",
      "UPDATE organization SET version = 9223372036854775807 WHERE id = $o",
      "UPDATE organization SET version = 7 WHERE id = $o" },
    { "expired licenses", "a message that is there already", OLD_MESSAGE REFUSES("outbox"),
      REFUSES_NO_MORE },
    { "lost connections", "an alert that is there already",
      "INSERT INTO alert (organization_id, id, rule_id, sensor_id, channel, condition,"
      " channel_type, threshold, hysteresis, for_seconds, started_at, ended_at, peak, noticed_at,"
      " mail_pending, begin_mailed) VALUES ($o, 51, 9, $s, 0, 'above', 1, 0, 0, 0, 0, 1, 0, 0,"
      " false, true);" REFUSES("alert"),
      REFUSES_NO_MORE },
    { "alerts", "a message that is there already", OLD_MESSAGE REFUSES("outbox"), REFUSES_NO_MORE },
};

/* The next instant is not due, so that the ticker does not spin. */
static void
isolating_check_rest(struct fixture *fixture, struct job_turn *turn)
{
    struct call call = fixture->call;
    utc_seconds at = 0;

    call.job = &turn->step;
    check_int(job_turn_next_at(&call, turn, &at), STATUS_OK);
    check(at > call.now);
    check_int(job_retry_at(&call, &at), STATUS_OK);
    check_int(at, call.now + JOB_FIRST_PAUSE_SECONDS);
}

static const struct breakage *breakage; /* that the fixture's test tries */

static void
one_broken_row(struct fixture *fixture)
{
    const struct isolating_case *row = isolating_case_of(breakage->job);
    struct job_turn turn = isolating_turn(breakage->job);
    char name[128];

    snprintf(name, sizeof name, "%s: %s: %s", fixture->driver_name, breakage->job, breakage->what);
    check_row(name);
    isolating_begin(fixture, row);
    isolating_run_sql(fixture, ISOLATED, breakage->broken);
    check_int(isolating_run_job(fixture, &turn), 1);
    check_int(isolating_count(fixture, FIRST_OTHER, row->done), 1);
    check_int(isolating_count(fixture, LAST_OTHER, row->done), 1);
    check_int(isolating_count(fixture, ISOLATED, row->done), 0);
    check_int(isolating_left_out(fixture, ISOLATED, breakage->job), 1);
    isolating_check_rest(fixture, &turn);

    /* It is tried again after the pause, and then less often. */
    fixture->call.now += JOB_FIRST_PAUSE_SECONDS - 1;
    check_int(isolating_run_job(fixture, &turn), 0);
    fixture->call.now += 1;
    check_int(isolating_run_job(fixture, &turn), 1);
    fixture->call.now += 2 * JOB_FIRST_PAUSE_SECONDS - 1;
    check_int(isolating_run_job(fixture, &turn), 0);

    isolating_run_sql(fixture, ISOLATED, breakage->repaired);
    fixture->call.now += 1;
    check_int(isolating_run_job(fixture, &turn), 0);
    check_int(isolating_count(fixture, ISOLATED, row->done), 1);
    check_int(isolating_left_out(fixture, ISOLATED, breakage->job), 0);
    isolating_end(fixture);
}

TEST(a_broken_row_of_one_organization_stops_a_job_only_for_it)
{
    for (size_t i = 0; i < sizeof breakages / sizeof breakages[0]; i++) {
        breakage = &breakages[i];
        with_each_store(one_broken_row);
    }
}

/* A process that has ended recorded it, or the sensor sends no more: nobody would forget it. */
static void
abandoned_record(struct fixture *fixture)
{
    struct job_turn turn = isolating_turn("renewals");

    fixture_script(fixture, "INSERT INTO job_failure (job, organization_id, failures, since, "
                            "retry_at, reason) VALUES ('measurements', 9011, 1, 1, 61, 'x')");
    fixture->call.now = 61 + 2 * JOB_LONGEST_PAUSE_SECONDS - 1;
    check_int(isolating_run_job(fixture, &turn), 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM job_failure"), 1);
    fixture->call.now++;
    check_int(isolating_run_job(fixture, &turn), 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM job_failure"), 0);
    check_int(turn.step.recovered_count, 0); /* by this job */
}

TEST(a_failure_that_nobody_tries_again_is_forgotten)
{
    with_each_store(abandoned_record);
}
