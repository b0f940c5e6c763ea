/*
 * serial_refusals.h - nobody learns in bulk which serials others have, or guesses claim codes.
 *
 * A refusal that tells a secret counts against the organization and the user, after the rollback of
 * the verb that failed, and before it is told (service/core/throttle_distinct.h). From the 20th
 * serial of others, or the 10th wrong claim code, within an hour there is no answer but
 * too_many_serials, and both must wait. An import names so many that the limit is not reached, and
 * judges no row after them.
 */
#ifndef SERVICE_SENSOR_SERIAL_REFUSALS_H
#define SERVICE_SENSOR_SERIAL_REFUSALS_H

#include "service/sensor/sensors_import.h"

enum {
    REFUSALS_MOST_OWNERS = 20, /* serials of others within an hour; the last one is not told */
    REFUSALS_MOST_CODES = 10,  /* wrong claim codes, likewise */
};

/* May the organization and the caller ask for serials now? A read.
 *   STATUS_SLOW_DOWN  too_many_serials: fault.until */
enum status serial_refusals_check(struct call *call, int64_t organization_id);

/* The transaction fails because of these rows: some have a `refusal` or a code. Rows live as long
 * as the call. Once the refusals have counted, each row that may be told has its code, and the
 * others are `not_judged`.
 *   `single`: the failure of its one row
 *   else STATUS_INVALID  import_refused, with the number "not_judged" unless it is 0
 *   STATUS_SLOW_DOWN     too_many_serials: fault.until */
enum status serial_refusals_fail(struct call *call, int64_t organization_id,
                                 struct import_row *rows, size_t count, bool single);

#endif
