/*
 * outbox.h - queues mails and webhook calls in the transaction of the fact that causes them.
 *
 * After the commit the sender (sender.h) tries a message until the receiver takes it. Its message
 * id never changes, so a receiver that gets it twice can notice.
 */
#ifndef SERVICE_OUTBOX_OUTBOX_H
#define SERVICE_OUTBOX_OUTBOX_H

#include "service/outbox/outbox_content.h"

struct outbox_mail {
    int64_t organization_id; /* 0: none */
    const char *purpose;     /* "license_expiration", "pool_low", "alert", "invitation",
                                "password_reset", "test" */
    const char *to;          /* one address */
    struct letter letter;
    struct outbox_attachment attachment;
    const char *unsubscribe_url; /* NULL: none */
};

/* Queues mails. Gives their ids in the outbox, if `ids` is not NULL. Inside a transaction.
 *   STATUS_TOO_LARGE */
enum status outbox_put_mails(struct call *call, const struct outbox_mail *mails, size_t count,
                             int64_t *ids);

/* A mail to a member about licenses or alerts, as the list of sent messages shows it. */
struct outbox_notice {
    int64_t organization_id, id;
    const char
        *kind; /* domain/notice.h, or "pool_low", "code_revoked", "alert_began", "alert_over" */
    int64_t user_id;
    const char *recipient; /* the address */
    day_number due_on;
    int64_t outbox_id; /* of the mail */
};

/* Records `count` notices, one or more. Inside the transaction that queues their mails.
 *   STATUS_TOO_LARGE */
enum status outbox_record_notices(struct call *call, const struct outbox_notice *notices,
                                  size_t count);

struct outbox_webhook_call {
    int64_t organization_id;
    int64_t webhook_id;
    const char *event; /* "code.redeemed" */
    const char *body;  /* JSON */
};

/* Queues calls of webhooks, like outbox_put_mails(). */
enum status outbox_put_webhook_calls(struct call *call, const struct outbox_webhook_call *calls,
                                     size_t count, int64_t *ids);

/* Ends the pause of a webhook (outbox_try.h), because a person asks for a message now. Inside a
 * transaction. */
enum status outbox_end_pause(struct call *call, int64_t organization_id, int64_t webhook_id);

/* The delivery state of a message. */
struct outbox_delivery {
    utc_seconds queued_at;
    const char *state; /* "waiting", "sent", "failed" */
    int64_t attempts;
    utc_seconds sent_at;    /* 0: not yet */
    const char *last_error; /* of the last try; NULL: none */
};

#endif
