/* hammer.h - what hammer.c and test_hammer.c agree upon. */
#ifndef TESTS_MODEL_HAMMER_H
#define TESTS_MODEL_HAMMER_H

#include "base/utc.h"

enum { HAMMER_ORGANIZATIONS = 3 };

/* What time it is for every process that knows when it began: a quarter of a second of the
 * machine is two seconds, then six hours are skipped, so that licenses end. */
static inline utc_seconds
hammer_now(int64_t began)
{
    int64_t quarters = (monotonic_nanoseconds() - began) / (250 * 1000000), rest;

    rest = (monotonic_nanoseconds() - began) % (250 * 1000000);
    return INT64_C(1795521600) + quarters * 6 * 3600 + rest / (125 * 1000000);
}

#endif
