
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/store_file.h"
#include "store/sqlite/store_lock.h"
#include "store/statement.h"

static enum status
sqlite_script(struct connection *connection, const char *sql, struct fault *fault)
{
    enum status status = sqlite_ready(connection, fault);

    return status ? status : sqlite_command(connection, sql, "script", fault);
}

static enum status
sqlite_claim(struct store_claim *out, const char *url, struct fault *fault)
{
    const char *path = strchr(url, ':') + 1;
    enum status status = store_file_find(path, STORE_READ_WRITE, fault);

    if (status)
        return status;
    status = store_file_identify(path, &out->device, &out->inode, fault);
    if (status)
        return status;
    status = store_lock_take(&out->lock, path, fault);
    if (status)
        return status;
    status = store_lock_take_store(&out->store, path, fault);
    if (status)
        close(out->lock);
    return status;
}

static enum status
sqlite_begin(struct connection *connection, enum store_mode mode, struct fault *fault)
{
    const char *sql = mode == STORE_READ_WRITE ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED";
    enum status status = sqlite_ready(connection, fault);

    if (status)
        return status;
    status = sqlite_command(connection, sql, "begin", fault);
    connection->in_transaction = status == STATUS_OK;
    return status;
}

static enum status
sqlite_commit(struct connection *connection, bool *in_doubt, struct fault *fault)
{
    *in_doubt = false; /* a commit that fails is rolled back */
    enum status status = sqlite_command(connection, "COMMIT", "commit", fault);

    connection->in_transaction = status != STATUS_OK;
    return status;
}

static void
sqlite_rollback(struct connection *connection)
{
    /* SQLite rolls back after some failures. */
    if (connection->in_transaction && !sqlite3_get_autocommit(connection->db))
        sqlite3_exec(connection->db, "ROLLBACK", NULL, NULL, NULL);
    connection->in_transaction = false;
}

