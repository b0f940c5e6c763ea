/* notices_send.h - the same letter for everybody who is ticked in the Notification Manager. */
#ifndef SERVICE_NOTICE_NOTICES_SEND_H
#define SERVICE_NOTICE_NOTICES_SEND_H

#include "base/zone.h"
#include "service/outbox/letter.h"

struct notice_to_all {
    int64_t organization_id;
    const char *kind;    /* of the notice: "pool_low", "code_revoked" */
    const char *purpose; /* of the mail */
    const struct zone *zone;
    struct letter letter;
};

/* Queues a mail for each and records the notices. Inside a transaction. */
enum status notices_send_all(struct call *call, const struct notice_to_all *what);

enum { PAGE_URL_SIZE = 512 };
/* The address of a page of an organization: `page` "licenses", "notifications", ... */
void organization_page_url(char out[PAGE_URL_SIZE], const struct call *call,
                           int64_t organization_id, const char *page);

/* The line at a letter's end that says why somebody gets it. */
void notices_say_why(struct letter_writer *writer, const struct call *call, int64_t organization_id,
                     const char *organization);

#endif
