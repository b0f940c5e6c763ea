/*
 * calendar.h - the last days of licenses as a calendar feed (RFC 5545) under a secret link.
 *
 * A link belongs to the member who made it. It ends with the membership, and when the member's role
 * may no longer see licenses. A link of an older program whose maker is not a member belongs to
 * nobody: it works until a member makes a link or revokes it.
 *
 * The link is shown once. It can be revoked or replaced, but not read again: the store keeps only a
 * hash of its token.
 */
#ifndef SERVICE_NOTICE_CALENDAR_H
#define SERVICE_NOTICE_CALENDAR_H

#include "base/buffer.h"
#include "service/core/call.h"

struct calendar_link {
    bool is; /* false: none */
    utc_seconds made_at;
    const char *made_by;
};

struct calendar_links {
    struct calendar_link own;    /* of the actor */
    struct calendar_link nobody; /* of an older program */
};

enum status calendar_links_find(struct call *call, int64_t organization_id,
                                struct calendar_links *out);

/* Makes a link of the actor, a member. It replaces the actor's older link and the link of nobody.
 *   STATUS_NOT_FOUND  no such organization, or the actor is not a member now */
enum status calendar_link_make(struct call *call, int64_t organization_id,
                               char token[TOKEN_TEXT_SIZE]);

/* Ends the actor's link and the link of nobody. STATUS_NOT_FOUND: there is neither */
enum status calendar_link_revoke(struct call *call, int64_t organization_id);

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
 *   STATUS_NOT_FOUND  the link is not valid, or has ended */
enum status calendar_write(struct call *call, const char *token, struct buffer *out);

#endif
