#include "store/sqlite/connection.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/utc.h"
#include "store/sqlite/store_file.h"

enum { OPEN_PAUSE_MS = 10, LONGEST_PAUSE_MS = 25 };

/* The schema is ours alone, so nothing in a file is trusted beyond its data. */
static const char setup_both[] =
    "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
    "PRAGMA mmap_size=0; PRAGMA trusted_schema=OFF;";
static const char setup_writer[] = "PRAGMA cache_size=-65536; PRAGMA journal_size_limit=67108864;";
static const char setup_reader[] =
    "PRAGMA cache_size=-8192; PRAGMA query_only=ON; SELECT count(*) FROM sqlite_schema;";

enum status
sqlite_report(struct connection *connection, int code, const char *doing, struct fault *fault)
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
    log_line(level, "store.failed", "doing=%s code=%d message=%s", doing, code,
             sqlite3_errmsg(connection->db));
    return fail(fault, status, "", "", "%s", reason);
}

enum status
sqlite_command(struct connection *connection, const char *sql, const char *doing,
               struct fault *fault)
{
    int code = sqlite3_exec(connection->db, sql, NULL, NULL, NULL);

    return code == SQLITE_OK ? STATUS_OK : sqlite_report(connection, code, doing, fault);
}

void
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
        status = sqlite_report(connection, code, "journal_mode", fault);
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
        status = sqlite_command(connection, setup_both, "set up", fault);
    if (!status)
        status = sqlite_command(connection, writes ? setup_writer : setup_reader, "set up", fault);
    return status;
}

enum status
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
        status = sqlite_report(connection, code, "open", fault);
    if (status) {
        sqlite_close(connection);
        return status;
    }
    *out = connection;
    return STATUS_OK;
}
