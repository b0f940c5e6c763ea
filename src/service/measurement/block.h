/* block.h - a sensor's measurements of one day, as the store keeps them: a compressed series. */
#ifndef SERVICE_MEASUREMENT_BLOCK_H
#define SERVICE_MEASUREMENT_BLOCK_H

#include "service/core/call.h"
#include "service/measurement/samples.h"
#include "statements.h"

struct block_place {
    int64_t organization_id, sensor_id;
    day_number day;
};

/* Decodes a block behind the last one of `out`. A block that cannot be read, or that holds samples
 * of another day, adds nothing, is logged once (damage_log.h) and gives false. */
bool block_add(const struct call *call, const struct block_place *place, struct samples *out,
               struct bytes bytes);

/* Encodes and compresses samples of one day, sorted by (channel, at). *out lives in the arena; the
 * buffers on the way, many times as large, are freed. STATUS_TOO_LARGE: the arena is full. */
enum status block_pack(struct call *call, const struct samples *samples, struct bytes *out);

#endif
