/* pool_watch_letter.h - the letter that warns of a low pool. */
#ifndef SERVICE_NOTICE_POOL_WATCH_LETTER_H
#define SERVICE_NOTICE_POOL_WATCH_LETTER_H

#include "service/outbox/letter.h"

enum { POOL_SHORTAGE_DAYS = 60 }; /* the watch looks this far ahead */

struct pool_shortage {
    bool low;
    int64_t licenses_left;
    int64_t renewals;        /* sensors with auto renewal whose coverage ends by then */
    utc_seconds first_short; /* if low: when the first sensor finds the pool empty */
};

struct pool_watch_letter {
    int64_t organization_id;
    const char *organization; /* its name */
    const struct zone *zone;
    const struct pool_shortage *shortage;
};

enum status pool_watch_letter_write(struct call *call, const struct pool_watch_letter *letter,
                                    struct letter *out);

#endif
