/* notice_settings.h - the Notification Manager: which members are told of licenses that end. */
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

/* These and no others from now on: e-mail and name are not looked at. They come back with
 * both. What fell due before somebody was ticked, he is not told.
 *   STATUS_NOT_FOUND  no such organization
 *   STATUS_INVALID    recipients: somebody is no member, or stands twice */
enum status notice_recipients_put(struct call *call, int64_t organization_id,
                                  const struct notice_recipients *recipients,
                                  struct notice_recipients *out);

#endif
