#include "service/measurement/block.h"

#include <stdlib.h>
#include <string.h>

#include "base/compress.h"
#include "base/memory.h"
#include "domain/series.h"
#include "service/measurement/damage.h"
#include "service/measurement/journal_index.h"
#include "store/store.h"

static bool
is_of_day(const struct samples *samples, size_t from, day_number day)
{
    for (size_t i = from; i < samples->count; i++)
        if (samples->at[i].at / UTC_DAY != day)
            return false;
    return true;
}

bool
block_add(const struct call *call, const struct block_place *place, struct samples *out,
          struct bytes bytes)
{
    size_t before = out->count;

    if (samples_add_block(out, bytes.at, bytes.size) && is_of_day(out, before, place->day))
        return true;
    out->count = before;
    journal_index_report_damage(call, &(struct damage){ DAMAGE_BLOCK, place->organization_id,
                                                        place->sensor_id, place->day });
    return false;
}

struct range_context {
    const struct call *call;
    const struct block_range *range;
    struct samples *out;
    struct block_run *run;
};

static enum status
block_take_row(void *with, const struct blocks_from_out *row, struct fault *fault)
{
    const struct range_context *context = with;
    const struct block_range *range = context->range;
    struct block_place place = { range->organization_id, range->sensor_id, row->day };

    (void)fault;
    context->run->damaged += !block_add(context->call, &place, context->out, row->samples);
    context->run->last_day = row->day;
    context->run->count++;
    return STATUS_OK;
}

enum status
block_read_range(struct call *call, const struct block_range *range, struct samples *out,
                 struct block_run *run)
{
    struct range_context context = { call, range, out, run };

    *run = (struct block_run){ .last_day = range->from_day - 1 };
    return blocks_from(&call->db,
                       &(struct blocks_from_in){ range->organization_id, range->sensor_id,
                                                 range->from_day, range->to_day, range->most },
                       block_take_row, &context);
}

enum status
block_read_before(struct call *call, struct block_place *place, struct samples *out, bool *found)
{
    struct block_before_in in = { place->organization_id, place->sensor_id, place->day };
    struct block_before_out row;
    enum status status = block_before(&call->db, &in, &row, found);

    if (status || !*found)
        return status;
    place->day = row.day;
    (void)block_add(call, place, out, row.samples);
    return STATUS_OK;
}

enum status
block_pack(struct call *call, const struct samples *samples, struct bytes *out)
{
    size_t room = series_bound(samples->count);
    uint8_t *series = memory_must(malloc(room));
    size_t size = series_encode(series, room, samples->at, samples->count);
    size_t packed_room = compress_bound(size);
    uint8_t *packed = memory_must(malloc(packed_room));
    size_t packed_size = compress_bytes(packed, packed_room, series, size);
    void *kept = call_new(call, packed_size);

    if (kept)
        memcpy(kept, packed, packed_size);
    free(series);
    free(packed);
    *out = (struct bytes){ kept, packed_size };
    return kept ? STATUS_OK : STATUS_TOO_LARGE;
}
