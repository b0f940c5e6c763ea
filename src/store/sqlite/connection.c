#include "store/sqlite/connection.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/utc.h"
#include "store/sqlite/store_file.h"

enum {
    OPEN_PAUSE_MS = 10,
    LONGEST_PAUSE_MS = 25,
    STEPS_A_LOOK = 2000, /* of SQLite's machine, between two looks at the clock */
};

static const char full[] = "the store's disk is full";

/* The schema of a file is not trusted, because somebody else may have written it. */
static const char setup_both[] =
    "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
    "PRAGMA mmap_size=0; PRAGMA trusted_schema=OFF;";
static const char setup_writer[] = "PRAGMA cache_size=-65536; PRAGMA journal_size_limit=67108864;";
static const char setup_reader[] = "PRAGMA cache_size=-8192; PRAGMA query_only=ON;";
/* The first read opens the write-ahead log, or makes it. */
static const char setup_log[] = "SELECT count(*) FROM sqlite_schema";

/* The error numbers of a failure; 0: none. */
struct errnos {
    int file, wal; /* the last of the file, and of the write-ahead log */
    int call;      /* of the call that failed, if SQLite keeps it */
};

/* SQLite reports a read that fails with EIO as damage, but keeps the number (unixRead() in
 * os_unix.c).
 */
static struct errnos
find_errnos(sqlite3 *db, int code)
{
    struct errnos found = { 0 };
    sqlite3_file *wal = NULL;
    int kind = code & 0xFF;

    if (!db)
        return found;
    if (kind == SQLITE_IOERR
        || kind == SQLITE_CANTOPEN) /* otherwise it is from an earlier failure */
        found.call = sqlite3_system_errno(db);
    sqlite3_file_control(db, "main", SQLITE_FCNTL_LAST_ERRNO, &found.file);
    sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
    if (wal && wal->pMethods)
        wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO, &found.wal);
    return found;
}

static bool
is_any(const struct errnos *errnos, int one, int other)
{
    const int all[] = { errnos->file, errnos->wal, errnos->call };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i] == one || all[i] == other)
            return true;
    return false;
}

static int
newest_errno(const struct errnos *errnos)
{
    return errnos->call ? errnos->call : errnos->file ? errnos->file : errnos->wal;
}

/* SQLite opens a file for reading when it cannot open it for writing, even if the reason is another
 * one, such as too many open files. */
static bool
may_be_written(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');

    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash + 1 - path) : 1,
             slash ? path : ".");
    return !access(path, W_OK) && !access(folder, W_OK);
}

/* The code of the real failure. */
static int
true_code(const struct connection *connection, int code, const struct errnos *errnos)
{
    switch (code & 0xFF) {
    case SQLITE_IOERR:
        if (code == SQLITE_IOERR_SHORT_READ && !errnos->file && !errnos->wal)
            return SQLITE_CORRUPT; /* the file ends too early */
        return is_any(errnos, ENOSPC, EDQUOT) ? SQLITE_FULL : SQLITE_IOERR;
    case SQLITE_CORRUPT:
        return is_any(errnos, EIO, ENXIO) ? SQLITE_IOERR : SQLITE_CORRUPT;
    case SQLITE_READONLY:
        if (connection->mode == STORE_READ_ONLY && code == SQLITE_READONLY)
            return SQLITE_READONLY; /* a statement that writes */
        return may_be_written(connection->path) ? SQLITE_CANTOPEN : SQLITE_READONLY;
    default:
        return code & 0xFF;
    }
}

static const char *
why_not_opened(const struct errnos *errnos)
{
    if (is_any(errnos, EMFILE, ENFILE))
        return "a file of the store cannot be opened because too many files are open: raise the "
               "limit of open files";
    return is_any(errnos, ENOSPC, EDQUOT) ? full : "a file of the store cannot be opened";
}

struct outcome {
    enum log_level level;
    enum status status;
    bool makes_stale;
    const char *code, *reason;
};

/* A disk that became read-only may be writable again without a restart. In a connection that only
 * reads it is a bug. */
