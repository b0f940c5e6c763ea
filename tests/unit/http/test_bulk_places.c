#include "edge/http/bulk_places.h"

#include "support/check.h"

TEST(an_organization_takes_half_of_the_bulk_places)
{
    struct bulk_places places;

    bulk_places_init(&places);
    check(bulk_places_enter(&places, 7));
    check(bulk_places_enter(&places, 7));
    check(!bulk_places_enter(&places, 7));
    check(bulk_places_enter(&places, 8));
    check(bulk_places_enter(&places, 9));
    check(!bulk_places_enter(&places, 10)); /* none is left */
    bulk_places_leave(&places, 7);
    check(bulk_places_enter(&places, 10));
    check(!bulk_places_enter(&places, 7));
    bulk_places_leave(&places, 8);
    check(bulk_places_enter(&places, 7));
    bulk_places_clear(&places);
}
