/* pool_watch_letter.h - the letter that warns of a low pool. */
#ifndef SERVICE_NOTICE_POOL_WATCH_LETTER_H
#define SERVICE_NOTICE_POOL_WATCH_LETTER_H

#include "service/forecast/pool_shortage.h"
#include "service/outbox/letter.h"

struct pool_watch_letter {
    int64_t organization_id;
    const char *organization; /* its name */
    const struct zone *zone;
    const struct pool_shortage *shortage;
};

enum status pool_watch_letter_write(struct call *call, const struct pool_watch_letter *letter,
                                    struct letter *out);

#endif
