/* notices_mail.h - queues the mails of an organization's due days and records them. */
#ifndef SERVICE_NOTICE_NOTICES_MAIL_H
#define SERVICE_NOTICE_NOTICES_MAIL_H

#include "service/notice/notices_due.h"

/* Licenses in the mails of one transaction; it ends after the recipient that reaches this. */
enum { NOTICES_STEP = 2000 };

/* Queues one mail for each recipient who wants any of the notices, and one event for each license.
 * Starts after the user *last_user, and sets it to the last user handled; 0: all were handled.
 * Inside the transaction of notices_due_read(). */
enum status notices_mail(struct call *call, const char *organization, const struct zone *zone,
                         const struct notices_due *due, int64_t *last_user);

#endif