static struct outcome
outcome_of_read_only(const struct connection *connection)
{
    bool writes = connection->mode == STORE_READ_WRITE;

    return (struct outcome){ LOG_ERROR, writes ? STATUS_BUSY : STATUS_BROKEN, true,
                             writes ? "storage_failed" : "",
                             "the store's file, or its folder, is read-only: give both to"
                             " the user that runs Tenure" };
}

static struct outcome
outcome_of(int code, const struct errnos *errnos)
{
    bool is_full = is_any(errnos, ENOSPC, EDQUOT);

    switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_SCHEMA:
        return (struct outcome){ LOG_DEBUG, STATUS_BUSY, false, "", "the store is busy" };
    case SQLITE_CONSTRAINT:
        return (struct outcome){ LOG_DEBUG, STATUS_CONFLICT, false, "",
                                 "a constraint of the store was violated" };
    case SQLITE_FULL:
        return (struct outcome){ LOG_ERROR, STATUS_BUSY, true, "storage_full", full };
    case SQLITE_IOERR:
        return (struct outcome){ LOG_ERROR, STATUS_BUSY, true, "storage_failed",
                                 "the store's disk reports an error" };
    case SQLITE_CANTOPEN:
        return (struct outcome){ LOG_ERROR, STATUS_BUSY, true,
                                 is_full ? "storage_full" : "storage_failed",
                                 why_not_opened(errnos) };
    case SQLITE_CORRUPT:
        return (struct outcome){ LOG_ERROR, STATUS_BROKEN, true, "",
                                 "the store's file is damaged: restore a backup" };
    case SQLITE_NOTADB:
        return (struct outcome){ LOG_DEBUG, STATUS_BROKEN, true, "",
                                 "the store's file is not an SQLite database: name another file" };
    default:
        return (struct outcome){ LOG_ERROR, STATUS_BROKEN, false, "",
                                 "the store failed; see its log" };
    }
}

enum status
sqlite_report(struct connection *connection, int code, const char *doing, struct fault *fault)
{
    if ((code & 0xFF) == SQLITE_NOMEM)
        abort();
    if ((code & 0xFF) == SQLITE_INTERRUPT) /* by end_late_statement() */
        return late_fail(&connection->late, fault);
    const struct errnos errnos = find_errnos(connection->db, code);
    int real = true_code(connection, code, &errnos);
    struct outcome outcome = real == SQLITE_READONLY ? outcome_of_read_only(connection)
                                                     : outcome_of(real, &errnos);
    char key[32];

    connection->stale = connection->stale || outcome.makes_stale;
    snprintf(key, sizeof key, "%d %d", code, newest_errno(&errnos));
    log_often(outcome.level, "store.failed", key, "doing=%s code=%d errno=%d message=%s", doing,
              code, newest_errno(&errnos),
              real == (code & 0xFF) ? sqlite3_errmsg(connection->db) : sqlite3_errstr(real));
    return fail(fault, outcome.status, outcome.code, "", "%s", outcome.reason);
}

enum status
sqlite_command(struct connection *connection, const char *sql, const char *doing,
               struct fault *fault)
{
    int code = sqlite3_exec(connection->db, sql, NULL, NULL, NULL);

    return code == SQLITE_OK ? STATUS_OK : sqlite_report(connection, code, doing, fault);
}

static void
close_db(struct connection *connection)
{
    for (size_t i = 0; i < connection->cache_size; i++)
        sqlite3_finalize(connection->cache[i]);
    free(connection->cache);
    connection->cache = NULL;
    connection->cache_size = 0;
    sqlite3_close(connection->db);
    connection->db = NULL;
}

void
sqlite_close(struct connection *connection)
{
    if (!connection)
        return;
    close_db(connection);
    free(connection->path);
    free(connection);
}

/* SQLite calls this in the midst of a statement. Other than 0: it ends the statement. */
static int
end_late_statement(void *with)
{
    const struct connection *connection = with;

    return late_is_over(&connection->late);
}

/* SQLite calls this again and again while another connection has the lock. */
static int
wait_for_lock(void *with, int count)
{
    struct connection *connection = with;

    if (count == 0)
        connection->waits_since = monotonic_nanoseconds();
    int64_t left =
        deadline_left(connection->late.deadline, connection->waits_since, connection->busy_wait_ms);
    int pause = count < LONGEST_PAUSE_MS ? count + 1 : LONGEST_PAUSE_MS;
    if (left <= 0 || deadline_is_over(connection->late.budget))
        return 0;
    sqlite3_sleep(left < pause ? (int)left : pause);
    return 1;
}

