/* refusal_counts.h - the refused samples of a batch, on their way to the table `refusal`. */
#ifndef SERVICE_INGEST_REFUSAL_COUNTS_H
#define SERVICE_INGEST_REFUSAL_COUNTS_H

#include "domain/gate.h"
#include "domain/measurement.h"
#include "service/core/call.h"
#include "service/coverage/coverage_table.h"
#include "service/ingest/refused_messages.h"
#include "statements.h"

struct refusal_count {
    struct refusal_add_in row;
    size_t place; /* of the message in the batch */
};

/* Zeroed is empty. */
struct refusal_counts {
    struct refusal_count *counts;
    struct refused_message *messages;
    size_t count, room, message_count, message_room;
};

/* Adds the refused samples of one message, by their reasons. `delivery` lives until
 * refusal_counts_write(). Grows in the arena. STATUS_TOO_LARGE: it is full. */
enum status refusal_counts_add(struct refusal_counts *counts, struct call *call,
                               const struct covered_sensor *sensor, const struct delivery *delivery,
                               const uint32_t refused[GATE_VERDICT_COUNT]);

/* Counts the samples at call->now, but not those of repeated messages (refused_messages.h). Inside
 * the transaction of the batch. It locks rows in one order, so that no two processes wait for each
 * other. */
enum status refusal_counts_write(struct refusal_counts *counts, struct call *call);

#endif
