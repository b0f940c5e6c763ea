/*
 * transfer_start.h - saves a sensor's battery: it need not send data that no license covers.
 *
 * When coverage begins again after a gap, the server sends the sensor, once, the time from which on
 * its data counts; the sensor treats older data as sent. The answer to a message that reaches into
 * the gap or beyond carries it: sensors send the oldest data first, so everything measured under
 * the license before has arrived by then.
 */
#ifndef SERVICE_INGEST_TRANSFER_START_H
#define SERVICE_INGEST_TRANSFER_START_H

#include "service/coverage/coverage_table.h"
#include "service/ingest/ingest.h"

/* Inside the transaction of the batch, for measurements of a sensor that receives the answer.
 * Sets item->transfer_start and item->transfer_start_is_new.
 *   STATUS_BUSY, STATUS_BROKEN as the store */
enum status transfer_start_announce(struct call *call, const struct covered_sensor *sensor,
                                    struct ingest_item *item);

#endif
