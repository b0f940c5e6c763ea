/* outbox_delivery.h - the delivery state of a message in the outbox. */
#ifndef SERVICE_OUTBOX_OUTBOX_DELIVERY_H
#define SERVICE_OUTBOX_OUTBOX_DELIVERY_H

#include "base/utc.h"

struct outbox_delivery {
    utc_seconds queued_at;
    const char *state; /* "waiting", "sent", "failed" */
    int64_t attempts;
    utc_seconds sent_at;    /* 0: not yet */
    const char *last_error; /* of the last try; NULL: none */
};

#endif
