#include "store/statement.h"

#include <assert.h>
#include <string.h>

#include "store/store_internal.h"

/* Collects the rows of one run. */
struct landing {
    const struct statement *statement;
    struct arena *arena; /* NULL: texts and bytes are not copied */
    char *rows;          /* out_size bytes each */
    size_t count;
    size_t room;
};

static size_t
cell_stride(const struct cell *cell)
{
    switch (cell->kind) {
    case VALUE_INT64:
        return cell->optional ? sizeof(struct optional_int64) : sizeof(int64_t);
    case VALUE_BOOL:
        return sizeof(bool);
    case VALUE_REAL:
        return sizeof(double);
    case VALUE_TEXT:
        return sizeof(const char *);
    case VALUE_BYTES:
        return sizeof(struct bytes);
    case VALUE_NULL:
        break;
    }
    return 0;
}

static struct value
read_cell(const struct cell *cell, const char *at)
{
    struct optional_int64 number = { .is = true };
    struct value value = { .kind = VALUE_NULL };
    struct bytes bytes = { NULL, 0 };
    bool truth;

    switch (cell->kind) {
    case VALUE_INT64:
        if (cell->optional)
            memcpy(&number, at, sizeof number);
        else
            memcpy(&number.value, at, sizeof number.value);
        value.int64 = number.value;
        break;
    case VALUE_BOOL:
        memcpy(&truth, at, sizeof truth);
        value.int64 = truth;
        break;
    case VALUE_REAL:
        memcpy(&value.real, at, sizeof value.real);
        break;
    case VALUE_TEXT:
        memcpy(&bytes.at, at, sizeof bytes.at);
        bytes.size = bytes.at ? strlen(bytes.at) : 0;
        break;
    case VALUE_BYTES:
        memcpy(&bytes, at, sizeof bytes);
        break;
    case VALUE_NULL:
        break;
    }
    bool has_text = cell->kind == VALUE_TEXT || cell->kind == VALUE_BYTES;
    if (has_text) {
        value.text.at = bytes.at;
        value.text.length = bytes.size;
    }
    if (number.is && (!has_text || bytes.at))
        value.kind = cell->kind;
    return value;
}

/* Reads the parameters out of a record: parameter_count values. */
static void
statement_read(const struct statement *statement, const void *record, struct value *values)
{
    for (size_t i = 0; i < statement->in_count; i++) {
        const struct cell *cell = &statement->in[i];
        const char *at = (const char *)record + cell->offset;

        for (size_t n = 0; n < cell->count; n++)
            *values++ = read_cell(cell, at + n * cell_stride(cell));
    }
}

enum value_kind
statement_parameter_kind(const struct statement *statement, size_t n)
{
    const struct cell *cell = statement->in;

    for (; n >= cell->count; cell++)
        n -= cell->count;
    return cell->kind;
}

/* Copies a text or bytes into the arena, if there is one. */
static const char *
statement_keep(struct landing *landing, const struct value *value)
{
    return landing->arena ? arena_text(landing->arena, value->text.at, value->text.length)
                          : value->text.at;
}

static bool
write_cell(struct landing *landing, const struct cell *cell, char *at, const struct value *value)
{
    struct optional_int64 number = { true, value->int64 };
    bool truth = value->int64 != 0;
    struct bytes bytes;

    if (value->kind == VALUE_NULL)
        return true; /* the record is zeroed: 0, false, NULL */
    assert(value->kind == cell->kind);
    switch (cell->kind) {
    case VALUE_INT64:
        if (cell->optional)
            memcpy(at, &number, sizeof number);
        else
            memcpy(at, &number.value, sizeof number.value);
        return true;
    case VALUE_BOOL:
        memcpy(at, &truth, sizeof truth);
        return true;
    case VALUE_REAL:
        memcpy(at, &value->real, sizeof value->real);
        return true;
    case VALUE_TEXT:
        bytes.at = statement_keep(landing, value);
        memcpy(at, &bytes.at, sizeof bytes.at);
        return bytes.at;
    case VALUE_BYTES:
        bytes = (struct bytes){ statement_keep(landing, value), value->text.length };
        memcpy(at, &bytes, sizeof bytes);
        return bytes.at;
    case VALUE_NULL:
        break;
    }
    return true;
}

static bool
write_record(struct landing *landing, char *record, const struct value *row)
{
    const struct statement *statement = landing->statement;

    for (size_t i = 0; i < statement->out_count; i++)
        if (!write_cell(landing, &statement->out[i], record + statement->out[i].offset, &row[i]))
            return false;
    return true;
}

static char *
next_record(struct landing *landing)
{
    size_t size = landing->statement->out_size;
    char *rows = arena_grow(landing->arena, landing->rows, size, landing->count, &landing->room);

    if (!rows)
        return NULL;
    landing->rows = rows;
    return rows + landing->count++ * size;
}

