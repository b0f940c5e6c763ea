/*
 * config_parts.h - merges a configuration that a sensor sends in parts.
 *
 * The stored report is always a whole configuration: parts wait in a table of their own. They may
 * come in any order and more than once. Part 1 begins a new configuration. Its other parts may come
 * at any time after it, and up to CONFIG_PART_EARLY_SECONDS before it. A configuration that comes
 * whole ends the wait. The parts, one after the other, are the whole configuration: in protobuf
 * they are one message with the fields of all parts.
 */
#ifndef SERVICE_INGEST_CONFIG_PARTS_H
#define SERVICE_INGEST_CONFIG_PARTS_H

#include "domain/measurement.h"
#include "service/core/call.h"
#include "statements.h"

/* RFC 7252, section 4.8.2, EXCHANGE_LIFETIME: a datagram may be this late, and for this time its
 * message id distinguishes a repeat from a new message. */
enum { CONFIG_PART_EARLY_SECONDS = 247 };

/* Inside the transaction of the batch. `delivery` is a configuration or a part of one, and *report
 * the row for it. *is_whole false: parts are missing, and the caller stores nothing. Otherwise the
 * payload of *report is whole, in the call's arena.
 *   STATUS_TOO_LARGE  the arena is full
 *   STATUS_BUSY, STATUS_BROKEN as the store */
enum status config_parts_take(struct call *call, const struct delivery *delivery,
                              struct sensor_report_put_in *report, bool *is_whole);

#endif
