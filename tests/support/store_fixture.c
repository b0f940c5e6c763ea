#include "support/store_fixture.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "store/statement.h"
#include "store/store_internal.h"
#include "support/check.h"
#include "support/template.h"

enum { URL_SIZE = 1024 };

/* A driver that stands in front of another and fails when it is told to. */
static const struct driver *inner;
static int calls_made, fail_at, run_at;
static enum fixture_cut next_cut;
static bool away, cut_off; /* away: after the next cut no begin works */
static int begins_refused; /* so many are still to be refused */
static void (*run_meanwhile)(void *with);
static void *meanwhile_with;

static enum status
may_fail(struct fault *fault)
{
    calls_made++;
    if (calls_made == run_at)
        run_meanwhile(meanwhile_with);
    if (calls_made == fail_at)
        return fail(fault, STATUS_BUSY, "", "", "the test says so");
    return STATUS_OK;
}

static enum status
faulty_begin(struct connection *connection, enum store_mode mode, struct fault *fault)
{
    enum status status = may_fail(fault);
    if (!status && ((away && cut_off) || begins_refused > 0)) {
        begins_refused -= begins_refused > 0;
        status = fail(fault, STATUS_BUSY, "", "", "the test says that the store is away");
    }
    return status ? status : inner->begin(connection, mode, fault);
}

static enum status
faulty_commit(struct connection *connection, bool *in_doubt, struct fault *fault)
{
    enum status status = may_fail(fault);

    *in_doubt = false;
    if (status || next_cut == CUT_NONE)
        return status ? status : inner->commit(connection, in_doubt, fault);
    if (next_cut == CUT_AFTER)
        check_int(inner->commit(connection, in_doubt, fault), STATUS_OK);
    next_cut = CUT_NONE;
    *in_doubt = cut_off = true;
    return fail(fault, STATUS_BUSY, "", "", "the test cuts the connection");
}

static enum status
faulty_run(struct connection *connection, const struct driver_run *run, int64_t *changed,
           struct fault *fault)
{
    enum status status = may_fail(fault);
    return status ? status : inner->run(connection, run, changed, fault);
}

static enum status
faulty_run_batch(struct connection *connection, const struct driver_batch *batch, int64_t *changed,
                 struct fault *fault)
{
    enum status status = may_fail(fault);
    return status ? status : inner->run_batch(connection, batch, changed, fault);
}

void
fixture_fail_at(struct fixture *fixture, int n)
{
    (void)fixture;
    calls_made = 0;
    fail_at = n;
    run_at = 0;
    next_cut = CUT_NONE;
}

void
fixture_cut_commit(struct fixture *fixture, enum fixture_cut cut)
{
    (void)fixture;
    next_cut = cut;
}

void
fixture_refuse_begins(struct fixture *fixture, int begins)
{
    (void)fixture;
    begins_refused = begins;
}

void
fixture_stay_away(struct fixture *fixture, bool stay)
{
    (void)fixture;
    away = stay;
    cut_off = false;
}

void
fixture_run_at(struct fixture *fixture, int n, void (*run)(void *with), void *with)
{
    fixture_fail_at(fixture, 0);
    run_at = n;
    run_meanwhile = run;
    meanwhile_with = with;
}

int
fixture_calls(void)
{
    return calls_made;
}

static enum status
take_number(void *into, const struct value *row, struct fault *fault)
{
    (void)fault;
    *(int64_t *)into = row[0].int64;
    return STATUS_OK;
}

int64_t
fixture_count(struct fixture *fixture, const char *sql)
{
    static const struct cell number = { 0, VALUE_INT64, 1, false };
    struct statement statement = {
        .name = "count",
        .number = STATEMENT_UNCACHED,
        .sqlite = sql,
        .postgres = sql,
        .out = &number,
        .out_count = 1,
    };
    int64_t got = -1, changed;
    struct fault fault = { 0 };

    check_int(inner->run(fixture->call.db.store->connection,
                         &(struct driver_run){ &statement, NULL, take_number, &got }, &changed,
                         &fault),
              STATUS_OK);
    return got;
}

void
fixture_script(struct fixture *fixture, const char *sql)
{
    struct fault fault = { 0 };

    check_int(inner->script(fixture->call.db.store->connection, sql, &fault), STATUS_OK);
    check_text(fault.reason, "");
}

bool
fixture_try_script(struct fixture *fixture, const char *sql)
{
    struct fault fault = { 0 };

    return !inner->script(fixture->call.db.store->connection, sql, &fault);
}

