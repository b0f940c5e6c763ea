#include "service/measurement/compaction_mark.h"

#include <string.h>

#include "support/check.h"

static struct bytes
bytes_of(const uint8_t value[COMPACTION_MARK_BYTES])
{
    return (struct bytes){ value, COMPACTION_MARK_BYTES };
}

TEST(step_values_ascend_and_differ)
{
    uint8_t values[1000][COMPACTION_MARK_BYTES], other[COMPACTION_MARK_BYTES];

    compaction_mark_next(values[0], (struct bytes){ "", 0 });
    check(compaction_mark_is_before((struct bytes){ "", 0 }, values[0]));
    for (size_t i = 1; i < 1000; i++) {
        compaction_mark_next(values[i], bytes_of(values[i - 1]));
        compaction_mark_next(other, bytes_of(values[i - 1]));
        check(memcmp(other, values[i], COMPACTION_MARK_BYTES) != 0);
        check(compaction_mark_is_before(bytes_of(values[i - 1]), values[i]));
        check(compaction_mark_is_before(bytes_of(values[0]), values[i]));
        check(!compaction_mark_is_before(bytes_of(values[i]), values[i]));
        check(!compaction_mark_is_before(bytes_of(other), values[i]));
        check(!compaction_mark_is_before(bytes_of(values[i]), values[i - 1]));
    }
}

/* Those of earlier programs were random: the greatest of them, too, has one behind it. */
TEST(step_values_go_on_from_random_ones)
{
    uint8_t greatest[COMPACTION_MARK_BYTES], next[COMPACTION_MARK_BYTES];

    memset(greatest, UINT8_MAX, sizeof greatest);
    compaction_mark_next(next, bytes_of(greatest));
    check(compaction_mark_is_before(bytes_of(greatest), next));
    check(!compaction_mark_is_before(bytes_of(next), greatest));
}
