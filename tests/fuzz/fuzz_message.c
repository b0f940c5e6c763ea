/* fuzz_message.c - no bytes may crash message_decode(), samples_add_block() or latest_decode();
 * a message that is taken is written and read again as the same. */
#include <stdlib.h>
#include <string.h>

#include "service/measurement/latest.h"
#include "service/measurement/message.h"
#include "service/measurement/samples.h"
#include "support/samples.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool law)
{
    if (!law)
        abort();
}

static void
must_come_back(const struct delivery *facts, const struct samples *samples)
{
    struct samples again = { 0 };
    struct delivery read;
    const uint8_t *series;
    size_t room = message_bound(samples->count), series_size;
    uint8_t *bytes = malloc(room);

    must(bytes != NULL);
    size_t size = message_encode(bytes, room, facts, samples->at, samples->count);
    must(size > 0 && size <= room);
    must(message_decode(&read, &series, &series_size, bytes, size));
    must(samples_add_series(&again, series, series_size));
    must(again.count == samples->count && same_samples(again.at, samples->at, again.count));
    must(read.battery_ok == facts->battery_ok && read.signal == facts->signal
         && read.battery_level == facts->battery_level
         && read.next_transmission_at == facts->next_transmission_at
         && read.transfer_reason == facts->transfer_reason
         && read.clock_offset == facts->clock_offset);
    must(message_encode(bytes, size - 1, facts, samples->at, samples->count) == 0);
    samples_clear(&again);
    free(bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct samples samples = { 0 };
    struct latest latest;
    struct delivery facts;
    const uint8_t *series;
    size_t series_size;

    if (message_decode(&facts, &series, &series_size, data, size)
        && samples_add_series(&samples, series, series_size))
        must_come_back(&facts, &samples);
    samples.count = 0;
    if (!samples_add_block(&samples, data, size))
        must(samples.count == 0);
    if (!latest_decode(&latest, data, size))
        must(latest.count == 0);
    samples_clear(&samples);
    return 0;
}
