#include "store/sqlite/driver_sqlite.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/utc.h"
#include "store/sqlite/store_file.h"
#include "store/statement.h"

enum { OPEN_PAUSE_MS = 10, LONGEST_PAUSE_MS = 25 };

struct connection {
    sqlite3 *db;
    sqlite3_stmt **cache; /* by statement->number; NULL: not yet prepared */
    size_t cache_size;
    int busy_wait_ms;
    const struct patience *patience;
    int64_t waits_since; /* monotonic nanoseconds */
};

/* The schema is ours alone, so nothing in a file is trusted beyond its data. */
static const char setup_both[] =
    "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
    "PRAGMA mmap_size=0; PRAGMA trusted_schema=OFF;";
static const char setup_writer[] = "PRAGMA cache_size=-65536; PRAGMA journal_size_limit=67108864;";
static const char setup_reader[] =
    "PRAGMA cache_size=-8192; PRAGMA query_only=ON; SELECT count(*) FROM sqlite_schema;";

static enum status
report(sqlite3 *db, int code, const char *doing, struct fault *fault)
{
    enum log_level level = LOG_ERROR;
    enum status status = STATUS_BROKEN;
    const char *reason = "the store failed; its log says how";

    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_SCHEMA:
        level = LOG_DEBUG, status = STATUS_BUSY, reason = "the store is busy";
        break;
    case SQLITE_CONSTRAINT:
        level = LOG_DEBUG, status = STATUS_CONFLICT, reason = "a rule of the store says no";
        break;
    case SQLITE_FULL:
        status = STATUS_BUSY, reason = "the store's disk is full";
        break;
    case SQLITE_IOERR:
        if (code == SQLITE_IOERR_CORRUPTFS)
            break;
        status = STATUS_BUSY, reason = "the store's disk does not answer as it should";
        break;
    case SQLITE_CANTOPEN:
        status = STATUS_BUSY, reason = "a file of the store cannot be opened";
        break;
    case SQLITE_CORRUPT:
        reason = "the store's file is damaged: restore a backup";
        break;
    case SQLITE_NOTADB:
        level = LOG_DEBUG, reason = "the store's file is no SQLite database: name another one";
        break;
    case SQLITE_READONLY:
        reason = "the store's file, or its folder, can only be read: give both to the user that"
                 " runs Tenure";
        break;
    case SQLITE_NOMEM:
        abort();
    default:
        break;
    }
    log_line(level, "store.failed", "doing=%s code=%d message=%s", doing, code, sqlite3_errmsg(db));
    return fail(fault, status, "", "", "%s", reason);
}

static enum status
command(struct connection *connection, const char *sql, const char *doing, struct fault *fault)
{
    int code = sqlite3_exec(connection->db, sql, NULL, NULL, NULL);

    return code == SQLITE_OK ? STATUS_OK : report(connection->db, code, doing, fault);
}

static enum status
sqlite_script(struct connection *connection, const char *sql, struct fault *fault)
{
    return command(connection, sql, "script", fault);
}

static void
sqlite_close(struct connection *connection)
{
    if (!connection)
        return;
    for (size_t i = 0; i < connection->cache_size; i++)
        sqlite3_finalize(connection->cache[i]);
    free(connection->cache);
    sqlite3_close(connection->db);
    free(connection);
}

/* The `count`-th time that a lock of somebody else is met in one wait for it. */
static int
wait_for_lock(void *with, int count)
{
    struct connection *connection = with;

    if (count == 0)
        connection->waits_since = monotonic_nanoseconds();
    int64_t left =
        patience_left(connection->patience, connection->waits_since, connection->busy_wait_ms);
    int pause = count < LONGEST_PAUSE_MS ? count + 1 : LONGEST_PAUSE_MS;
    if (left > 0)
        sqlite3_sleep(left < pause ? (int)left : pause);
    return left > 0;
}

/* The page size counts only until the first page is written. Another process
 * that does the same at this moment makes us wait without SQLite's busy handler. */
static enum status
make_wal(struct connection *connection, struct fault *fault)
{
    sqlite3_stmt *query = NULL;
    int code = SQLITE_OK;

    for (int waited = 0; waited <= connection->busy_wait_ms; waited += OPEN_PAUSE_MS) {
        if (waited)
            sqlite3_sleep(OPEN_PAUSE_MS);
        code = sqlite3_exec(connection->db, "PRAGMA page_size=8192", NULL, NULL, NULL);
        if (code == SQLITE_OK)
            code = sqlite3_prepare_v2(connection->db, "PRAGMA journal_mode=WAL", -1, &query, NULL);
        if (code == SQLITE_OK)
            code = sqlite3_step(query);
        if ((code & 0xFF) != SQLITE_BUSY)
            break;
        sqlite3_finalize(query);
        query = NULL;
    }
    enum status status = STATUS_OK;
    if (code != SQLITE_ROW)
        status = report(connection->db, code, "journal_mode", fault);
    else if (sqlite3_stricmp((const char *)sqlite3_column_text(query, 0), "wal"))
        status = fail(fault, STATUS_INVALID, "", "store",
                      "this file system cannot hold a SQLite store: use a local disk");
    sqlite3_finalize(query);
    return status;
}

