/* pool_watch_letter.h - the mail that says that a pool will not last. */
#ifndef SERVICE_POOL_WATCH_LETTER_H
#define SERVICE_POOL_WATCH_LETTER_H

#include "service/pool_look.h"

struct pool_watch_letter {
    int64_t organization_id;
    const char *organization; /* its name */
    const struct zone *zone;
    const struct pool_look *look; /* with details */
};

/* Queues it; gives the id in the outbox. Inside a transaction. */
enum status pool_watch_letter_queue(struct call *call, const struct pool_watch_letter *letter, const char *to,
                                    int64_t *outbox_id);

#endif
