/*
 * outbox.h - what is to be sent to others, queued in the transaction of the fact that it tells.
 *
 * Once that transaction has committed the message is sent (sender.h) until somebody has taken it,
 * under one id that never changes: who gets it twice can tell.
 */
#ifndef SERVICE_OUTBOX_OUTBOX_H
#define SERVICE_OUTBOX_OUTBOX_H

#include "service/outbox/outbox_content.h"

struct outbox_mail {
    int64_t organization_id; /* 0: of none */
    const char *purpose;     /* "license_expiration", "pool_low", "alert", "invitation",
                                "password_reset", "test" */
    const char *to;          /* one address */
    struct letter letter;
    struct outbox_attachment attachment;
    const char *unsubscribe_url; /* NULL: none */
};

/* Queues a mail and gives its id. Inside a transaction.
 *   STATUS_TOO_LARGE */
enum status outbox_put_mail(struct call *call, const struct outbox_mail *mail, int64_t *id);
enum status outbox_put_mails(struct call *call, const struct outbox_mail *mails, size_t count,
                             int64_t *ids);

struct outbox_webhook_call {
    int64_t organization_id;
    int64_t webhook_id;
    const char *event; /* "code.redeemed" */
    const char *body;  /* JSON */
};

/* The same for calls of webhooks. */
enum status outbox_put_webhook_call(struct call *call, const struct outbox_webhook_call *what,
                                    int64_t *id);
enum status outbox_put_webhook_calls(struct call *call, const struct outbox_webhook_call *calls,
                                     size_t count, int64_t *ids);

#endif
