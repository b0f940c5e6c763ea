#include "service/measurement/step_value.h"

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
step_value_next(uint8_t out[STEP_VALUE_BYTES], struct bytes before)
{
    uint64_t number = number_of(before.at, before.size) + 1;

    for (size_t i = 0; i < NUMBER_BYTES; i++)
        out[i] = (uint8_t)(number >> 8 * (NUMBER_BYTES - 1 - i));
    random_bytes(out + NUMBER_BYTES, STEP_VALUE_BYTES - NUMBER_BYTES);
}

bool
step_value_is_before(struct bytes value, const uint8_t written[STEP_VALUE_BYTES])
{
    uint64_t behind = number_of(written, STEP_VALUE_BYTES)
                      - number_of(value.at, value.size); /* wraps */

    return behind > 0 && behind <= INT64_MAX;
}
