#include "service/measurement/compaction_mark.h"

#include "base/secret.h"

enum { NUMBER_BYTES = 8 };

static uint64_t
number_of(const uint8_t *bytes, size_t size)
{
    uint64_t number = 0;

    for (size_t i = 0; i < NUMBER_BYTES && size >= NUMBER_BYTES; i++)
        number = number << 8 | bytes[i];
    return number;
}

void
compaction_mark_next(uint8_t out[COMPACTION_MARK_BYTES], struct bytes before)
{
    uint64_t number = number_of(before.at, before.size) + 1;

    for (size_t i = 0; i < NUMBER_BYTES; i++)
        out[i] = (uint8_t)(number >> 8 * (NUMBER_BYTES - 1 - i));
    random_bytes(out + NUMBER_BYTES, COMPACTION_MARK_BYTES - NUMBER_BYTES);
}

bool
compaction_mark_is_before(struct bytes value, const uint8_t written[COMPACTION_MARK_BYTES])
{
    uint64_t behind = number_of(written, COMPACTION_MARK_BYTES)
                      - number_of(value.at, value.size); /* wraps */

    return behind > 0 && behind <= INT64_MAX;
}
