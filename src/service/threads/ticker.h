/*
 * ticker.h - the thread that does what falls due (schedule.h): renewals, notices.
 *
 * It sleeps until the next moment, at most a minute; whoever needs the ledger to be exact
 * before that applies what is due itself (ledger.h).
 */
#ifndef SERVICE_THREADS_TICKER_H
#define SERVICE_THREADS_TICKER_H

#include "service/threads/schedule.h"
#include "service/threads/writer.h"

struct ticker;

struct ticker_options {
    const struct store_options *store; /* the mode aside */
    struct writer *writer;             /* applies each step */
    const struct moment *schedule;     /* schedule.h */
};

/* Applies the renewals that fell due while nobody was there, before it returns; then starts the
 * thread, which does the rest, with a reading store of its own. The caller stops it before the
 * writer. Failures as store_open(). */
enum status ticker_start(struct ticker **out, const struct ticker_options *options,
                         struct fault *fault);
void ticker_stop(struct ticker *ticker); /* ends between two steps; NULL is allowed */

#endif
