#include "service/ingest/sensors_ahead.h"

#include <inttypes.h>
#include <stdbool.h>

#include "base/log.h"

static void
sensors_ahead_look(struct sensors_ahead *sensors, utc_seconds now)
{
    size_t heard = 0, ahead = 0;
    int64_t least = INT64_MAX;

    sensors->looked_at = now;
    for (size_t i = 0; i < SENSORS_AHEAD_SLOTS; i++) {
        utc_seconds at = sensors->heard[i].heard_at;
        if (sensors->heard[i].sensor_id == 0 || at > now || now - at > SENSORS_HEARD_SECONDS)
            continue;
        heard++;
        if (sensors->heard[i].ahead < SENSORS_AHEAD_SECONDS)
            continue;
        ahead++;
        if (sensors->heard[i].ahead < least)
            least = sensors->heard[i].ahead;
    }
    if (ahead < SENSORS_AHEAD_LEAST || ahead * 2 <= heard)
        return;
    sensors->logged_at = now;
    log_line(LOG_WARNING, "clock.sensors_ahead",
             "sensors=%zu of=%zu seconds=%" PRId64
             " most sensors are at least this far ahead of this server: check its clock",
             ahead, heard, least);
}

void
sensors_ahead_note(struct sensors_ahead *sensors, int64_t sensor_id, utc_seconds newest_ahead,
                   utc_seconds now)
{
    size_t slot = (uint64_t)sensor_id % SENSORS_AHEAD_SLOTS;
    int64_t ahead = newest_ahead ? newest_ahead - now : 0;
    bool is_known = sensors->heard[slot].sensor_id == sensor_id
                    && sensors->heard[slot].ahead >= SENSORS_AHEAD_SECONDS;

    sensors->heard[slot].sensor_id = sensor_id;
    sensors->heard[slot].heard_at = now;
    sensors->heard[slot].ahead = ahead;
    if (ahead < SENSORS_AHEAD_SECONDS || (is_known && sensors->looked_at == now)
        || (sensors->logged_at > 0 && sensors->logged_at <= now /* the clock may be set back */
            && now - sensors->logged_at < SENSORS_AHEAD_PAUSE))
        return;
    sensors_ahead_look(sensors, now);
}
