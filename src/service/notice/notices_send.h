/* notices_send.h - sends the same letter to each recipient in the Notification Manager. */
#ifndef SERVICE_NOTICE_NOTICES_SEND_H
#define SERVICE_NOTICE_NOTICES_SEND_H

#include "base/zone.h"
#include "service/outbox/letter.h"

struct notice_to_all {
    int64_t organization_id;
    const char *kind;    /* of the notice: "pool_low", "code_revoked" */
    const char *purpose; /* of the mail */
    const struct zone *zone;
    struct letter letter;
};

/* Queues the mails and records the notices. Inside a transaction. */
enum status notices_send_all(struct call *call, const struct notice_to_all *all);

/* Ends a letter with the reason why the recipient gets it. */
void notices_say_why(struct letter_writer *writer, const struct call *call, int64_t organization_id,
                     const char *organization);

#endif
