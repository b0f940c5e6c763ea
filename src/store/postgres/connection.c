#include "store/postgres/connection.h"

#include <inttypes.h>
#include <poll.h>
#include <string.h>

#include "base/log.h"
#include "base/utc.h"

/* A server that is silent for longer counts as gone. The timeouts of the server do not help: they
 * do not work on a machine that hangs, nor for a commit that waits for the standby. The limit is
 * longer than lock_timeout, so that a lock of another session is reported as a lock. */
enum {
    SILENCE_MORE_MS = 1000,             /* added to busy_wait_ms */
    LOOK_MS = 100,                      /* between two looks at the deadline */
    STREAM_WAITS = 5,                   /* factor for a stream: the server may sort a table first */
    SCRIPT_SILENCE_MS = 10 * 60 * 1000, /* for a script: a migration builds indexes */
    NANOSECONDS_A_MS = 1000000,
    MOST_LAST_WORDS = 4,
};

/* The server is a standby: from the start, or since a failover. */
static bool
cannot_write(const struct connection *connection, const char *state)
{
    return connection->mode == STORE_READ_WRITE
           && (!strcmp(state, "25006")      /* read_only_sql_transaction */
               || !strcmp(state, "55000")); /* object_not_in_prerequisite_state: in recovery */
}

/* A new session may work: it gets the current settings and rights. Classes: feature_not_supported
 * ("cached plan must not change result type"), transaction state, statement name, schema name,
 * syntax error or access rule violation. */
static bool
is_worn(const char *state)
{
    static const char *const classes[] = { "0A", "25", "26", "3F", "42" };

    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if (!strncmp(state, classes[i], 2))
            return true;
    return false;
}

/* SQLSTATE: a class of two symbols and a condition of three. */
static enum status
connection_status_of(const struct connection *connection, const char *state)
{
    static const char *const busy[] = {
        "40",    "53",    "08",                      /* serialization, resources, connection */
        "55P03", "57014",                            /* lock not available, query canceled */
        "57P01", "57P02", "57P03", "57P05", "25P03", /* the server ends the session */
    };

    if (!strncmp(state, "23", 2))
        return STATUS_CONFLICT;
    for (size_t i = 0; i < sizeof busy / sizeof busy[0]; i++)
        if (!strncmp(state, busy[i], strlen(busy[i])))
            return STATUS_BUSY;
    return cannot_write(connection, state) ? STATUS_BUSY : STATUS_BROKEN;
}

/* A FATAL answer ends the connection. libpq notices that only afterwards. */
static bool
is_cut_off(const struct connection *connection, const PGresult *result)
{
    const char *severity = "";

    if (result && PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED))
        severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    return connection->lost || PQstatus(connection->pg) != CONNECTION_OK
           || !strcmp(severity, "FATAL") || !strcmp(severity, "PANIC");
}

/* A failure of the server's disk: its code, sentence and log line. */
struct disk_failure {
    const char *code, *reason;
};

/* NULL: the disk has not failed. The server reports a read-only file system with the code of a
 * missing right, so the source file tells the two apart (errcode_for_file_access() in elog.c). */
static const struct disk_failure *
find_disk_failure(const PGresult *result, const char *state)
{
    static const char *const files[] = { "md.c", "fd.c", "xlog.c", "slru.c", "copydir.c" };
    static const struct disk_failure is_full = { "storage_full", "the database's disk is full" };
    static const struct disk_failure fails = { "storage_failed",
                                               "the database cannot use its disk; see its log" };
    const char *file = PQresultErrorField(result, PG_DIAG_SOURCE_FILE);

    if (!strcmp(state, "53100")) /* disk_full */
        return &is_full;
    if (!strcmp(state, "58030")) /* io_error */
        return &fails;
    for (size_t i = 0; file && i < sizeof files / sizeof files[0]; i++)
        if (!strcmp(state, "42501") && !strcmp(file, files[i]))
            return &fails;
    return NULL;
}

enum status
connection_report(struct connection *connection, const PGresult *result, const char *doing,
                  struct fault *fault)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    bool cut = is_cut_off(connection, result);

    if (!connection->pg && late_is_over(&connection->late))
        return late_fail(&connection->late, fault);
    if (!connection->pg) /* dropped; the log has the reason */
        return fail(fault, STATUS_BUSY, "", "", "the store does not answer");
    const struct disk_failure *disk = state ? find_disk_failure(result, state) : NULL;
    enum status status = disk    ? STATUS_BUSY
                         : state ? connection_status_of(connection, state)
                                 : STATUS_BROKEN;

    if (cut || (state && cannot_write(connection, state))) {
        connection->lost = true;
        status = STATUS_BUSY;
    }
    if (!message)
        message = PQerrorMessage(connection->pg);
    log_often(connection->lost                  ? LOG_WARNING
              : disk || status == STATUS_BROKEN ? LOG_ERROR
                                                : LOG_DEBUG,
              "store.failed", state ? state : "", "doing=%s sqlstate=%s message=%.*s", doing,
              state ? state : "", (int)strcspn(message, "\n"), message);
    if (connection->lost)
        return fail(fault, STATUS_BUSY, "", "", "the store is not reachable");
    if (disk)
        return fail(fault, STATUS_BUSY, disk->code, "", "%s", disk->reason);
    if (status == STATUS_BUSY)
        return fail(fault, STATUS_BUSY, "", "", "the store is busy");
    if (status == STATUS_CONFLICT)
        return fail(fault, STATUS_CONFLICT, "", "", "a constraint of the store was violated");
    connection->lost = state && is_worn(state);
    return fail(fault, STATUS_BROKEN, "", "", "the store failed; see its log");
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

bool
connection_has_ended(struct connection *connection)
{
    struct pollfd socket = { .fd = PQsocket(connection->pg), .events = POLLIN };

    /* The last words of the server, and then the end. A notice is no end. */
    for (int reads = 0; reads < MOST_LAST_WORDS && poll(&socket, 1, 0) > 0; reads++)
        if (!PQconsumeInput(connection->pg))
            return true;
    return PQstatus(connection->pg) != CONNECTION_OK;
}

void
connection_drop(struct connection *connection)
{
    PQfinish(connection->pg);
    connection->pg = NULL;
    connection->lost = true;
}

void
connection_give_up(struct connection *connection, int64_t began)
{
    int64_t now = monotonic_nanoseconds();

    connection_drop(connection);
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

/* As poll(2). 0: nothing came in time. */
static int
wait_for(const struct connection *connection, struct pollfd *socket)
{
    int64_t began = monotonic_nanoseconds(), left;
    int ready = 0;

    do {
        left = deadline_left(connection->late.deadline, began, silence_ms(connection));
        ready = poll(socket, 1, (int)(left < LOOK_MS ? left : LOOK_MS));
    } while (!ready && left > 0 && !late_is_over(&connection->late));
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
        if (!ready && late_is_over(&connection->late)) {
            connection_drop(connection);
        } else if (!ready) {
            log_often(LOG_WARNING, "store.silent", "", "waited_ms=%" PRId64,
                      (monotonic_nanoseconds() - began) / NANOSECONDS_A_MS);
            connection_give_up(connection, began);
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

enum status
connection_command(struct connection *connection, const char *sql, const char *doing,
                   struct fault *fault)
{
    if (connection->lost || !PQsendQuery(connection->pg, sql))
        return connection_report(connection, NULL, doing, fault);
    return connection_finish(connection, doing, fault);
}
