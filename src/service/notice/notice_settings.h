/* notice_settings.h - the Notification Manager: which members get notices. */
#ifndef SERVICE_NOTICE_NOTICE_SETTINGS_H
#define SERVICE_NOTICE_NOTICE_SETTINGS_H

#include "service/core/call.h"

enum { NOTICE_MOST_RECIPIENTS = 200 };

struct notice_recipient {
    int64_t user_id;
    const char *email, *name;
    bool only_what_stops;
};

struct notice_recipients {
    struct notice_recipient *items; /* by name, then e-mail */
    size_t count;
};

enum status notice_recipients_get(struct call *call, int64_t organization_id,
                                  struct notice_recipients *out);

/* Replaces the list of recipients. Ignores e-mail and name; *out has both. A new recipient gets
 * no notices of earlier days.
 *   STATUS_NOT_FOUND  no such organization
 *   STATUS_INVALID    recipients: not a member, or listed twice */
enum status notice_recipients_put(struct call *call, int64_t organization_id,
                                  const struct notice_recipients *recipients,
                                  struct notice_recipients *out);

#endif
