#include "service/measurement/latest.h"

#include <string.h>

#include "base/secret.h"
#include "domain/series.h"
#include "service/measurement/block.h"
#include "statements.h"
#include "store/store.h"

enum { WITH_CHECKSUM = 2, WITHOUT_CHECKSUM = 1 }; /* the first byte */

void
latest_add(struct latest *latest, const struct sample *more, size_t count, utc_seconds until)
{
    for (size_t i = 0; i < count; i++) {
        size_t place = 0;

        if (more[i].at > until)
            continue;
        while (place < latest->count && latest->at[place].channel < more[i].channel)
            place++;
        bool there = place < latest->count && latest->at[place].channel == more[i].channel;
        if (there && latest->at[place].at >= more[i].at)
            continue;
        if (!there) {
            if (latest->count == SAMPLE_MOST_CHANNELS)
                continue;
            memmove(latest->at + place + 1, latest->at + place,
                    (latest->count - place) * sizeof *latest->at);
            latest->count++;
        }
        latest->at[place] = more[i];
    }
}

bool
latest_remove_ahead(struct latest *latest, utc_seconds now)
{
    size_t kept = 0, before = latest->count;

    for (size_t i = 0; i < latest->count; i++)
        if (latest->at[i].at <= now)
            latest->at[kept++] = latest->at[i];
    latest->count = kept;
    return kept < before;
}

enum status
latest_encode(struct call *call, const struct latest *latest, struct bytes *out)
{
    size_t room = 1 + series_bound(SAMPLE_MOST_CHANNELS) + CHECKSUM_BYTES;
    uint8_t *bytes = call_new(call, room);

    if (!bytes)
        return STATUS_TOO_LARGE;
    bytes[0] = WITH_CHECKSUM;
    size_t written = 1 + series_encode(bytes + 1, room - 1, latest->at, latest->count);
    checksum_bytes(bytes + written, bytes, written);
    *out = (struct bytes){ bytes, written + CHECKSUM_BYTES };
    return STATUS_OK;
}

bool
latest_decode(struct latest *out, const uint8_t *bytes, size_t size)
{
    bool good = false;

    out->count = 0;
    if (size > CHECKSUM_BYTES && bytes[0] == WITH_CHECKSUM)
        good = checksum_holds(bytes, size)
               && series_decode(out->at, SAMPLE_MOST_CHANNELS, &out->count, bytes + 1,
                                size - 1 - CHECKSUM_BYTES);
    else if (size > 0 && bytes[0] == WITHOUT_CHECKSUM)
        good = series_decode(out->at, SAMPLE_MOST_CHANNELS, &out->count, bytes, size);
    if (good && samples_are_sound(out->at, out->count))
        return true;
    out->count = 0;
    return false;
}

enum status
latest_recover(struct call *call, int64_t organization_id, int64_t sensor_id, struct latest *latest)
{
    struct block_place place = { organization_id, sensor_id, call->now / UTC_DAY + 1 };
    enum status status = STATUS_OK;
    bool found = true;

    for (size_t i = 0; i < LATEST_MOST_BLOCKS && !status && found; i++) {
        struct samples samples = { 0 };
        status = block_read_before(call, &place, &samples, &found);
        latest_add(latest, samples.at, samples.count, call->now);
        samples_clear(&samples);
    }
    return status;
}
