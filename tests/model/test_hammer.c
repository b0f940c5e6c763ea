/*
 * test_hammer.c - two processes of two nodes each change the same ledgers for some seconds.
 * Whatever came to pass, afterwards the books are right. SEED=n, SECONDS=n.
 */
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "hammer.h"
#include "service/audit/audit_log.h"
#include "service/core/transaction.h"
#include "service/ledger/ledger_jobs.h"
#include "support/check.h"
#include "support/random.h"
#include "support/verbs.h"

enum {
    PROCESSES = 2,
    CODES = 40,
    MOST_ARGUMENTS = 8 + HAMMER_ORGANIZATIONS + CODES,
    SECONDS_EACH = 4
};

extern char **environ;

struct arguments {
    char *at[MOST_ARGUMENTS];
    int count;
};

static void
add(struct fixture *fixture, struct arguments *arguments, const char *text)
{
    arguments->at[arguments->count++] = arena_text(&fixture->arena, text, strlen(text));
}

static void
add_number(struct fixture *fixture, struct arguments *arguments, int64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, number);
    add(fixture, arguments, text);
}

static void
run_processes(struct fixture *fixture, uint64_t seed)
{
    static const char *const terms[] = { "P1D", "P2D", "P1W", "P1M" };
    const char *given = getenv("SECONDS");
    int64_t organizations[HAMMER_ORGANIZATIONS], began = monotonic_nanoseconds();
    const char *codes[CODES];
    pid_t pids[PROCESSES];

    for (int i = 0; i < HAMMER_ORGANIZATIONS; i++)
        organizations[i] =
            make_organization_in(fixture, "Cold chain", i == 0 ? "UTC" : "Europe/Warsaw");
    for (int i = 0; i < CODES; i++)
        codes[i] = issue(fixture, 1 + i % 7, terms[i % 4]);
    for (int p = 0; p < PROCESSES; p++) {
        struct arguments arguments = { .count = 0 };
        add(fixture, &arguments, HAMMER);
        add(fixture, &arguments, fixture->url);
        add_number(fixture, &arguments, (int64_t)(seed % 1000000) * PROCESSES + p);
        add_number(fixture, &arguments, began);
        add_number(fixture, &arguments, given ? strtoll(given, NULL, 10) : SECONDS_EACH);
        for (int i = 0; i < HAMMER_ORGANIZATIONS; i++)
            add_number(fixture, &arguments, organizations[i]);
        for (int i = 0; i < CODES; i++)
            add(fixture, &arguments, codes[i]);
        arguments.at[arguments.count] = NULL;
        check_int(posix_spawn(&pids[p], HAMMER, NULL, NULL, arguments.at, environ), 0);
    }
    for (int p = 0; p < PROCESSES; p++) {
        int how = -1;
        check_int(waitpid(pids[p], &how, 0), pids[p]);
        check(WIFEXITED(how) && WEXITSTATUS(how) == EXIT_SUCCESS);
    }
}

static enum status
tick_body(struct call *call, void *with)
{
    return renewal_job_run(call, with);
}

/* What is due by the last instant, so that the next checks hold. */
static void
tick(struct fixture *fixture)
{
    bool more = true;

    fixture->call.now = fixture_count(fixture, "SELECT latest_at + 30 FROM clock_mark");
    while (more && check_failures() == 0)
        check_int(transact(&fixture->call, tick_body, &more), STATUS_OK);
}

static void
check_books(struct fixture *fixture)
{
    struct audit_verification audit;
    char sql[700];

    check_ledger(fixture);
    check_int(audit_verify(&fixture->call, &(struct audit_verify_request){ .head = NULL }, &audit),
              STATUS_OK);
    check_int(audit.flawed, 0);
    check(audit.entries > 100);
    check(fixture_count(fixture, "SELECT count(*) FROM license") > 10);
    check(fixture_count(fixture, "SELECT count(*) FROM journal") > 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor WHERE coverage_ends_at <> "
                                     "coalesce((SELECT max(expires_at) FROM license"
                                     " WHERE license.organization_id = sensor.organization_id AND "
                                     "license.sensor_id = sensor.id), 0)"),
              0);
    /* A code is redeemed once. */
    check_int(fixture_count(fixture, "SELECT count(*) - count(DISTINCT id) FROM license_key"), 0);
    check_int(fixture_count(
                  fixture,
                  "SELECT count(*) FROM license_key WHERE NOT EXISTS (SELECT 1 FROM activation_code"
                  " WHERE activation_code.id = license_key.id AND activation_code.quantity = "
                  "license_key.quantity"
                  " AND activation_code.organization_id = license_key.organization_id)"),
              0);
    /* An order that was taken back has nothing in the pool. */
    check_int(fixture_count(
                  fixture,
                  "SELECT count(*) FROM license_key JOIN activation_code ON activation_code.id = "
                  "license_key.id"
                  " WHERE revoked_at IS NOT NULL AND assigned + withdrawn < license_key.quantity"),
              0);
    /* No sensor with auto-renewal is without coverage while the pool holds a license. */
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM sensor WHERE auto_renewal AND removed_at IS NULL AND "
             "coverage_ends_at <= %" PRId64 " AND EXISTS (SELECT 1 FROM license_key WHERE "
             "license_key.organization_id = sensor.organization_id"
             " AND assigned + withdrawn < quantity)",
             fixture->call.now);
    check_int(fixture_count(fixture, sql), 0);
}

static uint64_t seed;

static void
hammered(struct fixture *fixture)
{
    run_processes(fixture, seed);
    tick(fixture);
    check_books(fixture);
}

TEST(hammered_by_two_processes_the_books_are_right)
{
    struct random random = random_seeded();

    seed = random_next(&random);
    with_each_store(hammered);
}
