/* notices_events.h - the event license.expiring, for webhooks: a month before the last day. */
#ifndef SERVICE_NOTICE_NOTICES_EVENTS_H
#define SERVICE_NOTICE_NOTICES_EVENTS_H

#include "service/notice/notices_due.h"

/* Emits one event for each license, once, even if no member is a recipient. Inside the transaction
 * of notices_due_read().
 *   STATUS_TOO_LARGE */
enum status notices_emit(struct call *call, const struct notices_due *due);

/* Has the user (0: the webhooks) had this notice already? After a change of the time zone a day
 * may come again. */
enum status notices_was_sent(struct call *call, int64_t organization_id,
                             const struct notice_item *item, int64_t user_id, bool *sent);

#endif
