
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/utc.h"
#include "store/postgres/connection.h"

enum {
    IDLE_MOST_MS = 10 * 1000, /* between two steps of a transaction that writes */
    SETUP_SIZE = 768,
};

static void
forget_prepared(struct connection *connection)
{
    if (connection->prepared_size)
        memset(connection->prepared, 0, connection->prepared_size * sizeof(bool));
}

/* The function of the server identifies the notice, because messages are translated. */
static void
postgres_notice(void *with, const PGresult *notice)
{
    struct connection *connection = with;
    const char *where = PQresultErrorField(notice, PG_DIAG_SOURCE_FUNCTION);
    const char *message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);

    bool not_durable = where && !strcmp(where, "SyncRepWaitForLSN");

    connection->not_durable |= not_durable;
    log_often(not_durable ? LOG_WARNING : LOG_DEBUG, "store.notice", not_durable ? "standby" : "",
              "message=%s", message ? message : "");
}

/* An acknowledgement promises that the disk has the data, so synchronous_commit is at least `on`. A
 * transaction whose COMMIT was lost on its way must not hold its locks until the server notices
 * that the connection is gone. A server from version 14 on looks for that in the midst of a
 * statement, too. */
static enum status
postgres_set_up(struct connection *connection, struct fault *fault)
{
    bool reads_only = connection->mode == STORE_READ_ONLY;
    char sql[SETUP_SIZE];

    snprintf(sql, sizeof sql,
             "SET bytea_output = 'hex'; SET extra_float_digits = 1;"
             "SET client_min_messages = warning; SET lock_timeout = %d;"
             "SET default_transaction_read_only = %s;"
             "SET idle_in_transaction_session_timeout = %d;"
             "SELECT set_config('synchronous_commit', 'on', false)"
             " WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write');"
             "SELECT set_config(name, '1s', false) FROM pg_settings"
             " WHERE name = 'client_connection_check_interval'",
             connection->busy_wait_ms, reads_only ? "on" : "off", reads_only ? 0 : IDLE_MOST_MS);
    connection->lost = false;
    forget_prepared(connection);
    enum status status = connection_command(connection, sql, "set up", fault);
    connection->lost = status != STATUS_OK;
    return status;
}

/* The reason is the first line of libpq's message, which holds no password. */
static enum status
fail_to_connect(const struct connection *connection, struct fault *fault)
{
    const char *message = PQerrorMessage(connection->pg);

    return fail(fault, STATUS_BUSY, "", "", "%.*s", (int)strcspn(message, "\n"), message);
}

/* In another encoding the database refuses texts of people, or keeps bytes that no other program
 * understands. */
static enum status
check_encoding(struct connection *connection, struct fault *fault)
{
    const char *encoding = PQparameterStatus(connection->pg, "server_encoding");

    if (encoding && !strcmp(encoding, "UTF8"))
        return STATUS_OK;
    connection->lost = true;
    return fail(fault, connection->explain ? STATUS_INVALID : STATUS_BUSY, "", "store",
                "the encoding of the database is %.40s and has to be UTF8: create another one with "
                "`createdb --encoding=UTF8 --template=template0`",
                encoding ? encoding : "unknown");
}

/* The connect_timeout of libpq limits this for each host, up to the first answer. */
static enum status
connect_anew(struct connection *connection, struct fault *fault)
{
    /* The URL comes last, so its settings win. */
    const char *const keywords[] = { "connect_timeout",      "tcp_user_timeout", "keepalives_idle",
                                     "keepalives_interval",  "application_name", "client_encoding",
                                     "target_session_attrs", "dbname",           NULL };
    const char *const values[] = { "2",          "2000",          "5", "2", "tenure", "UTF8",
                                   "read-write", connection->url, NULL };
    int64_t began = monotonic_nanoseconds();

    if (deadline_is_set(connection->late.deadline))
        return fail(fault, STATUS_BUSY, "", "", "this server is stopping");
    PQfinish(connection->pg);
    connection->pg = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(connection->pg) != CONNECTION_OK || PQsetnonblocking(connection->pg, 1)) {
        enum status status = connection->explain
                                 ? fail_to_connect(connection, fault)
                                 : connection_report(connection, NULL, "connect", fault);
        connection_give_up(connection, began);
        return status;
    }
    PQsetNoticeReceiver(connection->pg, postgres_notice, connection);
    connection->is_new = true;
    enum status status = check_encoding(connection, fault);
    return status ? status : postgres_set_up(connection, fault);
}

