/*
 * ticker.h - the thread that runs the scheduled jobs (schedule.h): renewals, notices and others.
 *
 * It sleeps until the next job is due, at most a minute. A verb that needs an exact ledger before
 * that applies the due renewals itself (ledger.h).
 */
#ifndef SERVICE_THREADS_TICKER_H
#define SERVICE_THREADS_TICKER_H

#include "service/threads/schedule.h"
#include "service/threads/writer.h"

struct ticker;

struct ticker_options {
    const struct store_options *store; /* its mode is ignored */
    struct writer *writer;             /* runs each step */
    const struct scheduled_job *schedule;
};

/* Applies the renewals that fell due while no server ran, before it returns; then starts the thread
 * with its own reading store. The caller stops it before the writer. Failures as store_open(). */
enum status ticker_start(struct ticker **out, const struct ticker_options *options,
                         struct fault *fault);
void ticker_stop(struct ticker *ticker); /* ends between two steps; NULL is allowed */

#endif
