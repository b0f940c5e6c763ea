/* license_use.h - was anything saved under a license yet? */
#ifndef SERVICE_LICENSE_LICENSE_USE_H
#define SERVICE_LICENSE_LICENSE_USE_H

#include "domain/coverage.h"
#include "service/core/call.h"

/* Looks for a sample of the sensor that the interval has admitted: in what is not compacted
 * yet (by call->journal_index; without it, and where others save too, in the journal itself) and in
 * the compacted blocks. Of a compacted sample only the time of measurement is known. A damaged
 * message or block counts as saved under the interval that it was received in or whose days it
 * touches: nobody can tell any more. On the writer's thread this process saves nothing meanwhile.
 */
enum status license_is_used(struct call *call, int64_t organization_id, int64_t sensor_id,
                            struct interval interval, bool *used);

#endif
