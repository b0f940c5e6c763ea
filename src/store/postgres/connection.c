#include "store/postgres/connection.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/utc.h"
#include "store/postgres/driver_postgres.h"

/* How long a server may be silent before it counts as gone. Its own timeouts do not
 * help: a machine that hangs does not fire them, nor does a commit that waits for the
 * standby. Longer than lock_timeout, so that a lock of somebody else is told as one. */
enum {
    SILENCE_MORE_MS = 1000,             /* than busy_wait_ms */
    LOOK_MS = 100,                      /* whether patience ends meanwhile */
    STREAM_WAITS = 5,                   /* times that: it may have to sort a table first */
    SCRIPT_SILENCE_MS = 10 * 60 * 1000, /* a migration builds indexes */
    SETUP_SIZE = 512,
    NANOSECONDS_A_MS = 1000000,
};

static void
forget_prepared(struct connection *connection)
{
    if (connection->prepared_size)
        memset(connection->prepared, 0, connection->prepared_size * sizeof(bool));
}

/* SQLSTATE: a class of two symbols and a condition of three. */
static enum status
meaning(const struct connection *connection, const char *state)
{
    static const char *const again[] = {
        "40",    "53",    "08",                      /* serialization, resources, connection */
        "55P03", "57014",                            /* lock not available, query canceled */
        "57P01", "57P02", "57P03", "57P05", "25P03", /* the server ends the session */
    };

    if (!strncmp(state, "23", 2))
        return STATUS_CONFLICT;
    for (size_t i = 0; i < sizeof again / sizeof again[0]; i++)
        if (!strncmp(state, again[i], strlen(again[i])))
            return STATUS_BUSY;
    /* "Read only": the primary that we knew has become a standby. */
    if (!strcmp(state, "25006") && connection->mode == STORE_READ_WRITE)
        return STATUS_BUSY;
    return STATUS_BROKEN;
}

/* A FATAL answer is the last one, though libpq learns that only afterwards. */
static bool
is_cut_off(const struct connection *connection, const PGresult *result)
{
    const char *severity = "";

    if (result && PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED))
        severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    return connection->lost || PQstatus(connection->pg) != CONNECTION_OK
           || !strcmp(severity, "FATAL") || !strcmp(severity, "PANIC");
}

enum status
connection_report(struct connection *connection, const PGresult *result, const char *doing,
                  struct fault *fault)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    bool cut = is_cut_off(connection, result);

    if (!connection->pg) /* dropped; the log says why */
        return fail(fault, STATUS_BUSY, "", "", "the store does not answer");
    enum status status = state ? meaning(connection, state) : STATUS_BROKEN;

    if (cut || (state && !strcmp(state, "25006") && status == STATUS_BUSY)) {
        connection->lost = true;
        status = STATUS_BUSY;
    }
    if (!message)
        message = PQerrorMessage(connection->pg);
    log_line(cut                       ? LOG_WARNING
             : status == STATUS_BROKEN ? LOG_ERROR
                                       : LOG_DEBUG,
             "store.failed", "doing=%s sqlstate=%s message=%.*s", doing, state ? state : "",
             (int)strcspn(message, "\n"), message);
    if (connection->lost)
        return fail(fault, STATUS_BUSY, "", "", "the store is not reachable");
    if (status == STATUS_BUSY)
        return fail(fault, STATUS_BUSY, "", "", "the store is busy");
    if (status == STATUS_CONFLICT)
        return fail(fault, STATUS_CONFLICT, "", "", "a rule of the store says no");
    return fail(fault, STATUS_BROKEN, "", "", "the store failed; its log says how");
}

enum status
connection_check(struct connection *connection, const PGresult *result, const char *doing,
                 struct fault *fault)
{
    switch (PQresultStatus(result)) { /* NULL: PGRES_FATAL_ERROR */
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_SINGLE_TUPLE:
        return STATUS_OK;
    default:
        return connection_report(connection, result, doing, fault);
    }
}

/* Who has waited in vain since `began` does not wait again for as long. */
static void
drop(struct connection *connection, int64_t began)
{
    int64_t now = monotonic_nanoseconds();

    PQfinish(connection->pg);
    connection->pg = NULL;
    connection->lost = true;
    connection->rest_until = now + (now - began);
}

static int
silence_ms(const struct connection *connection)
{
    int most = connection->busy_wait_ms + SILENCE_MORE_MS;

    return connection->in_script ? SCRIPT_SILENCE_MS
           : connection->streams ? STREAM_WAITS * most
                                 : most;
}

