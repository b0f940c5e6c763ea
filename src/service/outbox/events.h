/*
 * events.h - what an organization's own programs are told of (docs/manual/webhooks.md): queued in
 * the transaction of the fact, for each webhook that wants it.
 */
#ifndef SERVICE_OUTBOX_EVENTS_H
#define SERVICE_OUTBOX_EVENTS_H

#include "base/json_write.h"
#include "service/core/call.h"

enum event {
    EVENT_LICENSE_EXPIRING, /* a month before its last day */
    EVENT_LICENSE_EXPIRED,  /* the coverage has ended, and nothing followed it */
    EVENT_LICENSE_RENEWED,  /* by auto renewal */
    EVENT_POOL_LOW,         /* as the notice of a low pool */
    EVENT_CODE_REDEEMED,
    EVENT_SENSOR_REFUSED_FIRST, /* the first one refused since the sensor was last covered */
    EVENT_COUNT
};

/* "license.expiring", ... */
extern const char *const event_words[EVENT_COUNT];

/* Is there a webhook of the organization that wants it? One indexed look. */
enum status events_wanted(struct call *call, int64_t organization_id, enum event event,
                          bool *wanted);

/* The members of `data` of one message; `index` counts from 0. */
typedef void event_writer(struct json_writer *json, const void *with, size_t index);

/* Queues `count` messages for each webhook that wants the event, in their order; nothing when
 * none does. Inside the transaction of the fact.
 *   STATUS_TOO_LARGE */
enum status event_emit_each(struct call *call, int64_t organization_id, enum event event,
                            size_t count, event_writer *write, const void *with);

/* {"type","timestamp","data"} in the arena, as Standard Webhooks has it; NULL when it is too
 * large, with the fault filled. */
const char *event_body(struct call *call, const char *type, event_writer *write, const void *with,
                       size_t index);

#endif