static enum status
set_up(struct connection *connection, const struct store_options *options, struct fault *fault)
{
    bool writes = options->mode == STORE_READ_WRITE;
    enum status status = STATUS_OK;

    sqlite3_extended_result_codes(connection->db, 1);
    connection->busy_wait_ms = options->busy_wait_ms;
    connection->patience = options->patience;
    sqlite3_busy_handler(connection->db, wait_for_lock, connection);
    sqlite3_db_config(connection->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (writes)
        status = make_wal(connection, fault);
    if (!status)
        status = command(connection, setup_both, "set up", fault);
    if (!status)
        status = command(connection, writes ? setup_writer : setup_reader, "set up", fault);
    return status;
}

static enum status
sqlite_open(struct connection **out, const struct store_options *options, struct fault *fault)
{
    const char *path = strchr(options->url, ':') + 1;
    int flags = SQLITE_OPEN_NOMUTEX;
    enum status status = store_file_find(path, options->mode, fault);

    if (status)
        return status;
    struct connection *connection = memory_new(1, sizeof *connection);
    flags |= options->mode == STORE_READ_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    int code = sqlite3_open_v2(path, &connection->db, flags, NULL);
    if (code == SQLITE_OK)
        status = set_up(connection, options, fault);
    else
        status = report(connection->db, code, "open", fault);
    if (status) {
        sqlite_close(connection);
        return status;
    }
    *out = connection;
    return STATUS_OK;
}

static enum status
sqlite_begin(struct connection *connection, enum store_mode mode, struct fault *fault)
{
    return command(connection, mode == STORE_READ_WRITE ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED",
                   "begin", fault);
}

static enum status
sqlite_commit(struct connection *connection, bool *in_doubt, struct fault *fault)
{
    *in_doubt = false; /* what fails here is rolled back */
    return command(connection, "COMMIT", "commit", fault);
}

static void
sqlite_rollback(struct connection *connection)
{
    if (!sqlite3_get_autocommit(connection->db)) /* some failures have rolled back already */
        sqlite3_exec(connection->db, "ROLLBACK", NULL, NULL, NULL);
}

static int
bind_one(sqlite3_stmt *query, int place, const struct value *value)
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
bind_all(sqlite3_stmt *query, const struct value *in, size_t count)
{
    int code = SQLITE_OK;

    for (size_t i = 0; i < count && code == SQLITE_OK; i++)
        code = bind_one(query, (int)i + 1, &in[i]);
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
    if (!value.text.at) /* no bytes at all, which are not NULL */
        value.text.at = "";
    return value;
}

static sqlite3_stmt **
cache_slot(struct connection *connection, int number)
{
    size_t wanted = (size_t)number + 1;

    if (connection->cache_size < wanted) {
        size_t size = wanted < 128 ? 128 : 2 * wanted;
        sqlite3_stmt **grown = memory_must(realloc(connection->cache, size * sizeof *grown));
        memset(grown + connection->cache_size, 0, (size - connection->cache_size) * sizeof *grown);
        connection->cache = grown;
        connection->cache_size = size;
    }
    return &connection->cache[number];
}

/* Given back by release(). */
static enum status
prepare(struct connection *connection, const struct statement *statement, sqlite3_stmt **out,
        struct fault *fault)
{
    bool cached = statement->number != STATEMENT_UNCACHED;
    sqlite3_stmt **slot = cached ? cache_slot(connection, statement->number) : out;

    if (!cached)
        *slot = NULL;
    if (!*slot) {
        int code = sqlite3_prepare_v3(connection->db, statement->sqlite, -1,
                                      cached ? SQLITE_PREPARE_PERSISTENT : 0, slot, NULL);
        if (code != SQLITE_OK)
            return report(connection->db, code, statement->name, fault);
    }
    assert((size_t)sqlite3_bind_parameter_count(*slot) == statement->parameter_count);
    assert((size_t)sqlite3_column_count(*slot) == statement->out_count);
    *out = *slot;
    return STATUS_OK;
}

static void
release(const struct statement *statement, sqlite3_stmt *query)
{
    if (statement->number == STATEMENT_UNCACHED) {
        sqlite3_finalize(query);
        return;
    }
    sqlite3_reset(query);
    sqlite3_clear_bindings(query); /* what was bound belongs to the caller */
}

static enum status
sqlite_run(struct connection *connection, const struct statement *statement, const struct value *in,
           row_sink *sink, void *into, int64_t *changed, struct fault *fault)
{
    sqlite3_stmt *query;
    enum status status = prepare(connection, statement, &query, fault);

    if (status)
        return status;
    int code = bind_all(query, in, statement->parameter_count);
    while (code == SQLITE_OK && (code = sqlite3_step(query)) == SQLITE_ROW) {
        struct value row[STATEMENT_MAX_COLUMNS];
        for (size_t i = 0; i < statement->out_count; i++)
            row[i] = column(query, (int)i, statement->out[i].kind);
        assert(sink);
        status = sink(into, row, fault);
        if (status)
            goto done;
        code = SQLITE_OK;
    }
    if (code != SQLITE_DONE)
        status = report(connection->db, code, statement->name, fault);
    *changed = sqlite3_stmt_readonly(query) ? 0 : sqlite3_changes64(connection->db);

done:
    release(statement, query);
    return status;
}

static enum status
sqlite_run_batch(struct connection *connection, const struct statement *statement,
                 value_source *source, const void *from, size_t count, int64_t *changed,
                 struct fault *fault)
{
    sqlite3_stmt *query;
    struct value in[STATEMENT_MAX_PARAMETERS];
    enum status status = prepare(connection, statement, &query, fault);

    if (status)
        return status;
    *changed = 0;
    for (size_t n = 0; n < count && !status; n++) {
        source(from, n, in);
        int code = bind_all(query, in, statement->parameter_count);
        if (code == SQLITE_OK)
            code = sqlite3_step(query);
        if (code == SQLITE_DONE)
            *changed += sqlite3_changes64(connection->db);
        else
            status = report(connection->db, code, statement->name, fault);
        sqlite3_reset(query);
    }
    release(statement, query);
    return status;
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
};
