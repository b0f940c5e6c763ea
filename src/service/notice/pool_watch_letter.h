/* pool_watch_letter.h - the words that say that a pool will not last. */
#ifndef SERVICE_NOTICE_POOL_WATCH_LETTER_H
#define SERVICE_NOTICE_POOL_WATCH_LETTER_H

#include "service/forecast/pool_shortage.h"
#include "service/outbox/letter.h"

struct pool_watch_letter {
    int64_t organization_id;
    const char *organization; /* its name */
    const struct zone *zone;
    const struct pool_shortage *look; /* with details */
};

enum status pool_watch_letter_write(struct call *call, const struct pool_watch_letter *what,
                                    struct letter *out);

#endif
