/* notices_letter.h - the mail of a day: which licenses end, and what happens to their sensors. */
#ifndef SERVICE_NOTICE_NOTICES_LETTER_H
#define SERVICE_NOTICE_NOTICES_LETTER_H

#include "service/notice/notices_due.h"

enum {
    NOTICES_LISTED = 200,       /* sensors by name in the mail; the file has them all, */
    NOTICES_FILE_MOST = 100000, /* the first so many */
    NOTICES_FILE_MOST_BYTES = 32 * 1024 * 1024,
};

struct notices_letter {
    int64_t organization_id;
    const char *organization; /* its name */
    const struct zone *zone;
    const struct notice_item **items; /* in the order of the list; those not `shown` are left out */
    size_t count;
};

/* Queues it; gives the id in the outbox. Inside a transaction.
 *   STATUS_TOO_LARGE */
enum status notices_letter_queue(struct call *call, const struct notices_letter *letter,
                                 const char *to, int64_t *outbox_id);

#endif
