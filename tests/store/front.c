#include "front.h"

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
open_counted(struct connection **out, const struct store_options *options, struct fault *fault)
{
    front.opens++;
    return inner->open(out, options, fault);
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
    if (place_of(connection))
        return STATUS_OK;
    if (mode == STORE_READ_ONLY && front.stands_still)
        *place_of(NULL) = connection;
    return inner->begin(connection, mode, fault);
}

static enum status
commit(struct connection *connection, struct fault *fault)
{
    return place_of(connection) ? STATUS_OK : inner->commit(connection, fault);
}

static void
roll_back(struct connection *connection)
{
    if (!place_of(connection))
        inner->rollback(connection);
}

static bool
fails(const struct statement *statement, const struct value *in)
{
    if (!front.failing || strcmp(statement->name, front.failing) != 0)
        return false;
    for (size_t i = 0; i < statement->parameter_count; i++)
        if (in[i].kind == VALUE_INT64 && in[i].int64 == front.failing_number)
            return true;
    return false;
}

static enum status
run(struct connection *connection, const struct statement *statement, const struct value *in,
    row_sink *sink, void *into, int64_t *changed, struct fault *fault)
{
    if (fails(statement, in))
        return fail(fault, STATUS_BROKEN, "", "", "the test says so");
    return inner->run(connection, statement, in, sink, into, changed, fault);
}

static enum status
run_batch(struct connection *connection, const struct statement *statement, value_source *source,
          const void *from, size_t count, int64_t *changed, struct fault *fault)
{
    struct value in[STATEMENT_MAX_PARAMETERS];

    for (size_t n = 0; n < count; n++) {
        source(from, n, in);
        if (fails(statement, in))
            return fail(fault, STATUS_BROKEN, "", "", "the test says so");
    }
    return inner->run_batch(connection, statement, source, from, count, changed, fault);
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
    outer.run = run;
    outer.run_batch = run_batch;
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
