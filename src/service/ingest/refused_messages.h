/*
 * refused_messages.h - counts the refusals of a message once, however often the sensor sends it.
 *
 * A sensor repeats a message that was not acknowledged. Its samples stay the same; other fields
 * change. The table refused_message has, for each sensor, digests of the samples of its messages
 * with refusals: the last REFUSED_MESSAGES_MOST of the last hour.
 *
 * Form of the digests: for each message, oldest first, 8 bytes of the digest and 4 bytes of the
 * time in seconds since 1970, little-endian.
 */
#ifndef SERVICE_INGEST_REFUSED_MESSAGES_H
#define SERVICE_INGEST_REFUSED_MESSAGES_H

#include "domain/measurement.h"
#include "service/core/call.h"

enum {
    REFUSED_MESSAGES_MOST = 256,       /* of a sensor */
    REFUSED_MESSAGES_SECONDS = 60 * 60 /* since the message came last */
};

/* A message of the batch with refused samples. */
struct refused_message {
    int64_t organization_id, sensor_id;
    const struct delivery *delivery;
    size_t place;    /* in the batch */
    uint64_t digest; /* set by refused_messages_note() */
    bool is_repeat;  /* set by refused_messages_note() */
};

/* Finds out which messages are repeats, and records all of them at call->now. Sorts them by sensor
 * and place. Inside the transaction of the batch.
 *   STATUS_TOO_LARGE  the arena is full
 *   others            as the store */
enum status refused_messages_note(struct call *call, struct refused_message *messages,
                                  size_t count);

/* The scheduled job that deletes old digests. */
enum status refused_messages_job_run(struct call *call, bool *more);
enum status refused_messages_job_next_at(struct call *call, utc_seconds *at);

#endif
