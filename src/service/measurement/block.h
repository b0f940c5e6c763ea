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

/* Appends a block's samples to `out`. A block that cannot be read, or that holds samples of another
 * day, adds nothing, is logged once (damage.h) and gives false. */
bool block_add(const struct call *call, const struct block_place *place, struct samples *out,
               struct bytes bytes);

/* Some of a sensor's blocks. */
struct block_range {
    int64_t organization_id, sensor_id;
    day_number from_day, to_day; /* both included */
    int64_t most;                /* blocks */
};

struct block_run {
    size_t count;        /* blocks in the store, damaged ones included */
    size_t damaged;      /* of these: they added nothing */
    day_number last_day; /* of the last one; from_day - 1 when there is none */
};

/* Appends the samples of these blocks to `out`, oldest first, as block_add(). */
enum status block_read_range(struct call *call, const struct block_range *range,
                             struct samples *out, struct block_run *run);

/* Appends the samples of the sensor's newest block before place->day, as block_add(), and sets
 * place->day to its day. *found: there is one. */
enum status block_read_before(struct call *call, struct block_place *place, struct samples *out,
                              bool *found);

/* Encodes and compresses samples of one day, sorted by (channel, at). *out lives in the arena; the
 * larger buffers in between are freed. STATUS_TOO_LARGE: the arena is full. */
enum status block_pack(struct call *call, const struct samples *samples, struct bytes *out);

#endif
