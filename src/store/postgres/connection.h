/*
 * connection.h - a connection to PostgreSQL, and the meaning of its answers.
 *
 * The only header that includes libpq; only the files of this room include it.
 */
#ifndef STORE_POSTGRES_CONNECTION_H
#define STORE_POSTGRES_CONNECTION_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "store/driver.h"

struct connection {
    PGconn *pg; /* never blocks; NULL: dropped, because the server was silent or away */
    char *url;
    enum store_mode mode;
    int busy_wait_ms;
    const struct deadline *deadline;
    int64_t rest_until; /* monotonic nanoseconds: a lost connection is not renewed before */
    bool explain;       /* of its options, until it is open */
    bool in_transaction;
    bool in_script;   /* until the end of the transaction */
    bool streams;     /* the statement that runs gives its rows one by one */
    bool lost;        /* it must be renewed before use */
    bool is_new;      /* made since the last postgres_ready() */
    bool committed;   /* the last transaction ended with a commit */
    bool not_durable; /* a commit did not wait for the synchronous standby */
    bool *prepared;   /* by statement->number */
    size_t prepared_size;
    char *row_bytes; /* decoded bytes of the current row */
    size_t row_bytes_size;
};

/* libpq's messages quote the parts of a URL, and in one whose password holds
 * an unescaped symbol those parts are pieces of it. Such a URL has an @ or a
 * port of letters where none can be, and is refused before libpq sees it. */
bool connection_url_is_sound(const char *url);

/* In driver_postgres.c. Outside a transaction: renews the connection if it is known to be lost. */
enum status connection_ready(struct connection *connection, struct fault *fault);

/* The next answer, as PQgetResult: NULL after the last one, and on a lost connection. Drops the
 * connection to a server that is silent for about a second more than busy_wait_ms, or until the
 * deadline ends. Every wait is in this function. */
PGresult *connection_result(struct connection *connection);

/* Runs SQL without rows. */
enum status connection_command(struct connection *connection, const char *sql, const char *doing,
                               struct fault *fault);

/* Closes the connection; it is lost until it is renewed. */
void connection_drop(struct connection *connection);
/* The same for a server that did not answer since `began` (monotonic nanoseconds): the connection
 * is not renewed before as much time has passed again. */
void connection_give_up(struct connection *connection, int64_t began);

/* Takes all answers, without rows; the first failure wins. */
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
