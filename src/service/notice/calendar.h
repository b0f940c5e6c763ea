/*
 * calendar.h - the last days of licenses as a calendar feed (RFC 5545) under a secret link.
 *
 * The link is shown once. It can be revoked or replaced, but not read again: the store keeps only a
 * hash of its token.
 */
#ifndef SERVICE_NOTICE_CALENDAR_H
#define SERVICE_NOTICE_CALENDAR_H

#include "base/buffer.h"
#include "service/core/call.h"

struct calendar_feed {
    bool is; /* false: none */
    utc_seconds made_at;
    const char *made_by;
};

enum status calendar_feed_find(struct call *call, int64_t organization_id,
                               struct calendar_feed *out);

/* Makes a link, which replaces an older one. STATUS_NOT_FOUND: no such organization */
enum status calendar_feed_make(struct call *call, int64_t organization_id,
                               char token[TOKEN_TEXT_SIZE]);

/* STATUS_NOT_FOUND: there is no link */
enum status calendar_feed_revoke(struct call *call, int64_t organization_id);

enum {
    CALENDAR_PAST_DAYS = 31,        /* a past day stays this long */
    CALENDAR_MOST_LICENSES = 20000, /* the first to end */
    CALENDAR_NAMED_A_DAY = 50,      /* sensors listed by name */
    CALENDAR_HOURS = 6,             /* between refreshes of a calendar program */
};

/* A value that changes with the calendar and with each day, for an ETag. Failures as
 * calendar_write(). */
enum status calendar_version(struct call *call, const char *token, char out[HASH_BYTES * 2 + 1]);

/* Writes one event for each day on which licenses end, with their sensors; those that stop come
 * first. The caller owns the buffer.
 *   STATUS_NOT_FOUND  the link is not valid */
enum status calendar_write(struct call *call, const char *token, struct buffer *out);

#endif
