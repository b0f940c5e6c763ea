#include "service/measurement/step_value.h"

#include <string.h>

#include "support/check.h"

static struct bytes
bytes_of(const uint8_t value[STEP_VALUE_BYTES])
{
    return (struct bytes){ value, STEP_VALUE_BYTES };
}

TEST(step_values_ascend_and_differ)
{
    uint8_t values[1000][STEP_VALUE_BYTES], other[STEP_VALUE_BYTES];

    step_value_next(values[0], (struct bytes){ "", 0 });
    check(step_value_is_before((struct bytes){ "", 0 }, values[0]));
    for (size_t i = 1; i < 1000; i++) {
        step_value_next(values[i], bytes_of(values[i - 1]));
        step_value_next(other, bytes_of(values[i - 1]));
        check(memcmp(other, values[i], STEP_VALUE_BYTES) != 0);
        check(step_value_is_before(bytes_of(values[i - 1]), values[i]));
        check(step_value_is_before(bytes_of(values[0]), values[i]));
        check(!step_value_is_before(bytes_of(values[i]), values[i]));
        check(!step_value_is_before(bytes_of(other), values[i]));
        check(!step_value_is_before(bytes_of(values[i]), values[i - 1]));
    }
}

/* Those of earlier programs were random: the greatest of them, too, has one behind it. */
TEST(step_values_go_on_from_random_ones)
{
    uint8_t greatest[STEP_VALUE_BYTES], next[STEP_VALUE_BYTES];

    memset(greatest, UINT8_MAX, sizeof greatest);
    step_value_next(next, bytes_of(greatest));
    check(step_value_is_before(bytes_of(greatest), next));
    check(!step_value_is_before(bytes_of(next), greatest));
}