/* As poll(2) until there is something; 0: it was waited for in vain. */
static int
wait_for(const struct connection *connection, struct pollfd *socket)
{
    int64_t began = monotonic_nanoseconds(), left;
    int ready = 0;

    do {
        left = patience_left(connection->patience, began, silence_ms(connection));
        ready = poll(socket, 1, (int)(left < LOOK_MS ? left : LOOK_MS));
    } while (!ready && left > 0);
    return ready;
}

PGresult *
connection_result(struct connection *connection)
{
    while (!connection->lost) {
        int unsent = PQflush(connection->pg);

        if (!PQisBusy(connection->pg))
            return PQgetResult(connection->pg);
        struct pollfd socket = {
            .fd = PQsocket(connection->pg),
            .events = (short)(unsent > 0 ? POLLIN | POLLOUT : POLLIN),
        };
        int64_t began = monotonic_nanoseconds();
        int ready = wait_for(connection, &socket);
        if (!ready) {
            log_line(LOG_WARNING, "store.silent", "waited_ms=%" PRId64,
                     (monotonic_nanoseconds() - began) / NANOSECONDS_A_MS);
            drop(connection, began);
        } else if (ready > 0 && !PQconsumeInput(connection->pg)) {
            connection->lost = true;
        }
    }
    return NULL;
}

enum status
connection_finish(struct connection *connection, const char *doing, struct fault *fault)
{
    PGresult *result;
    enum status status = STATUS_OK;

    while ((result = connection_result(connection))) {
        if (!status)
            status = connection_check(connection, result, doing, fault);
        connection->committed = !status && !strcmp(PQcmdStatus(result), "COMMIT");
        PQclear(result);
    }
    if (!status && connection->lost)
        return connection_report(connection, NULL, doing, fault);
    return status;
}

static enum status
command(struct connection *connection, const char *sql, const char *doing, struct fault *fault)
{
    if (connection->lost || !PQsendQuery(connection->pg, sql))
        return connection_report(connection, NULL, doing, fault);
    return connection_finish(connection, doing, fault);
}

/* Told apart by the function that speaks, since the words are translated. */
static void
take_notice(void *with, const PGresult *notice)
{
    struct connection *connection = with;
    const char *where = PQresultErrorField(notice, PG_DIAG_SOURCE_FUNCTION);
    const char *message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);

    if (where && !strcmp(where, "SyncRepWaitForLSN"))
        connection->not_durable = true;
    log_line(connection->not_durable ? LOG_WARNING : LOG_DEBUG, "store.notice", "message=%s",
             message ? message : "");
}

/* An acknowledgement promises that the disk has it, so synchronous_commit is
 * raised where it is weaker than `on`. */
static enum status
set_up(struct connection *connection, struct fault *fault)
{
    char sql[SETUP_SIZE];

    snprintf(sql, sizeof sql,
             "SET bytea_output = 'hex'; SET extra_float_digits = 1;"
             "SET client_min_messages = warning; SET lock_timeout = %d; SET "
             "default_transaction_read_only = %s;"
             "SELECT set_config('synchronous_commit', 'on', false)"
             " WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')",
             connection->busy_wait_ms, connection->mode == STORE_READ_ONLY ? "on" : "off");
    connection->lost = false;
    forget_prepared(connection);
    enum status status = command(connection, sql, "set up", fault);
    connection->lost = status != STATUS_OK;
    return status;
}

/* The first line of what libpq says: its messages hold no password. */
static enum status
explain(const struct connection *connection, struct fault *fault)
{
    const char *message = PQerrorMessage(connection->pg);

    return fail(fault, STATUS_BUSY, "", "", "%.*s", (int)strcspn(message, "\n"), message);
}

/* libpq's own connect_timeout (for each host) bounds this, up to the first answer. */
static enum status
connect_anew(struct connection *connection, struct fault *fault)
{
    /* What the URL says stands last, and wins. */
    const char *const keywords[] = { "connect_timeout",  "tcp_user_timeout",
                                     "keepalives_idle",  "keepalives_interval",
                                     "application_name", "client_encoding",
                                     "dbname",           NULL };
    const char *const values[] = { "2", "2000", "5", "2", "tenure", "UTF8", connection->url, NULL };
    int64_t began = monotonic_nanoseconds();

    if (patience_ends(connection->patience))
        return fail(fault, STATUS_BUSY, "", "", "this server is stopping");
    PQfinish(connection->pg);
    connection->pg = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(connection->pg) != CONNECTION_OK || PQsetnonblocking(connection->pg, 1)) {
        enum status status = connection->explain
                                 ? explain(connection, fault)
                                 : connection_report(connection, NULL, "connect", fault);
        drop(connection, began);
        return status;
    }
    PQsetNoticeReceiver(connection->pg, take_notice, connection);
    return set_up(connection, fault);
}