enum status
connection_ready(struct connection *connection, struct fault *fault)
{
    if (!connection->lost && !connection_has_ended(connection))
        return STATUS_OK;
    if (monotonic_nanoseconds() < connection->rest_until)
        return fail(fault, STATUS_BUSY, "", "", "the store does not answer");
    enum status status = connect_anew(connection, fault);
    if (status)
        return status;
    log_line(LOG_INFO, "store.connected_again", "server=%d", PQserverVersion(connection->pg));
    return STATUS_OK;
}

static void
postgres_close(struct connection *connection)
{
    if (!connection)
        return;
    PQfinish(connection->pg);
    free(connection->url);
    free(connection->prepared);
    free(connection->row_bytes);
    free(connection);
}

static enum status
postgres_open(struct connection **out, const struct store_options *options, struct fault *fault)
{
    struct connection *connection;

    if (!connection_url_is_sound(options->url))
        return fail(fault, STATUS_INVALID, "", "store",
                    "write a PostgreSQL store as postgresql://USER:PASSWORD@HOST:PORT/DATABASE, "
                    "with @ : / ? # and %% in the password as %%40 %%3A %%2F %%3F %%23 and %%25");
    connection = memory_new(1, sizeof *connection);
    connection->mode = options->mode;
    connection->busy_wait_ms = options->busy_wait_ms;
    connection->late.deadline = options->deadline;
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
postgres_ready(struct connection *connection, bool *is_new, struct fault *fault)
{
    enum status status = connection_ready(connection, fault);

    *is_new = connection->is_new;
    connection->is_new = false;
    return status;
}

static bool
postgres_may_repeat(const struct connection *connection)
{
    return connection->pg && connection->lost && !connection->in_transaction && !connection->spent;
}

static enum status
postgres_begin(struct connection *connection, enum store_mode mode, struct fault *fault)
{
    const char *sql = mode == STORE_READ_WRITE ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
                                               : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    enum status status = connection_ready(connection, fault);

    if (status)
        return status;
    status = connection_command(connection, sql, "begin", fault);
    if (status && connection->pg && connection->lost) { /* it was lost before */
        status = connection_ready(connection, fault);
        status = status ? status : connection_command(connection, sql, "begin", fault);
    }
    if (status && connection->pg) { /* the server refuses transactions */
        connection_drop(connection);
        status = fail(fault, STATUS_BUSY, "", "", "the store is not reachable");
    }
    connection->in_transaction = !status;
    return status;
}

static enum status
postgres_commit(struct connection *connection, bool *in_doubt, struct fault *fault)
{
    connection->not_durable = *in_doubt = false;
    if (deadline_is_over(connection->late.deadline)) { /* no time for the server's answer */
        connection_drop(connection);
        return late_fail(&connection->late, fault);
    }
    enum status status = connection_command(connection, "COMMIT", "commit", fault);
    *in_doubt = connection->lost || connection->not_durable;
    if (status)
        return status;
    if (!connection->committed)
        return fail(fault, STATUS_BROKEN, "", "",
                    "an earlier statement of this transaction failed");
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
        && connection_command(connection, "ROLLBACK", "roll back", &fault))
        connection->lost = true; /* the server rolls back with the end of the connection */
    connection->in_transaction = connection->in_script = false;
}

static enum status
postgres_script(struct connection *connection, const char *sql, struct fault *fault)
{
    connection->in_script = true;
    enum status status = connection_command(connection, sql, "script", fault);
    connection->in_script = connection->in_transaction; /* later statements may take long too */
    return status;
}

static void
postgres_set_budget(struct connection *connection, const struct deadline *budget)
{
    connection->late.budget = budget;
}

const struct driver driver_postgres = {
    .name = "postgresql",
    .is_shared = true,
    /* The number is arbitrary. This lock waits longer than others. */
    .migration_lock = "SET LOCAL lock_timeout = '60s'; SELECT pg_advisory_xact_lock(7365727561)",
    .open = postgres_open,
    .close = postgres_close,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .script = postgres_script,
    .run = postgres_run,
    .run_batch = postgres_run_batch,
    .set_budget = postgres_set_budget,
    .ready = postgres_ready,
    .may_repeat = postgres_may_repeat,
    .drop = connection_drop,
};
