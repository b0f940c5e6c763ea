#include "service/ingest/sensors_ahead.h"

#include "support/check.h"

#define NOW INT64_C(1795521600)

static struct sensors_ahead sensors;

static bool
logged(int64_t sensor_id, int64_t ahead, utc_seconds now)
{
    utc_seconds before = sensors.logged_at;

    sensors_ahead_note(&sensors, sensor_id, ahead ? now + ahead : 0, now);
    return sensors.logged_at != before;
}

TEST(sensors_ahead_are_logged_if_they_are_most_and_at_least_three)
{
    sensors = (struct sensors_ahead){ 0 };
    check(!logged(1, 60, NOW));
    check(!logged(2, 60, NOW));
    check(!logged(2, 60, NOW)); /* the same sensor */
    check(!logged(3, 59, NOW));
    check(logged(3, 60, NOW));
    check(!logged(4, 60, NOW + SENSORS_AHEAD_PAUSE - 1));
}

TEST(sensors_ahead_are_not_logged_if_as_many_are_right)
{
    sensors = (struct sensors_ahead){ 0 };
    for (int64_t id = 1; id <= 3; id++)
        check(!logged(id, 0, NOW));
    for (int64_t id = 11; id <= 13; id++)
        check(!logged(id, 400, NOW + SENSORS_HEARD_SECONDS));
    check(logged(14, 400, NOW + SENSORS_HEARD_SECONDS));
}

TEST(sensors_that_were_heard_long_ago_do_not_count)
{
    sensors = (struct sensors_ahead){ 0 };
    for (int64_t id = 1; id <= 9; id++)
        check(!logged(id, 0, NOW));
    check(!logged(11, 400, NOW));
    check(!logged(12, 400, NOW + SENSORS_HEARD_SECONDS + 1));
    check(!logged(13, 400, NOW + SENSORS_HEARD_SECONDS + 1));
    check(logged(14, 400, NOW + SENSORS_HEARD_SECONDS + 1));
}
