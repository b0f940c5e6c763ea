/*
 * refusal_watch.h - the event sensor.refused_first: a sensor sends measurements, and they are
 * refused for lack of a license. It is emitted at the first refusal since the sensor was last
 * covered, in organizations with a subscriber (coverage_table.h).
 */
#ifndef SERVICE_INGEST_REFUSAL_WATCH_H
#define SERVICE_INGEST_REFUSAL_WATCH_H

#include "service/core/call.h"
#include "service/coverage/coverage_table.h"

enum { REFUSAL_WATCH_SLOTS = 4096 };

/* Sensors whose event was emitted: further refusals cost nothing. Belongs to the writer's thread.
 * Zeroed is empty. */
struct refusal_watch {
    struct {
        int64_t sensor_id;
        utc_seconds covered_until;
    } known[REFUSAL_WATCH_SLOTS];
    bool is_unsure; /* some are of the running transaction */
};

/* Call it when measurements are refused for lack of a license: in the transaction that counts them,
 * before it does. */
enum status refusal_watch_report(struct refusal_watch *watch, struct call *call,
                                 const struct covered_sensor *sensor);

/* After the transaction, and before it is tried again. */
void refusal_watch_end(struct refusal_watch *watch, bool committed);

#endif
