#include "service/threads/ticker.h"

#include "service/core/job.h"
#include "support/check.h"
#include "support/threads.h"

static void
run_until(struct fixture *fixture, const struct scheduled_job *schedule_of_test, struct news *news)
{
    struct journal_index *journal_index = journal_index_open();
    struct writer *writer = start_writer(fixture, journal_index);
    struct store_options store = { .url = fixture->url };
    struct ticker_options options = { &store, writer, schedule_of_test };
    struct ticker *ticker;

    check_int(ticker_start(&ticker, &options, &fixture->call.db.fault), STATUS_OK);
    check(news_wait(news));
    ticker_stop(ticker);
    writer_stop(writer);
    journal_index_close(journal_index);
}

static struct news third_look;
static int looks;

static enum status
look(struct call *call, bool *more)
{
    (void)call;
    *more = false;
    if (++looks == 3) /* at the start, before the long job, and during it */
        news_set(&third_look);
    return STATUS_OK;
}

static enum status
never_ends(struct call *call, bool *more)
{
    (void)call;
    *more = true;
    return STATUS_OK;
}

static enum status
never(struct call *call, utc_seconds *at)
{
    (void)call;
    *at = UTC_NEVER;
    return STATUS_OK;
}

static void
looks_again(struct fixture *fixture)
{
    static const struct scheduled_job schedule_of_test[] = {
        { "renewals", look, never },
        { "notices", never_ends, never },
        { .name = NULL },
    };

    third_look = NEWS_NONE;
    looks = 0;
    run_until(fixture, schedule_of_test, &third_look);
}

TEST(ticker_runs_renewals_while_another_job_takes_long)
{
    with_each_store(looks_again);
}

static utc_seconds falls_due_at;
static struct news fell_due;

static enum status
note_due(struct call *call, bool *more)
{
    *more = false;
    if (call->now >= falls_due_at)
        news_set(&fell_due);
    return STATUS_OK;
}

static enum status
next_due(struct call *call, utc_seconds *at)
{
    *at = falls_due_at > call->now ? falls_due_at : UTC_NEVER;
    return STATUS_OK;
}

static enum status
lasts_until_due(struct call *call, bool *more)
{
    *more = call->now < falls_due_at;
    return STATUS_OK;
}

static void
sees_what_falls_due(struct fixture *fixture)
{
    static const struct scheduled_job schedule_of_test[] = {
        { "renewals", note_due, next_due },
        { "notices", lasts_until_due, never },
        { .name = NULL },
    };

    fell_due = NEWS_NONE;
    falls_due_at = utc_now() + 1;
    run_until(fixture, schedule_of_test, &fell_due);
    check(utc_now() - falls_due_at < NEWS_PATIENCE_SECONDS / 2); /* not only once a minute */
}

TEST(ticker_does_work_that_falls_due_during_a_round)
{
    with_each_store(sees_what_falls_due);
}

static int failing_steps;
static struct news third_good_step;
static int good_steps;

/* It names its organization, but takes no notice that it is left out. */
static enum status
fails_for_seven(struct call *call, bool *more)
{
    *more = true;
    failing_steps++;
    enum status status = job_begin_organization(call, 7);
    return status ? status : call_fail(call, STATUS_BROKEN, "", "", "the row of 7 is broken");
}

static enum status
works(struct call *call, bool *more)
{
    (void)call;
    *more = false;
    if (++good_steps == 3)
        news_set(&third_good_step);
    return STATUS_OK;
}

static enum status
is_due(struct call *call, utc_seconds *at)
{
    *at = call->now;
    return STATUS_OK;
}

static void
goes_on_beside_a_failing_job(struct fixture *fixture)
{
    static const struct scheduled_job schedule_of_test[] = {
        { "renewals", fails_for_seven, is_due },
        { "notices", works, is_due },
        { .name = NULL },
    };

    third_good_step = NEWS_NONE;
    failing_steps = good_steps = 0;
    run_until(fixture, schedule_of_test, &third_good_step);
    check(failing_steps <= 4); /* then it rests */
    check_int(fixture_count(fixture, "SELECT count(*) FROM job_failure WHERE job = 'renewals'"
                                     " AND organization_id IN (0, 7) AND reason LIKE '%of 7%'"),
              2);
}

TEST(ticker_runs_a_job_beside_one_that_fails_again_and_again)
{
    with_each_store(goes_on_beside_a_failing_job);
}

static enum status
fails_as_a_whole(struct call *call, bool *more)
{
    *more = true;
    failing_steps++;
    return call_fail(call, STATUS_BROKEN, "", "", "nothing can be read");
}

static void
rests(struct fixture *fixture)
{
    static const struct scheduled_job schedule_of_test[] = {
        { "renewals", fails_as_a_whole, is_due },
        { "notices", works, is_due },
        { .name = NULL },
    };

    third_good_step = NEWS_NONE;
    failing_steps = good_steps = 0;
    run_until(fixture, schedule_of_test, &third_good_step);
    check_int(failing_steps, 1);
}

TEST(a_job_that_fails_as_a_whole_rests_for_a_minute)
{
    with_each_store(rests);
}
