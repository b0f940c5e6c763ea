/*
 * transfer_start.h - spares a sensor's battery the part of its data that no license covers.
 *
 * A sensor whose coverage has begun again after a gap is told once from when on its data
 * counts; what is older it treats as sent. It is told in the answer to a message that reaches
 * into the gap or beyond: sensors send the oldest first, so what was measured under the
 * license before has come by then.
 */
#ifndef SERVICE_INGEST_TRANSFER_START_H
#define SERVICE_INGEST_TRANSFER_START_H

#include "service/coverage/coverage_table.h"
#include "service/ingest/ingest.h"

/* Inside the transaction of the batch, for measurements of a sensor that hears the answer.
 * Sets item->transfer_start and item->transfer_start_is_new.
 *   STATUS_BUSY, STATUS_BROKEN as the store */
enum status transfer_start_tell(struct call *call, const struct covered_sensor *sensor,
                                struct ingest_item *item);

#endif
