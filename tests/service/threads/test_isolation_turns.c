/* Jobs whose statements fail for one organization, turns, pauses. */
#include <stdio.h>

#include "service/core/transaction.h"
#include "support/check.h"
#include "support/front.h"
#include "support/isolating.h"

enum { SQL_SIZE = 2048 };

static const struct isolating_case *tried; /* by the fixture's test */

/* Statement by statement: the n-th that names the organization fails until the repair. False: the
 * job has no n-th one. */
static bool
statement_fails(struct fixture *fixture, int n)
{
    static const int64_t broken = ISOLATED;
    /* The last two name an organization whose turn is over. */
    static const char *const spared[] = { "job_", "renewal_organization", "expiry_watch_due",
                                          NULL };
    struct store *plain = fixture->call.db.store;
    struct job_turn turn = isolating_turn(tried->job);
    char name[160];

    isolating_begin(fixture, tried);
    front_reset(fixture);
    front.spared = spared;
    front.failing_at = n;
    front.failing_numbers = &broken;
    front.failing_count = 1;
    fixture->call.db.store = front_open_second(fixture, STORE_READ_WRITE);
    int failures = isolating_run_job(fixture, &turn);
    snprintf(name, sizeof name, "%s: %s: %s", fixture->driver_name, tried->job, front.failed);
    check_row(name);
    check_int(failures, *front.failed != 0);
    check_int(isolating_count(fixture, FIRST_OTHER, tried->done), 1);
    check_int(isolating_count(fixture, LAST_OTHER, tried->done), 1);
    check_int(isolating_count(fixture, ISOLATED, tried->done), !*front.failed);
    check_int(isolating_left_out(fixture, ISOLATED, tried->job), failures);
    bool has_failed = *front.failed;

    *front.failed = '\0';
    front.failing_at = 0;
    fixture->call.now += JOB_FIRST_PAUSE_SECONDS;
    check_int(isolating_run_job(fixture, &turn), 0);
    check_int(isolating_count(fixture, ISOLATED, tried->done), 1);
    check_int(isolating_left_out(fixture, ISOLATED, tried->job), 0);
    store_close(fixture->call.db.store);
    fixture->call.db.store = plain;
    isolating_end(fixture);
    return has_failed;
}

static int number;
static bool has_more;

static void
one_failing_statement(struct fixture *fixture)
{
    has_more |= statement_fails(fixture, number);
}

TEST(whichever_statement_fails_for_an_organization_stops_a_job_only_for_it)
{
    for (size_t i = 0; i < sizeof isolating_cases / sizeof isolating_cases[0]; i++) {
        tried = &isolating_cases[i];
        has_more = true;
        for (number = 1; has_more && check_failures() == 0; number++) {
            has_more = false;
            with_each_store(one_failing_statement);
        }
        check(number > 3);
    }
}

/* So many sensors with auto renewal whose coverage has ended. */
static void
add_ended_sensors(struct fixture *fixture, int64_t organization, int count)
{
    char sql[SQL_SIZE];

    snprintf(sql, sizeof sql,
             "UPDATE license_key SET quantity = 10000 WHERE organization_id = $o;"
             "INSERT INTO sensor (organization_id, id, serial, name, name_folded, auto_renewal,"
             " alarms_paused, added_at, added_by, coverage_ends_at, last_starts_at, version)"
             " WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number"
             " WHERE n < %d)"
             " SELECT $o, n, CAST(282100000000 + n AS TEXT), '', '', true, false, 0, 'test',"
             " $t - 60, $t - 864000, 1 FROM number",
             count);
    isolating_run_sql(fixture, organization, sql);
}

/* The first organization needs several steps; the last one gets the second step. */
static void
takes_turns(struct fixture *fixture)
{
    static const char renewed[] =
        "SELECT count(*) FROM license WHERE organization_id = $o AND cause = 'auto_renewal'";
    struct job_turn turn = isolating_turn("renewals");
    struct call call = fixture->call;

    isolating_make(fixture, ISOLATED);
    isolating_make(fixture, LAST_OTHER);
    add_ended_sensors(fixture, ISOLATED, 1100);
    add_ended_sensors(fixture, LAST_OTHER, 1);
    for (int step = 0; step < 2; step++)
        check_int(transact(&call, job_turn_run, &turn), STATUS_OK);
    check_int(isolating_count(fixture, ISOLATED, renewed), 500);
    check_int(isolating_count(fixture, LAST_OTHER, renewed), 1);
    check_int(isolating_run_job(fixture, &turn), 0);
    check_int(isolating_count(fixture, ISOLATED, renewed), 1100);
}

TEST(an_organization_with_many_renewals_lets_others_have_their_turn)
{
    with_each_store(takes_turns);
}

/* An organization that has nothing to do any more leaves the table. */
static void
has_no_work_any_more(struct fixture *fixture)
{
    const struct isolating_case *row = isolating_case_of("renewals");
    struct job_turn turn = isolating_turn("renewals");

    isolating_begin(fixture, row);
    isolating_run_sql(fixture, ISOLATED,
                      "UPDATE license_key SET term = 'P0X' WHERE organization_id = $o");
    check_int(isolating_run_job(fixture, &turn), 1);
    isolating_run_sql(fixture, ISOLATED,
                      "UPDATE sensor SET auto_renewal = false WHERE organization_id = $o");
    fixture->call.now += JOB_FIRST_PAUSE_SECONDS;
    check_int(isolating_run_job(fixture, &turn), 0);
    check_int(turn.step.recovered_count, 1);
    check_int(turn.step.recovered[0], ISOLATED);
    check_int(isolating_left_out(fixture, ISOLATED, "renewals"), 0);
    isolating_end(fixture);
}

TEST(an_organization_without_work_is_not_left_out_any_more)
{
    with_each_store(has_no_work_any_more);
}

static void
pauses_grow(struct fixture *fixture)
{
    static const int64_t pauses[] = { 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600 };
    struct job_failure of_organization = { "renewals", ISOLATED, "a\xFF reason", 0 },
                       of_job = { "renewals", 0, "a reason", 0 };
    struct call *call = &fixture->call;
    struct job_pause pause;

    for (size_t i = 0; i < sizeof pauses / sizeof pauses[0]; i++) {
        check_int(job_record_failure(call, &of_organization, &pause), STATUS_OK);
        check_int(pause.failures, i + 1);
        check_int(pause.retry_at, call->now + pauses[i]);
        check(!pause.was_left_out);
        check_int(job_record_failure(call, &of_job, &pause), STATUS_OK);
        check_int(pause.retry_at, call->now + 60);
        call->now += pauses[i];
    }
    call->now -= 1;
    check_int(job_record_failure(call, &of_organization, &pause), STATUS_OK);
    check(pause.was_left_out && !pause.in_vain); /* by another server, during the step */
    of_organization.began = call->now + 1;
    check_int(job_record_failure(call, &of_organization, &pause), STATUS_OK);
    check(pause.was_left_out && pause.in_vain);
}

TEST(pauses_double_up_to_an_hour_and_a_whole_job_rests_for_a_minute)
{
    with_each_store(pauses_grow);
}