struct store *
fixture_open_second(struct fixture *fixture, enum store_mode mode)
{
    struct store *store;
    struct fault fault = { 0 };

    check_int(
        store_open(&store, &(struct store_options){ .url = fixture->url, .mode = mode }, &fault),
        STATUS_OK);
    check_text(fault.reason, "");
    if (!store)
        exit(EXIT_FAILURE); /* every test would go on with nothing */
    return store;
}

/* `prepare` makes a migrated store without rows of the one that is open; NULL: it is one. */
static void
run_on(const char *url, void (*prepare)(struct fixture *fixture),
       void (*test)(struct fixture *fixture))
{
    static struct driver faulty;
    struct fixture fixture = { .url = url };
    struct store_options options = { .url = url, .mode = STORE_READ_WRITE };
    struct fault fault = { 0 };
    struct store *store;

    inner = store_driver_for(url);
    faulty = *inner;
    faulty.begin = faulty_begin;
    faulty.commit = faulty_commit;
    faulty.run = faulty_run;
    faulty.run_batch = faulty_run_batch;
    fixture_fail_at(&fixture, 0);
    fixture.driver_name = inner->name;

    check_row(inner->name);
    fixture_stay_away(&fixture, false);
    fixture_refuse_begins(&fixture, 0);
    check_int(store_open_with(&store, &faulty, &options, &fault), STATUS_OK);
    check_text(fault.reason, "");
    if (!store)
        return;
    memset(fixture.secret.bytes, 0x5e, sizeof fixture.secret.bytes);
    arena_init(&fixture.arena, FIXTURE_ARENA_BYTES);
    fixture.call = (struct call){
        .db.store = store,
        .db.arena = &fixture.arena,
        .actor = &actor_system,
        .secret = &fixture.secret,
        .public_url = "https://tenure.example.com",
        .now = FIXTURE_NOW,
    };
    prepare(&fixture);
    fixture_fail_at(&fixture, 0);
    test(&fixture);
    store_rollback(store); /* what a failed test left open */
    arena_clear(&fixture.arena);
    store_close(store);
}

/* No power cut in a test. */
static void
prepare_sqlite(struct fixture *fixture)
{
    fixture_script(fixture, "PRAGMA synchronous=OFF");
}

static void
run_on_sqlite(void (*test)(struct fixture *fixture))
{
    const char *base = getenv("TMPDIR");
    char folder[URL_SIZE / 2], url[URL_SIZE], file[URL_SIZE];

    snprintf(folder, sizeof folder, "%s/store-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(folder)) {
        check_text(folder, "a temporary folder");
        return;
    }
    snprintf(url, sizeof url, "sqlite:%s/tenure.db", folder);
    template_copy_sqlite(url + strlen("sqlite:"));
    run_on(url, prepare_sqlite, test);
    for (const char *const *end = (const char *const[]){ "", "-wal", "-shm", NULL }; *end; end++) {
        snprintf(file, sizeof file, "%s/tenure.db%s", folder, *end);
        unlink(file);
    }
    rmdir(folder);
}

/* A schema a process, so that suites may run side by side. */
static void
run_on_postgres(const char *cluster_url, void (*test)(struct fixture *fixture))
{
    char url[URL_SIZE];

    snprintf(url, sizeof url, "%s%coptions=-csearch_path%%3Dtest_%ld", cluster_url,
             strchr(cluster_url, '?') ? '&' : '?', (long)getpid());
    run_on(url, template_reset_postgres, test);
}

static bool
is_wanted(const char *driver_name)
{
    const char *wanted = getenv("TENURE_TEST_STORES");

    return !wanted || strstr(wanted, driver_name);
}

void
with_sqlite(void (*test)(struct fixture *fixture))
{
    log_start(LOG_ERROR);
    if (is_wanted("sqlite"))
        run_on_sqlite(test);
}

void
with_each_store(void (*test)(struct fixture *fixture))
{
    const char *cluster_url = getenv("TEST_POSTGRES_URL");

    log_start(LOG_ERROR);
    if (is_wanted("sqlite"))
        run_on_sqlite(test);
    if (is_wanted("postgresql") && cluster_url)
        run_on_postgres(cluster_url, test);
    else if (is_wanted("postgresql"))
        check_text("TEST_POSTGRES_URL is not set: run under tests/support/postgres.py", "");
}
