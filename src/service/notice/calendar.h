/*
 * calendar.h - the last days of licenses as a calendar feed (RFC 5545) under a secret link.
 *
 * The store keeps a hash of what stands in the link: it is shown once, and can be taken back
 * or replaced, never read again.
 */
#ifndef SERVICE_NOTICE_CALENDAR_H
#define SERVICE_NOTICE_CALENDAR_H

#include "base/buffer.h"
#include "service/core/call.h"

struct calendar_feed {
    bool is; /* false: there is none */
    utc_seconds made_at;
    const char *made_by;
};

enum status calendar_feed_find(struct call *call, int64_t organization_id,
                               struct calendar_feed *out);

/* Makes a link; one that there was works no more. STATUS_NOT_FOUND: no such organization */
enum status calendar_feed_make(struct call *call, int64_t organization_id,
                               char token[TOKEN_TEXT_SIZE]);

/* STATUS_NOT_FOUND  there is no link */
enum status calendar_feed_revoke(struct call *call, int64_t organization_id);

enum {
    CALENDAR_PAST_DAYS = 31,        /* so long a day stays in the calendar */
    CALENDAR_MOST_LICENSES = 20000, /* the first to end */
    CALENDAR_NAMED_A_DAY = 50,      /* sensors by name */
    CALENDAR_HOURS = 6,             /* how often a calendar program should look */
};

/* What changes when the calendar does, or a day goes by: for an ETag. The same failure. */
enum status calendar_version(struct call *call, const char *token, char out[HASH_BYTES * 2 + 1]);

/* One event a day on which licenses end, with the sensors that they end for; what stops first.
 * `public_url`: as struct call says. The buffer is the caller's.
 *   STATUS_NOT_FOUND  nothing is under this link */
enum status calendar_write(struct call *call, const char *token, struct buffer *out);

#endif
