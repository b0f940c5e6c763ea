/* notices_letter.h - the mail that lists ending licenses and what happens to their sensors. */
#ifndef SERVICE_NOTICE_NOTICES_LETTER_H
#define SERVICE_NOTICE_NOTICES_LETTER_H

#include "service/notice/notices_due.h"

enum {
    NOTICES_LISTED = 200,       /* sensors in the mail; */
    NOTICES_FILE_MOST = 100000, /* in the attached file */
    NOTICES_FILE_MOST_BYTES = 32 * 1024 * 1024,
};

struct notices_letter {
    int64_t organization_id;
    const char *organization; /* its name */
    const struct zone *zone;
    const struct notice_item **items; /* in order; those not `shown` are left out */
    size_t count;
};

/* Queues the mail and gives its id in the outbox. Inside a transaction.
 *   STATUS_TOO_LARGE */
enum status notices_letter_queue(struct call *call, const struct notices_letter *letter,
                                 const char *to, int64_t *outbox_id);

#endif
