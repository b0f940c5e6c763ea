/* zones.h - the laws about time hold in every zone that the system has. */
#ifndef TESTS_PROPERTY_ZONES_H
#define TESTS_PROPERTY_ZONES_H

#include "base/zone.h"
#include "support/random.h"

enum { ZONES_EXPECTED_AT_LEAST = 300 };

/* Calls `visit` for each zone of the zone directory, and names it as the row. */
void for_each_zone(void (*visit)(const struct zone *zone, struct random *random));

#endif
