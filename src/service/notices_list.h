/* notices_list.h - what was told to whom, and how far its delivery is. */
#ifndef SERVICE_NOTICES_LIST_H
#define SERVICE_NOTICES_LIST_H

#include "service/call.h"

enum {
    NOTICES_MOST_SERIALS = 100000
}; /* of one page: it ends early then, with one notice at least */

struct notice {
    int64_t id;
    const char *kind;      /* domain/notice.h, or "pool_low", "code_revoked" */
    const char *recipient; /* the address */
    const char **serials;  /* of the sensors it speaks of, as they are now */
    size_t serial_count;
    day_number due_on;
    utc_seconds queued_at;
    const char *state; /* "waiting", "sent", "failed" */
    int64_t attempts;
    utc_seconds sent_at;    /* 0: not yet */
    const char *last_error; /* NULL: none */
};

struct notice_query {
    struct page_request page;
    const char *serial; /* of a sensor; NULL: any */
};

struct notice_page {
    struct notice *items; /* newest first */
    size_t count;
    const char *next;
};

/* STATUS_MALFORMED  the cursor; serial
 * STATUS_NOT_FOUND  no sensor has this serial */
enum status notices_list(struct call *call, int64_t organization_id,
                         const struct notice_query *query, struct notice_page *out);

#endif
