#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/postgres/connection.h"
#include "store/statement.h"

enum {
    NUMBER_TEXT_SIZE = 32,
    NAME_SIZE = 64,
    BATCH_ROUND = 1000, /* rows a round trip; bounds what both sides hold in memory */
};

/* From pg_type.dat. These numbers never change. */
enum { OID_BOOL = 16, OID_BYTES = 17, OID_INT64 = 20, OID_TEXT = 25, OID_REAL = 701 };

/* Parameters in the form of libpq. */
struct bound {
    int count;
    const char *at[STATEMENT_MAX_PARAMETERS];
    int lengths[STATEMENT_MAX_PARAMETERS]; /* of binary ones */
    int formats[STATEMENT_MAX_PARAMETERS]; /* 0 text, 1 binary */
    char numbers[STATEMENT_MAX_PARAMETERS][NUMBER_TEXT_SIZE];
};

static Oid
postgres_run_type_of(enum value_kind kind)
{
    switch (kind) {
    case VALUE_INT64:
        return OID_INT64;
    case VALUE_BOOL:
        return OID_BOOL;
    case VALUE_REAL:
        return OID_REAL;
    case VALUE_TEXT:
        return OID_TEXT;
    case VALUE_BYTES:
        return OID_BYTES;
    case VALUE_NULL:
        break;
    }
    return 0;
}

static void
postgres_run_bind_one(struct bound *bound, size_t n, const struct value *value)
{
    char *number = bound->numbers[n];
    uint64_t big_endian;

    bound->at[n] = number;
    bound->formats[n] = 0;
    switch (value->kind) {
    case VALUE_INT64:
        big_endian = htobe64((uint64_t)value->int64);
        memcpy(number, &big_endian, sizeof big_endian);
        bound->lengths[n] = sizeof value->int64;
        bound->formats[n] = 1;
        break;
    case VALUE_REAL:
        snprintf(number, NUMBER_TEXT_SIZE, "%.17g", value->real);
        break;
    case VALUE_BOOL:
        bound->at[n] = value->int64 ? "t" : "f";
        break;
    case VALUE_TEXT:
        bound->at[n] = value->text.at;
        break;
    case VALUE_BYTES:
        bound->at[n] = value->text.at;
        bound->lengths[n] = (int)value->text.length;
        bound->formats[n] = 1;
        break;
    case VALUE_NULL:
        bound->at[n] = NULL;
        break;
    }
}

static void
postgres_run_bind_all(struct bound *bound, const struct value *in, size_t count)
{
    bound->count = (int)count;
    for (size_t n = 0; n < count; n++)
        postgres_run_bind_one(bound, n, &in[n]);
}

static bool *
prepared_slot(struct connection *connection, int number)
{
    connection->prepared = memory_grow(connection->prepared, &connection->prepared_size,
                                       (size_t)number, sizeof *connection->prepared);
    return &connection->prepared[number];
}

/* A text of a statement: for one row, or for many. */
struct wording {
    const struct statement *statement;
    const char *text;
    size_t rows;
    char name[NAME_SIZE]; /* of the prepared statement; "": the unnamed one */
};

static struct wording
for_a_row(const struct statement *statement)
{
    struct wording wording = { statement, statement->postgres, 1, "" };

    if (statement->number != STATEMENT_UNCACHED)
        stpncpy(wording.name, statement->name, NAME_SIZE - 1);
    return wording;
}

static struct wording
for_many_rows(const struct statement *statement)
{
    struct wording wording = { statement, statement->postgres_many, statement->many_rows, "" };

    snprintf(wording.name, NAME_SIZE, "%s+", statement->name);
    return wording;
}

/* Names the types, because the server cannot guess them in `:x IS NULL`. */
static enum status
postgres_run_prepare(struct connection *connection, const struct wording *wording,
                     struct fault *fault)
{
    const struct statement *statement = wording->statement;
    size_t count = statement->parameter_count * wording->rows;
    bool uncached = false;
    bool *prepared = statement->number == STATEMENT_UNCACHED
                         ? &uncached
                         : prepared_slot(connection, 2 * statement->number + (wording->rows > 1));
    Oid types[STATEMENT_MAX_PARAMETERS];