static int
sqlite_bind_one(sqlite3_stmt *query, int place, const struct value *value)
{
    switch (value->kind) {
    case VALUE_INT64:
    case VALUE_BOOL:
        return sqlite3_bind_int64(query, place, value->int64);
    case VALUE_REAL:
        return sqlite3_bind_double(query, place, value->real);
    case VALUE_TEXT:
        return sqlite3_bind_text64(query, place, value->text.at, value->text.length, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case VALUE_BYTES:
        return sqlite3_bind_blob64(query, place, value->text.at, value->text.length, SQLITE_STATIC);
    case VALUE_NULL:
        break;
    }
    return sqlite3_bind_null(query, place);
}

static int
sqlite_bind_all(sqlite3_stmt *query, const struct value *in, size_t count)
{
    int code = SQLITE_OK;

    for (size_t i = 0; i < count && code == SQLITE_OK; i++)
        code = sqlite_bind_one(query, (int)i + 1, &in[i]);
    return code;
}

static struct value
column(sqlite3_stmt *query, int place, enum value_kind kind)
{
    struct value value = { .kind = kind };

    if (sqlite3_column_type(query, place) == SQLITE_NULL)
        return (struct value){ .kind = VALUE_NULL };
    switch (kind) {
    case VALUE_INT64:
    case VALUE_BOOL:
        value.int64 = sqlite3_column_int64(query, place);
        return value;
    case VALUE_REAL:
        value.real = sqlite3_column_double(query, place);
        return value;
    case VALUE_TEXT:
        value.text.at = (const char *)sqlite3_column_text(query, place);
        break;
    case VALUE_BYTES:
        value.text.at = sqlite3_column_blob(query, place);
        break;
    case VALUE_NULL:
        break;
    }
    value.text.length = (size_t)sqlite3_column_bytes(query, place);
    if (!value.text.at) /* no bytes; this is not NULL */
        value.text.at = "";
    return value;
}

static sqlite3_stmt **
cache_slot(struct connection *connection, int number)
{
    connection->cache = memory_grow(connection->cache, &connection->cache_size, (size_t)number,
                                    sizeof *connection->cache);
    return &connection->cache[number];
}

/* The caller releases it with sqlite_release(). */
static enum status
sqlite_prepare(struct connection *connection, const struct statement *statement, sqlite3_stmt **out,
               struct fault *fault)
{
    bool cached = statement->number != STATEMENT_UNCACHED;
    enum status status = sqlite_ready(connection, fault);

    if (status)
        return status;
    /* SQLite rolls back after some failures. This statement would run outside the transaction. */
    if (connection->in_transaction && sqlite3_get_autocommit(connection->db))
        return fail(fault, STATUS_BUSY, "", "", "an earlier statement of this transaction failed");
    if (late_is_over(&connection->late))
        return late_fail(&connection->late, fault);
    sqlite3_stmt **slot = cached ? cache_slot(connection, statement->number) : out;
    if (!cached)
        *slot = NULL;
    if (!*slot) {
        int code = sqlite3_prepare_v3(connection->db, statement->sqlite, -1,
                                      cached ? SQLITE_PREPARE_PERSISTENT : 0, slot, NULL);
        if (code != SQLITE_OK)
            return sqlite_report(connection, code, statement->name, fault);
    }
    assert((size_t)sqlite3_bind_parameter_count(*slot) == statement->parameter_count);
    assert((size_t)sqlite3_column_count(*slot) == statement->out_count);
    *out = *slot;
    return STATUS_OK;
}

static void
sqlite_release(const struct statement *statement, sqlite3_stmt *query)
{
    if (statement->number == STATEMENT_UNCACHED) {
        sqlite3_finalize(query);
        return;
    }
    sqlite3_reset(query);
    sqlite3_clear_bindings(query); /* the bound texts and bytes are the caller's */
}

static enum status
sqlite_run(struct connection *connection, const struct driver_run *run, int64_t *changed,
           struct fault *fault)
{
    const struct statement *statement = run->statement;
    sqlite3_stmt *query;
    enum status status = sqlite_prepare(connection, statement, &query, fault);

    if (status)
        return status;
    int code = sqlite_bind_all(query, run->in, statement->parameter_count);
    while (code == SQLITE_OK && (code = sqlite3_step(query)) == SQLITE_ROW) {
        struct value row[STATEMENT_MAX_COLUMNS];
        for (size_t i = 0; i < statement->out_count; i++)
            row[i] = column(query, (int)i, statement->out[i].kind);
        assert(run->sink);
        status = run->sink(run->into, row, fault);
        if (!status
            && late_is_over(&connection->late)) /* SQLite does not count the time of the sink */
            status = late_fail(&connection->late, fault);
        if (status)
            goto done;
        code = SQLITE_OK;
    }
    if (code != SQLITE_DONE)
        status = sqlite_report(connection, code, statement->name, fault);
    *changed = sqlite3_stmt_readonly(query) ? 0 : sqlite3_changes64(connection->db);

done:
    sqlite_release(statement, query);
    return status;
}

static enum status
sqlite_run_batch(struct connection *connection, const struct driver_batch *batch, int64_t *changed,
                 struct fault *fault)
{
    const struct statement *statement = batch->statement;
    sqlite3_stmt *query;
    struct value in[STATEMENT_MAX_PARAMETERS];
    enum status status = sqlite_prepare(connection, statement, &query, fault);

    if (status)
        return status;
    *changed = 0;
    for (size_t n = 0; n < batch->count && !status; n++) {
        if (late_is_over(&connection->late)) {
            status = late_fail(&connection->late, fault);
            break;
        }
        batch->source(batch->from, n, in);
        int code = sqlite_bind_all(query, in, statement->parameter_count);
        if (code == SQLITE_OK)
            code = sqlite3_step(query);
        if (code == SQLITE_DONE)
            *changed += sqlite3_changes64(connection->db);
        else
            status = sqlite_report(connection, code, statement->name, fault);
        sqlite3_reset(query);
    }
    sqlite_release(statement, query);
    return status;
}

static void
sqlite_set_budget(struct connection *connection, const struct deadline *budget)
{
    connection->late.budget = budget;
}

const struct driver driver_sqlite = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .script = sqlite_script,
    .run = sqlite_run,
    .run_batch = sqlite_run_batch,
    .set_budget = sqlite_set_budget,
    .claim = sqlite_claim,
};