static enum status
land_row(void *into, const struct value *row, struct fault *fault)
{
    struct landing *landing = into;
    char *record = next_record(landing);

    if (!record || !write_record(landing, record, row))
        return fail(fault, STATUS_TOO_LARGE, "", "", "the answer is too large");
    return STATUS_OK;
}

/* True: the statement outside a transaction can run again on another connection. An idle connection
 * is lost without a sign when the server restarts, or when something between the two forgets it. */
static bool
statement_may_repeat(const struct store *store, enum status status)
{
    return status == STATUS_BUSY && !store->in_transaction && !store->proving
           && store->driver->may_repeat && store->driver->may_repeat(store->connection);
}

/* The fence is proven for each connection that a statement runs on. */
static enum status
statement_run_once(struct db *db, const struct driver_run *run, int64_t *changed)
{
    struct store *store = db->store;
    enum status status = fence_prove(store, &db->fault);

    if (status)
        return status;
    store->streaming = run->statement->streams;
    status = store->driver->run(store->connection, run, changed, &db->fault);
    store->streaming = false;
    return status;
}

static enum status
statement_run(struct db *db, struct driver_run run, const void *in, int64_t *changed)
{
    struct store *store = db->store;
    struct value values[STATEMENT_MAX_PARAMETERS];
    int64_t ignored;

    assert(!store->streaming && run.statement->parameter_count <= STATEMENT_MAX_PARAMETERS);
    statement_read(run.statement, in, values);
    run.in = values;
    if (!changed)
        changed = &ignored;
    enum status status = statement_run_once(db, &run, changed);
    if (statement_may_repeat(store, status)) {
        db->fault = (struct fault){ 0 };
        status = statement_run_once(db, &run, changed);
    }
    store->doomed |= status != STATUS_OK;
    return status;
}

static enum status
statement_land(struct db *db, const struct statement *statement, const void *in,
               struct landing *landing)
{
    *landing = (struct landing){ .statement = statement, .arena = db->arena };
    return statement_run(db, (struct driver_run){ statement, .sink = land_row, .into = landing },
                         in, NULL);
}

enum status
statement_maybe(struct db *db, const struct statement *statement, const void *in, void *out,
                bool *found)
{
    struct landing landing;
    enum status status = statement_land(db, statement, in, &landing);

    if (status)
        return status;
    /* A second row is a bug in the SQL. */
    assert(landing.count <= 1);
    *found = landing.count == 1;
    if (*found)
        memcpy(out, landing.rows, statement->out_size);
    return STATUS_OK;
}

enum status
statement_one(struct db *db, const struct statement *statement, const void *in, void *out)
{
    bool found;
    enum status status = statement_maybe(db, statement, in, out, &found);

    if (status || found)
        return status;
    return fail(&db->fault, STATUS_NOT_FOUND, "", "", "there is no such thing");
}

enum status
statement_many(struct db *db, const struct statement *statement, const void *in, void **out,
               size_t *count)
{
    struct landing landing;
    enum status status = statement_land(db, statement, in, &landing);

    if (status)
        return status;
    *out = landing.rows;
    *count = landing.count;
    return STATUS_OK;
}

struct each {
    struct landing landing; /* without an arena */
    const struct statement_rows *rows;
};

static enum status
pass_row(void *into, const struct value *row, struct fault *fault)
{
    struct each *each = into;
    const struct statement_rows *rows = each->rows;

    memset(rows->record, 0, each->landing.statement->out_size);
    (void)write_record(&each->landing, rows->record, row); /* copies nothing: cannot fail */
    return rows->row(rows->with, rows->record, fault);
}

enum status
statement_each(struct db *db, const struct statement *statement, const void *in,
               const struct statement_rows *rows)
{
    struct each each = { { .statement = statement }, rows };

    return statement_run(db, (struct driver_run){ statement, .sink = pass_row, .into = &each }, in,
                         NULL);
}

enum status
statement_exec(struct db *db, const struct statement *statement, const void *in, int64_t *changed)
{
    return statement_run(db, (struct driver_run){ .statement = statement }, in, changed);
}

struct record_array {
    const struct statement *statement;
    const char *rows;
};

static void
read_batch(const void *from, size_t n, struct value *in)
{
    const struct record_array *array = from;

    statement_read(array->statement, array->rows + n * array->statement->in_size, in);
}

enum status
statement_batch(struct db *db, const struct statement *statement, const void *rows, size_t count,
                int64_t *changed)
{
    struct store *store = db->store;
    struct record_array array = { statement, rows };
    struct driver_batch batch = { statement, read_batch, &array, count };
    int64_t sum = 0;

    assert(store->in_transaction && !store->streaming);
    if (count) {
        enum status status = store->driver->run_batch(store->connection, &batch, &sum, &db->fault);
        store->doomed |= status != STATUS_OK;
        if (status)
            return status;
    }
    if (changed)
        *changed = sum;
    return STATUS_OK;
}
