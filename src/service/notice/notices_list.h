/* notices_list.h - sent messages: notices, their recipients, and their delivery state. */
#ifndef SERVICE_NOTICE_NOTICES_LIST_H
#define SERVICE_NOTICE_NOTICES_LIST_H

#include "service/core/call.h"
#include "service/outbox/outbox.h"

/* A page ends early at this number of serials, after at least one notice. */
enum { NOTICES_MOST_SERIALS = 100000 };

struct notice {
    int64_t id;
    const char *kind;      /* as in struct outbox_notice */
    const char *recipient; /* the address */
    const char **serials;  /* current serials of its sensors */
    size_t serial_count;
    day_number due_on;
    struct outbox_delivery delivery; /* of its mail */
};

struct notice_query {
    struct page_request page;
    const char *serial; /* of a sensor; NULL: any */
    int64_t alert_id;   /* 0: any */
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
