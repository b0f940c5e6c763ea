/*
 * sensors_ahead.h - logs that the clocks of most sensors are ahead of the server's: the server's
 * clock is probably slow, for example after a start without a network.
 */
#ifndef SERVICE_INGEST_SENSORS_AHEAD_H
#define SERVICE_INGEST_SENSORS_AHEAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/utc.h"

enum {
    SENSORS_AHEAD_SLOTS = 1024,     /* of more sensors it sees only some */
    SENSORS_AHEAD_LEAST = 3,        /* sensors */
    SENSORS_AHEAD_SECONDS = 60,     /* by which a sensor is ahead */
    SENSORS_HEARD_SECONDS = 5 * 60, /* it counts the sensors heard since then */
    SENSORS_AHEAD_PAUSE = 60 * 60,  /* seconds between two lines */
};

/* Belongs to the writer's thread. Zeroed is empty. */
struct sensors_ahead {
    struct {
        int64_t sensor_id;
        utc_seconds heard_at;
        int64_t ahead; /* seconds; 0: not ahead */
    } heard[SENSORS_AHEAD_SLOTS];
    utc_seconds looked_at, logged_at;
};

/* Notes a message with samples. `newest_ahead`: its newest sample that is ahead of now, 0: none. If
 * it is, and most sensors are, it logs clock.sensors_ahead. */
void sensors_ahead_note(struct sensors_ahead *sensors, int64_t sensor_id, utc_seconds newest_ahead,
                        utc_seconds now);

#endif
