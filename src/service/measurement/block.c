#include "service/measurement/block.h"

#include <stdlib.h>
#include <string.h>

#include "base/compress.h"
#include "base/memory.h"
#include "domain/series.h"
#include "service/measurement/damage_log.h"
#include "service/measurement/journal_index.h"

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
    damage_log_tell(
        journal_index_damage_log(call->journal_index),
        &(struct damage){ DAMAGE_BLOCK, place->organization_id, place->sensor_id, place->day });
    return false;
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
    return kept ? STATUS_OK
                : call_fail(call, STATUS_TOO_LARGE, "", "", "too much to compact in one step");
}
