/*
 * schedule.h - what happens because its time has come, and not because somebody asked.
 *
 * The ticker (ticker.h) works through the table: what is due is done in short steps, then it
 * sleeps until the next instant. A step finds out by itself what is due and says so in the
 * store, so that nothing is done twice, on one node or on several, and what fell due while
 * nobody was there is made up.
 */
#ifndef SERVICE_THREADS_SCHEDULE_H
#define SERVICE_THREADS_SCHEDULE_H

#include "service/core/call.h"

struct moment {
    const char *name; /* for the log: "renewals" */
    /* Does some of what is due by call->now: one transaction, as short as that of a batch of
     * measurements. *more: there may be other things. Inside a transaction, which may be run
     * again. */
    enum status (*step)(struct call *call, bool *more);
    /* When something falls due next; UTC_NEVER for never, the past for now. A read; asked
     * at least once a minute. */
    enum status (*next)(struct call *call, utc_seconds *at);
};

/* In their order: what stands later sees what those before it have done; where its steps take
 * long, those before it are looked at again once a second. The first, renewals, is worked through
 * before anybody is served. Ends with a row whose name is NULL. */
extern const struct moment schedule[];

#endif
