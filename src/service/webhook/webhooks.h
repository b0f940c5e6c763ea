/*
 * webhooks.h - the webhooks of an organization: addresses that get its events (events.h), and their
 * deliveries.
 *
 * Each write raises the organization's version, so that other nodes read its webhooks again.
 */
#ifndef SERVICE_WEBHOOK_WEBHOOKS_H
#define SERVICE_WEBHOOK_WEBHOOKS_H

#include "base/web_url.h"
#include "domain/webhook_signature.h"
#include "service/outbox/events.h"
#include "service/outbox/outbox.h"

enum { WEBHOOKS_MOST = 20 }; /* of an organization */

#define WEBHOOK_TEST_TYPE "webhook.test"

struct webhook {
    int64_t id;
    const char *url;
    bool events[EVENT_COUNT];
    utc_seconds created_at;
    const char *created_by;
    utc_seconds gone_at; /* when the receiver refused for good: nothing is sent since; 0: never */
    char secret[WEBHOOK_SECRET_TEXT_SIZE]; /* right after creation; else "" */
};

struct webhook_request {
    const char *url;
    const char *const *events; /* words, each once */
    size_t event_count;        /* 1 or more */
    bool private_is_allowed;   /* allow addresses outside the public internet */
};

/* Creates a webhook. Gives its secret, which is never shown again.
 *   STATUS_INVALID   url_malformed, url_not_allowed (field "url"); event_missing,
 *                    event_unknown, event_repeated ("events")
 *   STATUS_CONFLICT  too_many_webhooks */
enum status webhook_create(struct call *call, int64_t organization_id,
                           const struct webhook_request *request, struct webhook *out);

/* All webhooks, oldest first. */
enum status webhook_list(struct call *call, int64_t organization_id, struct webhook **out,
                         size_t *count);

struct webhook_page {
    struct webhook *items; /* oldest first */
    size_t count;
    const char *next;
};
/* STATUS_MALFORMED: the cursor. */
enum status webhook_list_page(struct call *call, int64_t organization_id, struct page_request page,
                              struct webhook_page *out);

/* Messages that wait for it will fail. STATUS_NOT_FOUND */
enum status webhook_delete(struct call *call, int64_t organization_id, int64_t id);

/* The receiver refused for good (410): queues nothing for it from now on. */
enum status webhook_set_aside(struct call *call, int64_t organization_id, int64_t id);

/* The address of a webhook, and the secret that signs its messages.
 *   STATUS_NOT_FOUND  it was deleted
 *   STATUS_BROKEN     its secret was sealed with another key file */
struct webhook_receiver {
    const char *url;
    uint8_t secret[WEBHOOK_SECRET_BYTES];
    bool gone;
};
enum status webhook_receiver_get(struct call *call, int64_t organization_id, int64_t id,
                                 struct webhook_receiver *out);

/* One message for one webhook. */
struct webhook_delivery {
    int64_t id;
    const char *event, *message_id; /* webhook-id */
    struct outbox_delivery delivery;
    utc_seconds next_try_at; /* 0: none */
    int64_t answer_code;     /* of HTTP, to the last try; 0: no answer */
};
struct webhook_delivery_page {
    struct webhook_delivery *items; /* newest first */
    size_t count;
    const char *next;
};

/* STATUS_NOT_FOUND; STATUS_MALFORMED: the cursor. */
enum status webhook_deliveries(struct call *call, int64_t organization_id, int64_t id,
                               struct page_request page, struct webhook_delivery_page *out);

/* Sends the same message again, as if it had just been queued, and ends a pause of the webhook.
 *   STATUS_NOT_FOUND
 *   STATUS_CONFLICT  delivery_waiting: it still waits; delivery_forgotten: its content is deleted
 */
enum status webhook_redeliver(struct call *call, int64_t organization_id, int64_t id,
                              int64_t delivery_id, struct webhook_delivery *out);

/* Queues a message of the type WEBHOOK_TEST_TYPE for this webhook only, and ends its pause.
 * STATUS_NOT_FOUND */
enum status webhook_test(struct call *call, int64_t organization_id, int64_t id,
                         struct webhook_delivery *out);

#endif
