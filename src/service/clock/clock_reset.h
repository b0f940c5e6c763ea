/*
 * clock_reset.h - sets the clock's mark back when it lies in the future because a clock was wrong.
 *
 * A running server learns of the reset with its next transaction (service/core/clock.h).
 */
#ifndef SERVICE_CLOCK_CLOCK_RESET_H
#define SERVICE_CLOCK_CLOCK_RESET_H

#include "service/core/clock.h"

/* Can the system's clock, call->now, be trusted? */
enum clock_trust {
    CLOCK_TRUSTED,
    CLOCK_UNSYNCHRONIZED,  /* the kernel knows of no time service */
    CLOCK_UNLIKE_DATABASE, /* it differs by more than CLOCK_DIFFERENCE_SECONDS */
};

struct clock_review {
    struct clock_stored stored;
    int64_t behind;     /* seconds from now to the mark; 0 if time at most stands still */
    int64_t difference; /* seconds ahead of the database's clock; 0: not too many */
    bool unsynchronized;
    enum clock_trust trust; /* the database's clock counts before the kernel's word */
};

/* A read. `checks`: compares the clock with the database's. */
enum status clock_review(struct call *call, bool checks, struct clock_review *out);

/* The number of decisions for instants that lie in the future. A reset does not undo them. */
struct clock_leftovers {
    int64_t licenses; /* assigned */
    int64_t renewals; /* of them */
    int64_t keys;     /* redeemed */
    int64_t notices;
    int64_t alerts;
    int64_t measurements; /* messages that are not compacted yet */
    int64_t entries;      /* of audit logs */
};

/* A read of all licenses, which may take seconds. */
enum status clock_leftovers_count(struct call *call, struct clock_leftovers *out);

/* Sets the mark back to call->now, with all that is scheduled too far in the future, such as
 * notices, waiting messages, and the ends of sessions. Adds an entry to the operator's audit log.
 * *changed false: the mark is not in the future, and nothing was changed. The caller asks
 * clock_review() first whether the clock can be trusted. */
enum status clock_reset(struct call *call, bool *changed);

#endif