enum status
connection_ready(struct connection *connection, struct fault *fault)
{
    if (!connection->lost && PQstatus(connection->pg) == CONNECTION_OK)
        return STATUS_OK;
    if (monotonic_nanoseconds() < connection->rest_until)
        return fail(fault, STATUS_BUSY, "", "", "the store does not answer");
    enum status status = connect_anew(connection, fault);
    if (!status)
        log_line(LOG_INFO, "store.connected_again", "server=%d", PQserverVersion(connection->pg));
    return status;
}

static void
postgres_close(struct connection *connection)
{
    if (!connection)
        return;
    PQfinish(connection->pg);
    free(connection->url);
    free(connection->prepared);
    free(connection->scratch);
    free(connection);
}

static enum status
postgres_open(struct connection **out, const struct store_options *options, struct fault *fault)
{
    struct connection *connection;

    if (!connection_url_is_sound(options->url))
        return fail(fault, STATUS_INVALID, "", "store",
                    "a PostgreSQL store is written postgresql://USER:PASSWORD@HOST:PORT/DATABASE, "
                    "with @ : / ? # and %% in the password as %%40 %%3A %%2F %%3F %%23 and %%25");
    connection = memory_new(1, sizeof *connection);
    connection->mode = options->mode;
    connection->busy_wait_ms = options->busy_wait_ms;
    connection->patience = options->patience;
    connection->explain = options->explain;
    connection->url = memory_must(strdup(options->url));
    enum status status = connect_anew(connection, fault);
    if (status) {
        postgres_close(connection);
        return status;
    }
    connection->explain = false;
    *out = connection;
    return STATUS_OK;
}

static enum status
postgres_begin(struct connection *connection, enum store_mode mode, struct fault *fault)
{
    const char *sql = mode == STORE_READ_WRITE ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
                                               : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    enum status status = connection_ready(connection, fault);

    if (status)
        return status;
    status = command(connection, sql, "begin", fault);
    if (status && connection->pg
        && connection->lost) { /* it was lost before, and only now we know */
        status = connection_ready(connection, fault);
        if (!status)
            status = command(connection, sql, "begin", fault);
    }
    connection->in_transaction = !status;
    return status;
}

static enum status
postgres_commit(struct connection *connection, struct fault *fault)
{
    connection->not_durable = false;
    /* Cut off here, whether it took hold is in doubt: who repeats it does so idempotently. */
    enum status status = command(connection, "COMMIT", "commit", fault);
    if (status)
        return status;
    if (!connection->committed)
        return fail(fault, STATUS_BROKEN, "", "", "a step of this change had failed before");
    connection->in_transaction = connection->in_script = false;
    if (connection->not_durable)
        return fail(fault, STATUS_BUSY, "", "", "the standby of the store did not confirm");
    return STATUS_OK;
}

static void
postgres_rollback(struct connection *connection)
{
    struct fault fault;

    if (!connection->lost && PQtransactionStatus(connection->pg) != PQTRANS_IDLE
        && command(connection, "ROLLBACK", "roll back", &fault))
        connection->lost = true; /* the server forgets it with the connection */
    connection->in_transaction = connection->in_script = false;
}

static enum status
postgres_script(struct connection *connection, const char *sql, struct fault *fault)
{
    connection->in_script = true;
    enum status status = command(connection, sql, "script", fault);
    connection->in_script = connection->in_transaction; /* what follows in it may take long too */
    return status;
}

const struct driver driver_postgres = {
    .name = "postgresql",
    .is_shared = true,
    /* Any number, known to this program alone; it waits longer than other locks. */
    .migration_lock = "SET LOCAL lock_timeout = '60s'; SELECT pg_advisory_xact_lock(7365727561)",
    .open = postgres_open,
    .close = postgres_close,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .script = postgres_script,
    .run = postgres_run,
    .run_batch = postgres_run_batch,
};
