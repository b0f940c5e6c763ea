/* notices_events.h - license.expiring, for webhooks: a month before, whoever is ticked. */
#ifndef SERVICE_NOTICE_NOTICES_EVENTS_H
#define SERVICE_NOTICE_NOTICES_EVENTS_H

#include "service/notice/notices_due.h"

/* Queues a message a license for each webhook that wants it, each license once. Inside the
 * transaction of notices_due_read().
 *   STATUS_TOO_LARGE */
enum status notices_emit(struct call *call, const struct notices_due *due);

/* Was this notice of the license given to a user (0: to the webhooks) already? After a change of
 * the time zone a day may come again. */
enum status notices_was_told(struct call *call, int64_t organization_id,
                             const struct notice_item *item, int64_t user_id, bool *told);

#endif
