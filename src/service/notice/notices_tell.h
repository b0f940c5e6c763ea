/* notices_tell.h - queues the mails of one organization's day, and records who was told of what. */
#ifndef SERVICE_NOTICE_NOTICES_TELL_H
#define SERVICE_NOTICE_NOTICES_TELL_H

#include "service/notice/notices_due.h"

enum {
    NOTICES_STEP = 2000
}; /* licenses told of in one transaction, at least those of one recipient */

/* One mail a recipient, if there is something that he wants to be told; and an event a
 * license for webhooks that want it. Begins behind the recipient *told_user, by id, and gives
 * the one with whom it has stopped; 0: all were told. Inside the transaction of
 * notices_due_read(). */
enum status notices_tell(struct call *call, const char *organization, const struct zone *zone,
                         const struct notices_due *due, int64_t *told_user);

#endif
