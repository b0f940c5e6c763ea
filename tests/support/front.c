#include "support/front.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/statement.h"
#include "store/store_internal.h"
#include "support/check.h"

struct front front;

enum { MOST_STANDING = 8 };

static const struct driver *inner;
static struct driver outer;
static struct connection *standing[MOST_STANDING]; /* in a read transaction that goes on */

static struct connection **
place_of(const struct connection *connection)
{
    for (size_t i = 0; i < MOST_STANDING; i++)
        if (standing[i] == connection)
            return &standing[i];
    return NULL;
}

static enum status
pass(void *into, const struct value *row, struct fault *fault)
{
    (void)into, (void)row, (void)fault;
    return STATUS_OK;
}

/* The snapshot is that of the first read. */
static enum status
stand_still(struct connection *connection, struct fault *fault)
{
    static const struct cell number = { 0, VALUE_INT64, 1, false };
    static const char sql[] = "SELECT count(*) FROM journal";
    const struct statement count = {
        .name = "count",
        .number = STATEMENT_UNCACHED,
        .sqlite = sql,
        .postgres = sql,
        .out = &number,
        .out_count = 1,
    };
    int64_t changed;
    enum status status = inner->begin(connection, STORE_READ_ONLY, fault);

    *place_of(NULL) = connection;
    return status ? status
                  : inner->run(connection, &(struct driver_run){ &count, .sink = pass }, &changed,
                               fault);
}

static enum status
open_counted(struct connection **out, const struct store_options *options, struct fault *fault)
{
    enum status status = inner->open(out, options, fault);

    front.opens++;
    return !status && front.stands_still && options->mode == STORE_READ_ONLY
               ? stand_still(*out, fault)
               : status;
}

static void
end_reading(struct connection *connection)
{
    if (place_of(connection))
        *place_of(connection) = NULL;
}

static void
close_standing(struct connection *connection)
{
    if (connection && place_of(connection))
        inner->rollback(connection);
    end_reading(connection);
    inner->close(connection);
}

static enum status
begin(struct connection *connection, enum store_mode mode, struct fault *fault)
{
    front.writes += mode == STORE_READ_WRITE;
    return place_of(connection) ? STATUS_OK : inner->begin(connection, mode, fault);
}

static enum status
commit(struct connection *connection, bool *in_doubt, struct fault *fault)
{
    *in_doubt = false;
    return place_of(connection) ? STATUS_OK : inner->commit(connection, in_doubt, fault);
}

static void
roll_back(struct connection *connection)
{
    if (!place_of(connection))
        inner->rollback(connection);
}

static bool
names_a_failing_number(const struct statement *statement, const struct value *in)
{
    for (size_t i = 0; i < statement->parameter_count; i++)
        for (size_t n = 0; n < front.failing_count; n++)
            if (in[i].kind == VALUE_INT64 && in[i].int64 == front.failing_numbers[n])
                return true;
    return false;
}

static bool
is_spared(const struct statement *statement)
{
    for (const char *const *begin = front.spared; begin && *begin; begin++)
        if (!strncmp(statement->name, *begin, strlen(*begin)))
            return true;
    return false;
}

static bool
fails(const struct statement *statement, const struct value *in)
{
    bool is_named = front.failing && !strcmp(statement->name, front.failing);

    if (is_spared(statement) || (!is_named && front.failing_at == 0)
        || !names_a_failing_number(statement, in))
        return false;
    if (is_named)
        return true;
    if (++front.failing_seen == front.failing_at)
        snprintf(front.failed, sizeof front.failed, "%s", statement->name);
    return *front.failed && !strcmp(front.failed, statement->name);
}

static enum status
front_run(struct connection *connection, const struct driver_run *run, int64_t *changed,
          struct fault *fault)
{
    if (fails(run->statement, run->in))
        return fail(fault, STATUS_BROKEN, "", "", "the test says so");
    return inner->run(connection, run, changed, fault);
}

static enum status
front_run_batch(struct connection *connection, const struct driver_batch *batch, int64_t *changed,
                struct fault *fault)
{
    struct value in[STATEMENT_MAX_PARAMETERS];

    for (size_t n = 0; n < batch->count; n++) {
        batch->source(batch->from, n, in);
        if (fails(batch->statement, in))
            return fail(fault, STATUS_BROKEN, "", "", "the test says so");
    }
    return inner->run_batch(connection, batch, changed, fault);
}

void
front_reset(struct fixture *fixture)
{
    front = (struct front){ 0 };
    inner = store_driver_for(fixture->url);
    outer = *inner;
    outer.open = open_counted;
    outer.close = close_standing;
    outer.begin = begin;
    outer.commit = commit;
    outer.rollback = roll_back;
    outer.run = front_run;
    outer.run_batch = front_run_batch;
}

enum status
front_open(struct store **out, const struct store_options *options, struct fault *fault)
{
    return store_open_with(out, &outer, options, fault);
}

struct store *
front_open_second(struct fixture *fixture, enum store_mode mode)
{
    struct store *store;
    struct fault fault = { 0 };

    check_int(
        front_open(&store, &(struct store_options){ .url = fixture->url, .mode = mode }, &fault),
        STATUS_OK);
    if (!store)
        exit(EXIT_FAILURE); /* every test would go on with nothing */
    return store;
}
