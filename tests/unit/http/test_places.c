#include "edge/http/places.h"

#include "support/check.h"

TEST(a_source_takes_its_part_of_the_places)
{
    struct places places;

    places_init(&places, 4, 2);
    check_int(places_enter(&places, 7), PLACES_ENTERED);
    check_int(places_enter(&places, 7), PLACES_ENTERED);
    check_int(places_enter(&places, 7), PLACES_SOURCE_FULL);
    check_int(places_enter(&places, 8), PLACES_ENTERED);
    check_int(places_enter(&places, 9), PLACES_ENTERED);
    check_int(places_enter(&places, 10), PLACES_FULL);
    places_leave(&places, 7);
    check_int(places_enter(&places, 10), PLACES_ENTERED);
    check_int(places_enter(&places, 7), PLACES_FULL);
    places_leave(&places, 8);
    check_int(places_enter(&places, 7), PLACES_ENTERED);
    places_clear(&places);
}
