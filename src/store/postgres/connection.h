/*
 * connection.h - a connection to PostgreSQL, and what its answers mean.
 *
 * The one header that includes libpq; only the files of this room include it.
 */
#ifndef STORE_POSTGRES_CONNECTION_H
#define STORE_POSTGRES_CONNECTION_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "store/driver.h"

struct connection {
    PGconn *pg; /* never blocks; NULL: dropped, since the server was silent or away */
    char *url;
    enum store_mode mode;
    int busy_wait_ms;
    const struct deadline *deadline;
    int64_t rest_until; /* monotonic nanoseconds; lost, it is not renewed before */
    bool explain;       /* of its options, until it is open */
    bool in_transaction;
    bool in_script;   /* until the end of the transaction */
    bool streams;     /* the statement that runs gives its rows one by one */
    bool lost;        /* not to be used before it is renewed */
    bool is_new;      /* nobody has asked for it since it was made */
    bool committed;   /* what ended last was a commit, and no roll-back */
    bool not_durable; /* a commit did not wait for the synchronous standby */
    bool *prepared;   /* by statement->number */
    size_t prepared_size;
    char *temp_dir; /* bytes of the row that is being handed on */
    size_t temp_dir_size;
};

/* libpq's messages quote the parts of a URL, and in one whose password holds
 * an unescaped symbol those parts are pieces of it. Such a URL has an @ or a
 * port of letters where none can be, and is refused before libpq sees it. */
bool connection_url_is_sound(const char *url);

/* In driver_postgres.c. Outside a transaction: renews the connection if it is known to be lost. */
enum status connection_ready(struct connection *connection, struct fault *fault);

/* The next answer to what was sent, as PQgetResult: NULL behind the last one, and on a
 * connection that is lost. A server from which nothing comes for about a second more
 * than busy_wait_ms is given up, and sooner when deadline ends: then the connection is
 * dropped. Every wait is here. */
PGresult *connection_result(struct connection *connection);

/* Runs SQL that answers with no rows. */
enum status connection_command(struct connection *connection, const char *sql, const char *doing,
                               struct fault *fault);

/* Closes it; it is lost until it is renewed. */
void connection_drop(struct connection *connection);
/* The same for a server that did not answer since `began` (monotonic nanoseconds): the connection
 * is not renewed for as long a time again. */
void connection_give_up(struct connection *connection, int64_t began);

/* Takes all answers, which hold no rows; the first failure wins. */
enum status connection_finish(struct connection *connection, const char *doing,
                              struct fault *fault);

/* Turns a failed result (NULL: libpq could not even ask) into a status. */
enum status connection_report(struct connection *connection, const PGresult *result,
                              const char *doing, struct fault *fault);

/* STATUS_OK for a result that is no failure. Does not free it. */
enum status connection_check(struct connection *connection, const PGresult *result,
                             const char *doing, struct fault *fault);

/* The driver's functions that live in run.c. */
enum status postgres_run(struct connection *connection, const struct statement *statement,
                         const struct value *in, row_sink *sink, void *into, int64_t *changed,
                         struct fault *fault);
enum status postgres_run_batch(struct connection *connection, const struct statement *statement,
                               value_source *source, const void *from, size_t count,
                               int64_t *changed, struct fault *fault);

#endif
