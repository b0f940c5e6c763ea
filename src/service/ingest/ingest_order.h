/*
 * ingest_order.h - the order in which every process locks the rows of sensors. It prevents
 * deadlocks.
 */
#ifndef SERVICE_INGEST_INGEST_ORDER_H
#define SERVICE_INGEST_INGEST_ORDER_H

#include "service/ingest/ingest.h"

/* By serial; messages of one sensor stay in the order of their arrival.
 *   STATUS_TOO_LARGE  the arena is full */
enum status ingest_sort_items(struct call *call, struct ingest_item **items, size_t count);

#endif
