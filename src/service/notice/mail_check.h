/* mail_check.h - a test mail to oneself. */
#ifndef SERVICE_NOTICE_MAIL_CHECK_H
#define SERVICE_NOTICE_MAIL_CHECK_H

#include "service/core/call.h"
#include "service/outbox/outbox.h"

/* Queues a test mail to `recipient`, the address of the requester, even if no relay is set.
 *   STATUS_NOT_FOUND  no such organization
 *   STATUS_SLOW_DOWN  too_many_test_mails: each one counts (throttle.h) */
enum status test_mail_queue(struct call *call, int64_t organization_id, const char *recipient,
                            int64_t *id);

struct test_mail {
    const char *recipient;
    struct outbox_delivery delivery;
};

/* Reads the delivery state. STATUS_NOT_FOUND */
enum status test_mail_find(struct call *call, int64_t organization_id, int64_t id,
                           struct test_mail *out);

#endif
