/*
 * conflict_watch.h - the event sensor.conflicts: a sensor sent different values for times that it
 * had sent before, at least CONFLICT_EVENT_LEAST times on one day (UTC).
 *
 * Compaction finds every conflict (service/measurement/conflicts.h), but late. Where a webhook
 * subscribes to the event (coverage_table.h), ingest asks for a count as soon as a sensor sends a
 * sample that may repeat another one. The job counts the conflicts of these sensors.
 */
#ifndef SERVICE_INGEST_CONFLICT_WATCH_H
#define SERVICE_INGEST_CONFLICT_WATCH_H

#include "domain/measurement.h"
#include "service/core/call.h"
#include "service/coverage/coverage_table.h"
#include "service/measurement/conflicts.h"

enum { CONFLICT_EVENT_LEAST = 10, CONFLICT_WATCH_SLOTS = 4096 };

/* The newest samples of sensors. With more sensors than slots it forgets some. Belongs to the
 * writer's thread. Zeroed is empty. */
struct conflict_watch {
    struct {
        int64_t sensor_id;
        utc_seconds newest;
    } known[CONFLICT_WATCH_SLOTS];
    struct conflicting_sensor *marks; /* of the batch: sensors whose conflicts must be counted */
    size_t mark_count, mark_room;
    bool has_marked;
};

/* Notes saved samples, and marks the sensor if one of them may repeat a sample that was saved
 * before. STATUS_TOO_LARGE: the arena is full. */
enum status conflict_watch_note(struct conflict_watch *watch, struct call *call,
                                const struct covered_sensor *sensor, const struct sample *samples,
                                size_t count);

/* Writes the marks, inside the transaction of the batch. */
enum status conflict_watch_write(struct conflict_watch *watch, struct call *call);

/* After the transaction, and before it is tried again. */
void conflict_watch_end(struct conflict_watch *watch, bool committed);

/* True if marks were committed since the last call. */
bool conflict_watch_take_marked(struct conflict_watch *watch);

/* The job of the schedule: counts the conflicts of marked sensors (conflicts_mark()), and emits the
 * event once a day for each sensor. */
enum status conflict_watch_job_run(struct call *call, bool *more);
enum status conflict_watch_job_next_at(struct call *call, utc_seconds *at);

#endif