/* The page size has an effect only before the first page is written. SQLite does not call its busy
 * handler when another process does the same. */
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
                      "this file system cannot hold an SQLite store: use a local disk");
    sqlite3_finalize(query);
    return status;
}

static enum status
open_db(struct connection *connection, struct fault *fault)
{
    bool writes = connection->mode == STORE_READ_WRITE;
    int flags = SQLITE_OPEN_NOMUTEX | (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
    int code = sqlite3_open_v2(connection->path, &connection->db, flags, NULL);

    if (code == SQLITE_OK && writes && sqlite3_db_readonly(connection->db, "main") == 1)
        code = SQLITE_READONLY;
    if (code != SQLITE_OK)
        return sqlite_report(connection, code, "open", fault);
    sqlite3_extended_result_codes(connection->db, 1);
    sqlite3_busy_handler(connection->db, wait_for_lock, connection);
    sqlite3_progress_handler(connection->db, STEPS_A_LOOK, end_late_statement, connection);
    sqlite3_db_config(connection->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    /* Otherwise SQLite compiles a statement again for each new pattern of a LIKE. */
    sqlite3_db_config(connection->db, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
    return STATUS_OK;
}

static enum status
sqlite_connection_set_up(struct connection *connection, struct fault *fault)
{
    bool writes = connection->mode == STORE_READ_WRITE;
    const char *const steps[] = { setup_both, writes ? setup_writer : setup_reader, setup_log };
    enum status status = STATUS_OK;

    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && !status; i++)
        status = sqlite_command(connection, steps[i], "set up", fault);
    return status || !writes ? status : store_file_keep_log(connection->path, fault);
}

static enum status
first_open(struct connection *connection, struct fault *fault)
{
    enum status status = open_db(connection, fault);

    if (status)
        return status;
    if (connection->mode == STORE_READ_WRITE)
        status = make_wal(connection, fault);
    return status ? status : sqlite_connection_set_up(connection, fault);
}

/* Without its disk, the folder may be empty or hold an older store. */
static enum status
check_same_file(const struct connection *connection, struct fault *fault)
{
    dev_t device;
    ino_t inode;
    enum status status = store_file_identify(connection->path, &device, &inode, fault);

    if (status || (device == connection->device && inode == connection->inode))
        return status;
    return fail(
        fault, STATUS_BUSY, "storage_failed", "store",
        "another file has replaced the store's file: put the old one back, or start Tenure again");
}

/* Sets device and inode. The file of a claim exists since the start of the server. */
static enum status
find_file(struct connection *connection, const struct store_claim *claim, struct fault *fault)
{
    if (claim) {
        connection->device = claim->device;
        connection->inode = claim->inode;
        return check_same_file(connection, fault);
    }
    enum status status = store_file_find(connection->path, connection->mode, fault);
    return status ? status
                  : store_file_identify(connection->path, &connection->device, &connection->inode,
                                        fault);
}

enum status
sqlite_open(struct connection **out, const struct store_options *options, struct fault *fault)
{
    struct connection *connection = memory_new(1, sizeof *connection);

    connection->path = memory_must(strdup(strchr(options->url, ':') + 1));
    connection->mode = options->mode;
    connection->busy_wait_ms = options->busy_wait_ms;
    connection->late.deadline = options->deadline;
    enum status status = find_file(connection, options->claim, fault);
    status = status ? status : first_open(connection, fault);
    if (status) {
        sqlite_close(connection);
        return status;
    }
    *out = connection;
    return STATUS_OK;
}

enum status
sqlite_ready(struct connection *connection, struct fault *fault)
{
    if (!connection->stale || connection->in_transaction)
        return STATUS_OK;
    enum status status = check_same_file(connection, fault);
    if (status)
        return status;
    close_db(connection);
    status = open_db(connection, fault);
    status = status ? status : sqlite_connection_set_up(connection, fault);
    connection->stale = status != STATUS_OK;
    return status;
}
