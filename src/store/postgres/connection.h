/*
 * connection.h - a connection to PostgreSQL, and the status of each answer.
 *
 * Only this header includes libpq, and only the files of this folder include this header.
 */
#ifndef STORE_POSTGRES_CONNECTION_H
#define STORE_POSTGRES_CONNECTION_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "store/driver.h"
#include "store/late.h"

struct connection {
    PGconn *pg; /* never blocks; NULL: dropped, because the server did not answer */
    char *url;
    enum store_mode mode;
    int busy_wait_ms;
    struct late late;
    int64_t rest_until; /* monotonic nanoseconds: a lost connection is not renewed earlier */
    bool explain;       /* from the options, until the connection is open */
    bool in_transaction;
    bool in_script;   /* until the end of its transaction */
    bool spent;       /* the newest statement may have had an effect, or gave rows */
    bool streams;     /* the running statement gives its rows one by one */
    bool lost;        /* it must be renewed before use */
    bool is_new;      /* since the last postgres_ready() */
    bool committed;   /* the last transaction ended with a commit */
    bool not_durable; /* a commit did not wait for the synchronous standby */
    bool *prepared;   /* by statement->number */
    size_t prepared_size;
    char *row_bytes; /* decoded bytes of the current row */
    size_t row_bytes_size;
};

/* False for a URL whose password has an unescaped symbol: it has an @ in the wrong place, or a port
 * with letters. libpq would read pieces of the password as other parts, and quote them in its
 * messages. */
bool connection_url_is_sound(const char *url);

/* In driver_postgres.c. Renews a lost connection. Call it outside a transaction. */
enum status connection_ready(struct connection *connection, struct fault *fault);

/* Returns the next answer, as PQgetResult(): NULL after the last one, and on a lost connection.
 * Drops the connection when the server is silent for about a second more than busy_wait_ms, or
 * until the deadline or the budget ends: the server then ends the statement, because it looks
 * whether the connection still exists (postgres_set_up()). Only this function waits. */
PGresult *connection_result(struct connection *connection);

/* Runs SQL without rows. */
enum status connection_command(struct connection *connection, const char *sql, const char *doing,
                               struct fault *fault);

/* Between two transactions: has the server or the network ended the connection, as far as this
 * machine knows? */
bool connection_has_ended(struct connection *connection);

/* Closes the connection, which is lost until it is renewed. */
void connection_drop(struct connection *connection);
/* The same for a server that has not answered since `began` (monotonic nanoseconds). The connection
 * is not renewed until the same time has passed again. */
void connection_give_up(struct connection *connection, int64_t began);

/* Takes all answers, which have no rows. Returns the first failure. */
enum status connection_finish(struct connection *connection, const char *doing,
                              struct fault *fault);

/* Turns a failed result (NULL: libpq could not send) into a status. */
enum status connection_report(struct connection *connection, const PGresult *result,
                              const char *doing, struct fault *fault);

/* STATUS_OK for a result that is no failure. Does not free it. */
enum status connection_check(struct connection *connection, const PGresult *result,
                             const char *doing, struct fault *fault);

/* The driver's functions in run.c. */
enum status postgres_run(struct connection *connection, const struct driver_run *run,
                         int64_t *changed, struct fault *fault);
enum status postgres_run_batch(struct connection *connection, const struct driver_batch *batch,
                               int64_t *changed, struct fault *fault);

#endif
