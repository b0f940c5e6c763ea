/* fuzz_zone.c - no bytes may crash zone_parse(), and what it takes answers by
 * the laws that the rules build on. */
#include <stdlib.h>

#include "base/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(int law)
{
    if (!law)
        abort();
}

static void
ask_about(const struct zone *zone, utc_seconds when)
{
    day_number day = zone_local_day(zone, when);
    utc_seconds start = zone_day_start(zone, day);

    /* The first instant whose local day is `day` or later. */
    must(zone_local_day(zone, start) >= day);
    must(zone_local_day(zone, start - 1) < day);
    must(start <= when);
    must(zone_day_start(zone, day + 1) >= start);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const utc_seconds instants[] = {
        0,
        1,
        -1,
        INT64_C(1) << 32,
        -(INT64_C(1) << 32),
        INT64_C(1795525500),
        INT64_C(4102444800),
        INT64_C(253402300799),
        -INT64_C(62135596800),
    };
    struct zone *zone;
    struct fault fault;

    if (zone_parse(&zone, data, size, &fault)) {
        must(fault.status == STATUS_INVALID);
        return 0;
    }
    for (size_t i = 0; i < sizeof instants / sizeof instants[0]; i++)
        ask_about(zone, instants[i]);
    zone_local_day(zone, INT64_MAX);
    zone_local_day(zone, INT64_MIN);
    zone_day_start(zone, INT64_MAX);
    zone_day_start(zone, INT64_MIN);
    zone_close(zone);
    return 0;
}
