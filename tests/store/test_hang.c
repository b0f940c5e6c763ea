/* A server that hangs, and does not close its connections, is given up after a time.
 * Stops the processes of the whole cluster: runs on one of its own. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utc.h"
#include "store/statement.h"
#include "store/store_internal.h"
#include "support/check.h"
#include "support/sample.h"

enum {
    SOON_MS = 1000,     /* without waiting for the server */
    IN_TIME_MS = 10000, /* an impatient store: its wait and a second, or libpq's two seconds */
    BATCH_ROWS = 1000,  /* with their texts more than a socket holds */
    TEXT_BYTES = 2000,
};

static pid_t frozen; /* the postmaster, while it is stopped */

static void
signal_children(pid_t parent, int number)
{
    char path[64];
    int child;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    FILE *children = fopen(path, "r");
    while (children && fscanf(children, "%d", &child) == 1)
        kill(child, number);
    if (children)
        fclose(children);
}

static void
thaw(void)
{
    if (!frozen)
        return;
    signal_children(frozen, SIGCONT);
    kill(frozen, SIGCONT);
    frozen = 0;
}

static void
freeze(pid_t postmaster)
{
    frozen = postmaster;
    kill(postmaster, SIGSTOP); /* first: it makes no more children */
    signal_children(postmaster, SIGSTOP);
}

static pid_t
find_postmaster(struct fixture *fixture)
{
    static bool armed;

    if (!armed)
        atexit(thaw); /* else nobody could end it */
    armed = true;
    return (pid_t)fixture_count(fixture, "SELECT CAST(split_part(pg_read_file('postmaster.pid'),"
                                         " chr(10), 1) AS BIGINT)");
}

static void
check_gives_up(enum status status, const struct fault *fault, int64_t began, int most_ms)
{
    check_int(status, STATUS_BUSY);
    check_text(fault->reason, "the store does not answer");
    check((monotonic_nanoseconds() - began) / 1000000 < most_ms);
}

/* Without a restart: a new connection is made as soon as the rest is over. */
static void
check_works_again(struct store *store, int64_t id)
{
    struct fault fault = { 0 };
    enum status status = begin_patiently(store, &fault);

    check_int(status, STATUS_OK);
    if (status)
        return;
    check_int(sample_put(store, id, &fault), STATUS_OK);
    check_int(store_commit(store, &fault), STATUS_OK);
}

static enum status
put_one(struct store *store, struct fault *fault)
{
    return sample_put(store, 1000, fault);
}

static enum status
put_many(struct store *store, struct fault *fault)
{
    static char words[TEXT_BYTES + 1];
    static struct sample_insert_all_in rows[BATCH_ROWS];
    int64_t changed;

    memset(words, 'w', TEXT_BYTES);
    for (int i = 0; i < BATCH_ROWS; i++)
        rows[i] = (struct sample_insert_all_in){ .id = 2000 + i, .words = words };
    struct db db = { store, NULL, { 0 } };
    enum status status = sample_insert_all(&db, rows, BATCH_ROWS, &changed);

    *fault = db.fault;
    return status;
}

static enum status
pass(void *with, const struct sample_each_out *row, struct fault *fault)
{
    (void)with;
    (void)row;
    (void)fault;
    return STATUS_OK;
}

static enum status
read_each(struct store *store, struct fault *fault)
{
    struct db db = { store, NULL, { 0 } };
    enum status status = sample_each(&db, &(struct sample_each_in){ { 0 } }, pass, NULL);

    *fault = db.fault;
    return status;
}

static const struct {
    const char *name;
    bool in_transaction;
    enum status (*ask)(struct store *store, struct fault *fault);
    int most_ms;
} exchanges[] = {
    { "begin", false, store_begin, IN_TIME_MS },
    { "a statement of its own", false, put_one, IN_TIME_MS },
    { "a statement", true, put_one, IN_TIME_MS },
    { "a batch", true, put_many, IN_TIME_MS },
    { "a stream", true, read_each, 3 * IN_TIME_MS },
    { "commit", true, store_commit, IN_TIME_MS },
};