    if (*prepared)
        return STATUS_OK;
    for (size_t n = 0; n < count; n++)
        types[n] = postgres_run_type_of(
            statement_parameter_kind(statement, n % statement->parameter_count));
    if (!PQsendPrepare(connection->pg, wording->name, wording->text, (int)count, types))
        return connection_report(connection, NULL, statement->name, fault);
    enum status status = connection_finish(connection, statement->name, fault);
    *prepared = !status;
    return status;
}

/* Inside a transaction a lost connection stays lost, and the transaction with it. */
static enum status
get_ready(struct connection *connection, const struct wording *wording, struct fault *fault)
{
    if (connection->in_transaction && connection->lost)
        return connection_report(connection, NULL, wording->statement->name, fault);
    if (late_is_over(&connection->late))
        return late_fail(&connection->late, fault);
    enum status status = connection->in_transaction ? STATUS_OK
                                                    : connection_ready(connection, fault);
    return status ? status : postgres_run_prepare(connection, wording, fault);
}

static bool
send_one(struct connection *connection, const struct wording *wording, const struct bound *bound)
{
    return PQsendQueryPrepared(connection->pg, wording->name, bound->count, bound->at,
                               bound->lengths, bound->formats, 0);
}

static char
half_byte(char digit)
{
    return (char)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/* Reads "\x0a0b" into `out`. Returns the number of bytes. */
static size_t
read_hex(char *out, const char *text, size_t length)
{
    assert(length >= 2 && text[0] == '\\' && text[1] == 'x');
    for (size_t i = 2; i + 1 < length; i += 2)
        *out++ = (char)(half_byte(text[i]) << 4 | half_byte(text[i + 1]));
    return (length - 2) / 2;
}

static void
make_row_bytes(struct connection *connection, const PGresult *result, int row, int columns)
{
    size_t wanted = 1;

    for (int i = 0; i < columns; i++)
        wanted += (size_t)PQgetlength(result, row, i) / 2;
    if (wanted <= connection->row_bytes_size)
        return;
    free(connection->row_bytes);
    connection->row_bytes = memory_must(malloc(2 * wanted));
    connection->row_bytes_size = 2 * wanted;
}

static void
postgres_run_read_row(struct connection *connection, const struct statement *statement,
                      const PGresult *result, int row, struct value *out)
{
    char *free_bytes;

    make_row_bytes(connection, result, row, (int)statement->out_count);
    free_bytes = connection->row_bytes;
    for (int i = 0; i < (int)statement->out_count; i++) {
        const char *text = PQgetvalue(result, row, i);
        size_t length = (size_t)PQgetlength(result, row, i);
        struct value value = { .kind = statement->out[i].kind };

        if (PQgetisnull(result, row, i))
            value.kind = VALUE_NULL;
        switch (value.kind) {
        case VALUE_INT64:
            value.int64 = strtoll(text, NULL, 10);
            break;
        case VALUE_BOOL:
            value.int64 = text[0] == 't';
            break;
        case VALUE_REAL:
            value.real = strtod(text, NULL);
            break;
        case VALUE_TEXT:
            value.text.at = text;
            value.text.length = length;
            break;
        case VALUE_BYTES:
            value.text.at = free_bytes;
            value.text.length = read_hex(free_bytes, text, length);
            free_bytes += value.text.length;
            break;
        case VALUE_NULL:
            break;
        }
        out[i] = value;
    }
}

static enum status
pass_rows(struct connection *connection, const struct driver_run *run, const PGresult *result,
          struct fault *fault)
{
    struct value row[STATEMENT_MAX_COLUMNS];
    enum status status = STATUS_OK;

    assert((size_t)PQnfields(result) == run->statement->out_count);
    assert(run->sink || !PQntuples(result));
    connection->spent |= PQntuples(result) > 0;
    for (int r = 0; r < PQntuples(result) && !status; r++) {
        postgres_run_read_row(connection, run->statement, result, r, row);
        status = run->sink(run->into, row, fault);
    }
    return status;
}

enum status
postgres_run(struct connection *connection, const struct driver_run *run, int64_t *changed,
             struct fault *fault)
{
    const struct statement *statement = run->statement;
    struct wording wording = for_a_row(statement);
    struct bound bound;
    PGresult *result;
    connection->spent = false;
    enum status status = get_ready(connection, &wording, fault);

    if (status)
        return status;
    postgres_run_bind_all(&bound, run->in, statement->parameter_count);
    connection->not_durable = false;
    connection->spent = connection->mode == STORE_READ_WRITE;
    connection->streams = statement->streams;
    if (!send_one(connection, &wording, &bound))
        status = connection_report(connection, NULL, statement->name, fault);
    else if (statement->streams)
        PQsetSingleRowMode(connection->pg);
    /* Takes all results, even after a failure: otherwise the connection stays in use. */
    while ((result = connection_result(connection))) {
        if (!status)
            status = connection_check(connection, result, statement->name, fault);
        if (!status)
            status = pass_rows(connection, run, result, fault);
        *changed = strtoll(PQcmdTuples(result), NULL, 10);
        PQclear(result);
        if (!status && statement->streams && late_is_over(&connection->late)) {
            connection_drop(connection);
            status = late_fail(&connection->late, fault);
        }
    }
    connection->streams = false;
    if (!status && connection->lost)
        return connection_report(connection, NULL, statement->name, fault);
    if (!status && !connection->in_transaction && connection->not_durable)
        return fail(fault, STATUS_BUSY, "", "", "the standby of the store did not confirm");
    return status;
}

/* Takes the answers of one round: a NULL follows each, and the sync follows all. */
static enum status
take_answers(struct connection *connection, const struct statement *statement, size_t sent,
             int64_t *changed, struct fault *fault)
{
    enum status status = STATUS_OK;

    for (size_t n = 0; n < sent; n++) {
        PGresult *result = connection_result(connection);
        if (!status)
            status = connection_check(connection, result, statement->name, fault);
        if (!status)
            *changed += strtoll(PQcmdTuples(result), NULL, 10);
        PQclear(result);
        PQclear(connection_result(connection));
    }
    PQclear(connection_result(connection));
    return status || !connection->lost
               ? status
               : connection_report(connection, NULL, statement->name, fault);
}

/* A batch, and the texts that it runs. */
struct pipeline {
    const struct driver_batch *batch;
    struct wording one, many;
};

/* Sends the rows from `first` on in one run. */
static bool
send_rows(struct connection *connection, const struct driver_batch *batch,
          const struct wording *wording, size_t first)
{
    size_t parameters = batch->statement->parameter_count;
    struct value in[STATEMENT_MAX_PARAMETERS];
    struct bound bound;

    for (size_t row = 0; row < wording->rows; row++)
        batch->source(batch->from, first + row, in + row * parameters);
    postgres_run_bind_all(&bound, in, wording->rows * parameters);
    return send_one(connection, wording, &bound);
}

static enum status
run_round(struct connection *connection, const struct pipeline *pipeline, size_t first,
          int64_t *changed, struct fault *fault)
{
    const struct driver_batch *batch = pipeline->batch;
    const struct wording *many = &pipeline->many;
    size_t sent = 0, end = batch->count - first > BATCH_ROUND ? first + BATCH_ROUND : batch->count;
    bool good = true;

    while (good && first < end) {
        const struct wording *wording = many->text && end - first >= many->rows ? many
                                                                                : &pipeline->one;
        good = send_rows(connection, batch, wording, first);
        first += wording->rows;
        sent += good;
    }
    if (!good || !PQpipelineSync(connection->pg))
        connection->lost = true;
    if (connection->lost)
        return connection_report(connection, NULL, batch->statement->name, fault);
    return take_answers(connection, batch->statement, sent, changed, fault);
}

enum status
postgres_run_batch(struct connection *connection, const struct driver_batch *batch,
                   int64_t *changed, struct fault *fault)
{
    const struct statement *statement = batch->statement;
    const struct pipeline pipeline = {
        batch,
        for_a_row(statement),
        statement->postgres_many ? for_many_rows(statement) : (struct wording){ .text = NULL },
    };
    enum status status = get_ready(connection, &pipeline.one, fault);

    *changed = 0;
    if (status)
        return status;
    if (pipeline.many.text && batch->count >= pipeline.many.rows)
        status = postgres_run_prepare(connection, &pipeline.many, fault);
    if (status)
        return status;
    if (!PQenterPipelineMode(connection->pg))
        return connection_report(connection, NULL, statement->name, fault);
    for (size_t first = 0; first < batch->count && !status; first += BATCH_ROUND)
        status = run_round(connection, &pipeline, first, changed, fault);
    if (!PQexitPipelineMode(connection->pg))
        connection->lost = true; /* after a failure: a part of the round was not answered */
    return status;
}
