/*
 * refusal_watch.h - sensor.refused_first: a sensor measures, and nothing of it is saved for lack of
 * a license. Told at the first refusal since the sensor was last covered; asked only for
 * organizations that have somebody to tell (coverage_table.h).
 */
#ifndef SERVICE_INGEST_REFUSAL_WATCH_H
#define SERVICE_INGEST_REFUSAL_WATCH_H

#include "service/core/call.h"
#include "service/coverage/coverage_table.h"

enum { REFUSAL_WATCH_SLOTS = 4096 };

/* Sensors that are known to need no more telling, so that a sensor that is refused again and
 * again costs nothing. Belongs to the writer's thread; all zero at first. */
struct refusal_watch {
    struct {
        int64_t sensor_id;
        utc_seconds covered_until;
    } known[REFUSAL_WATCH_SLOTS];
};

/* Measurements of the sensor are refused for lack of a license. Before these are counted, in
 * their transaction. */
enum status refusal_watch_note(struct refusal_watch *watch, struct call *call,
                               const struct covered_sensor *sensor);

#endif