static void
hangs(struct fixture *fixture)
{
    struct fault fault = { 0 };

    if (on_sqlite(fixture))
        return;
    sample_table(fixture);
    pid_t postmaster = find_postmaster(fixture);
    for (size_t i = 0; i < sizeof exchanges / sizeof exchanges[0]; i++) {
        struct store *store = open_impatient(fixture, STORE_READ_WRITE);

        check_row(exchanges[i].name);
        if (exchanges[i].in_transaction)
            check_int(store_begin(store, &fault), STATUS_OK);
        freeze(postmaster);
        int64_t began = monotonic_nanoseconds();
        check_gives_up(exchanges[i].ask(store, &fault), &fault, began, exchanges[i].most_ms);
        store_rollback(store);
        began = monotonic_nanoseconds();
        check_gives_up(store_begin(store, &fault), &fault, began, SOON_MS); /* it rests */
        thaw();
        check_works_again(store, (int64_t)i);
        store_close(store);
    }
    check_int(sample_count(fixture), sizeof exchanges / sizeof exchanges[0]);
}

TEST(a_server_that_hangs_is_given_up_and_used_again_when_it_answers)
{
    with_each_store(hangs);
}

/* A process that is asked to end does not wait for as long as it would. */
static void
ends_while_it_hangs(struct fixture *fixture)
{
    struct deadline deadline = { 0 };
    struct store_options options = patient_options(fixture, &deadline);
    struct fault fault = { 0 };
    struct store *store, *none;

    if (on_sqlite(fixture))
        return;
    check_int(store_open(&store, &options, &fault), STATUS_OK);
    freeze(find_postmaster(fixture));
    int64_t began = monotonic_nanoseconds();
    deadline_set(&deadline, ENDS_IN_MS);
    check_int(store_begin(store, &fault), STATUS_BUSY);
    check_text(fault.reason, "this server is stopping");
    check((monotonic_nanoseconds() - began) / 1000000 < ENDED_MS);
    thaw();
    check_int(store_begin(store, &fault), STATUS_BUSY); /* for good */
    check_int(store_open(&none, &options, &fault), STATUS_BUSY);
    check_text(fault.reason, "this server is stopping");
    store_close(store);
}

TEST(a_process_that_ends_waits_no_longer_for_a_server_that_hangs)
{
    with_each_store(ends_while_it_hangs);
}

static void
opens_while_it_hangs(struct fixture *fixture)
{
    struct store_options options = { .url = fixture->url, .mode = STORE_READ_ONLY };
    struct fault fault = { 0 };
    struct store *store;

    if (on_sqlite(fixture))
        return;
    freeze(find_postmaster(fixture));
    int64_t began = monotonic_nanoseconds();
    check_int(store_open(&store, &options, &fault), STATUS_BUSY); /* the kernel still connects */
    check((monotonic_nanoseconds() - began) / 1000000 < IN_TIME_MS);
    thaw();
    check_int(store_open(&store, &options, &fault), STATUS_OK);
    store_close(store);
}

TEST(a_store_that_hangs_is_not_opened)
{
    with_each_store(opens_while_it_hangs);
}

static enum status
count_row(void *into, const struct value *row, struct fault *fault)
{
    (void)row;
    (void)fault;
    ++*(int *)into;
    return STATUS_OK;
}

/* Rows that fill the server's buffer, each a while after the other: together longer
 * than an impatient store lets a server be silent. */
static void
takes_long(struct fixture *fixture)
{
    static const struct cell words = { 0, VALUE_TEXT, 1, false };
    static const char sql[] = "SELECT repeat('x', 9000) || CAST(pg_sleep(0.4) AS TEXT)"
                              " FROM generate_series(1, 5)";
    struct statement statement = {
        .name = "slow",
        .number = STATEMENT_UNCACHED,
        .sqlite = sql,
        .postgres = sql,
        .out = &words,
        .out_count = 1,
    };
    struct fault fault = { 0 };
    int64_t changed;
    int rows = 0;

    if (on_sqlite(fixture))
        return;
    struct store *store = open_impatient(fixture, STORE_READ_ONLY);
    check_int(store->driver->run(store->connection,
                                 &(struct driver_run){ &statement, NULL, count_row, &rows },
                                 &changed, &fault),
              STATUS_OK);
    check_int(rows, 5);
    store_close(store);
}

TEST(a_statement_that_takes_long_goes_on_as_long_as_something_comes)
{
    with_each_store(takes_long);
}
