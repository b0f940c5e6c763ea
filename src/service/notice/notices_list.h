/* notices_list.h - what was told to whom, and how far its delivery is. */
#ifndef SERVICE_NOTICE_NOTICES_LIST_H
#define SERVICE_NOTICE_NOTICES_LIST_H

#include "service/core/call.h"
#include "service/outbox/outbox_delivery.h"

enum {
    NOTICES_MOST_SERIALS = 100000
}; /* of one page: it ends early then, with one notice at least */

struct notice {
    int64_t id;
    const char *kind;      /* domain/notice.h, or "pool_low", "code_revoked",
                              "alert_began", "alert_over" */
    const char *recipient; /* the address */
    const char **serials;  /* of the sensors it speaks of, as they are now */
    size_t serial_count;
    day_number due_on;
    struct outbox_delivery delivery; /* of its mail */
};

struct notice_query {
    struct page_request page;
    const char *serial; /* of a sensor; NULL: any */
    int64_t alert_id;   /* 0: of any alert, and of what is none */
};

struct notice_page {
    struct notice *items; /* newest first */
    size_t count;
    const char *next;
};

/* STATUS_MALFORMED  the cursor; serial
 * STATUS_NOT_FOUND  no sensor has this serial; there is no such alert */
enum status notices_list(struct call *call, int64_t organization_id,
                         const struct notice_query *query, struct notice_page *out);

#endif
