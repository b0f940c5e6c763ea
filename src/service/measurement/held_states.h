/* held_states.h - finds the states of a sensor's binary channels that hold, and how long they hold
 * (buckets.h). */
#ifndef SERVICE_MEASUREMENT_HELD_STATES_H
#define SERVICE_MEASUREMENT_HELD_STATES_H

#include "service/core/call.h"
#include "service/measurement/buckets.h"
#include "service/measurement/journal.h"

/* A state that is older than this is not found: the sensor has sent nothing of the channel since.
 */
enum { HELD_STATES_DAYS = 35 };

struct held_states {
    struct hold_limits limits; /* the intervals live in the arena */
    struct latest before;      /* measured before query->from */
};

struct held_states_query {
    int64_t organization_id, sensor_id;
    utc_seconds from;
    const struct uncompacted *uncompacted; /* samples from HELD_STATES_DAYS before `from` on */
};

/* Reads the licenses, the last contact, and the newest samples of binary channels measured before
 * query->from. A state holds at most until the next message is due: the last saved message plus the
 * interval that it announces (domain/contact.h; CONTACT_LEAST_USUAL if it announces none), and
 * never beyond call->now. */
enum status held_states_read(struct call *call, const struct held_states_query *query,
                             struct held_states *out);

#endif
