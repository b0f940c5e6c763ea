/*
 * events.h - events for an organization's webhooks (docs/manual/webhooks.md).
 *
 * A message is queued in the transaction of the fact, for each webhook that subscribes to the
 * event.
 */
#ifndef SERVICE_OUTBOX_EVENTS_H
#define SERVICE_OUTBOX_EVENTS_H

#include "base/json_write.h"
#include "service/core/call.h"

enum event {
    EVENT_LICENSE_EXPIRING, /* a month before its last day */
    EVENT_LICENSE_EXPIRED,  /* the coverage has ended, and no license follows */
    EVENT_LICENSE_RENEWED,  /* by auto renewal */
    EVENT_POOL_LOW,         /* as the notice of a low pool */
    EVENT_CODE_REDEEMED,
    EVENT_SENSOR_REFUSED_FIRST, /* the first sample refused since the sensor was last covered */
    EVENT_SENSOR_CONFLICTS,     /* other values for the same times, many on one day */
    EVENT_COUNT
};

/* "license.expiring", ... */
extern const char *const event_words[EVENT_COUNT];

/* Does a webhook of the organization subscribe to the event? One indexed read. */
enum status events_wanted(struct call *call, int64_t organization_id, enum event event,
                          bool *wanted);

/* Writes the members of `data` of one message; `index` counts from 0. */
typedef void event_writer(struct json_writer *json, const void *with, size_t index);

struct event_batch {
    int64_t organization_id;
    enum event event;
    size_t count; /* of messages */
    event_writer *write;
    const void *with;
};

/* Queues the messages for each webhook that subscribes to the event, in their order. Inside the
 * transaction of the fact.
 *   STATUS_TOO_LARGE */
enum status event_emit(struct call *call, const struct event_batch *batch);

/* {"type","timestamp","data"} in the arena, as Standard Webhooks defines it. NULL when it is too
 * large, with the fault filled. */
const char *event_body(struct call *call, const char *type, event_writer *write, const void *with,
                       size_t index);

#endif
