#include "domain/forecast.h"

#include "support/check.h"
#include "support/moment.h"

enum { MOST = 8 };
#define DAY UTC_DAY

static struct renewal_sensor renewing[MOST], stopping[MOST];
static struct pool_key keys[MOST];
static bool stopped[MOST];

static struct forecast
forecast_of(size_t on_count, size_t off_count, size_t key_count, utc_seconds until)
{
    struct forecast forecast = {
        .plan = { .line = renewing,
                  .count = on_count,
                  .keys = keys,
                  .key_count = key_count,
                  .order = POOL_OLDEST_FIRST,
                  .zone = zone_of("UTC") },
        .off = { .line = stopping, .count = off_count, .zone = zone_of("UTC") },
        .stopped = stopped,
        .has_buy = true,
        .buy = { 10, TERM_DAYS },
        .now = 100 * DAY + 50,
        .until = until,
    };

    for (size_t i = 0; i < MOST; i++)
        stopped[i] = false;
    forecast_begin(&forecast);
    return forecast;
}

static void
put(struct renewal_sensor *line, size_t index, utc_seconds ends_at, uint64_t serial)
{
    line[index] = (struct renewal_sensor){ .ends_at = ends_at, .serial = serial, .index = index };
}

struct wanted {
    enum forecast_kind kind;
    uint64_t serial;
    day_number day;
    int64_t left;
    bool again;
};

static void
check_events(struct forecast *forecast, const struct wanted *want, size_t count)
{
    struct forecast_event event;

    for (size_t i = 0; i < count; i++) {
        check(forecast_next(forecast, &event));
        check_int(event.kind, want[i].kind);
        check_int(event.sensor.serial, want[i].serial);
        check_int(event.day, want[i].day);
        check_int(forecast->left, want[i].left);
        check_int(event.again, want[i].again);
    }
    check(!forecast_next(forecast, &event));
}

TEST(forecast_renews_until_the_pool_is_empty_then_lists_purchases)
{
    static const struct wanted want[] = {
        { FORECAST_RENEWS, 1, 101, 1, false }, { FORECAST_RENEWS, 2, 101, 0, false },
        { FORECAST_SHORT, 3, 104, 0, false },  { FORECAST_SHORT, 1, 111, 0, false },
        { FORECAST_SHORT, 2, 111, 0, false },  { FORECAST_SHORT, 3, 114, 0, true },
    };

    put(renewing, 0, 105 * DAY, 3);
    put(renewing, 1, 102 * DAY, 2);
    put(renewing, 2, 102 * DAY, 1);
    keys[0] = (struct pool_key){ .key = "A", .term = { 10, TERM_DAYS }, .left = 2 };
    struct forecast forecast = forecast_of(3, 0, 1, 120 * DAY);
    check_events(&forecast, want, sizeof want / sizeof want[0]);
    check(forecast.dry);
}

TEST(forecast_ends_at_the_requested_instant)
{
    static const struct wanted want[] = { { FORECAST_RENEWS, 1, 101, 4, false } };

    put(renewing, 0, 102 * DAY, 1);
    keys[0] = (struct pool_key){ .key = "A", .term = { 10, TERM_DAYS }, .left = 5 };
    struct forecast forecast = forecast_of(1, 0, 1, 102 * DAY);
    check_events(&forecast, want, 1);

    put(renewing, 0, 102 * DAY, 1);
    keys[0].left = 5;
    forecast = forecast_of(1, 0, 1, 102 * DAY - 1);
    check_events(&forecast, want, 0);
}

TEST(forecast_stops_sensors_without_auto_renewal)
{
    static const struct wanted want[] = {
        { FORECAST_STOPS, 9, 100, 1, false },
        { FORECAST_RENEWS, 1, 101, 0, false },
        { FORECAST_STOPS, 8, 101, 0, false },
        { FORECAST_STOPS, 7, 106, 0, false },
    };

    put(stopping, 0, 102 * DAY, 8);
    put(stopping, 1, 101 * DAY, 9);
    put(stopping, 2, 107 * DAY, 7);
    put(renewing, 0, 102 * DAY, 1);
    keys[0] = (struct pool_key){ .key = "A", .term = { 10, TERM_DAYS }, .left = 1 };
    struct forecast forecast = forecast_of(1, 3, 1, 110 * DAY);
    check_events(&forecast, want, sizeof want / sizeof want[0]);
}

/* Expired already, and the pool is empty: a license for it is needed today. */
TEST(forecast_counts_what_is_missing_today)
{
    static const struct wanted want[] = {
        { FORECAST_SHORT, 2, 100, 0, false },
        { FORECAST_SHORT, 1, 100, 0, false },
        { FORECAST_SHORT, 2, 110, 0, true },
        { FORECAST_SHORT, 1, 110, 0, true },
    };
    struct forecast_event event;

    put(renewing, 0, 90 * DAY, 1);
    put(renewing, 1, 0, 2); /* never had a license */
    struct forecast forecast = forecast_of(2, 0, 0, 111 * DAY);
    struct forecast first = forecast;
    check(forecast_next(&first, &event));
    check_int(event.at, 100 * DAY + 50);
    check_int(event.expires_at, 111 * DAY); /* from now on, never back-dated */

    put(renewing, 0, 90 * DAY, 1);
    put(renewing, 1, 0, 2);
    forecast = forecast_of(2, 0, 0, 111 * DAY);
    check(forecast_next(&forecast, &event) && event.sensor.serial == 2);
    check(forecast_next(&forecast, &event) && event.sensor.serial == 1);
    check_int(event.day, want[1].day);
    check(forecast_next(&forecast, &event) && event.again);
    check_int(event.day, want[2].day);
}

/* Due, but not applied yet: it starts at the end of the one before. */
TEST(forecast_renews_due_sensors_from_their_end)
{
    struct forecast_event event;

    put(renewing, 0, 100 * DAY, 1);
    keys[0] = (struct pool_key){ .key = "A", .term = { 10, TERM_DAYS }, .left = 1 };
    struct forecast forecast = forecast_of(1, 0, 1, 105 * DAY);
    check(forecast_next(&forecast, &event));
    check_int(event.kind, FORECAST_RENEWS);
    check_int(event.expires_at, 110 * DAY);
    check_int(event.day, 100);
    check(!forecast_next(&forecast, &event));
}

TEST(forecast_without_a_term_to_buy_stops_each_sensor_once)
{
    static const struct wanted want[] = {
        { FORECAST_SHORT, 1, 101, 0, false },
        { FORECAST_SHORT, 2, 102, 0, false },
    };

    put(renewing, 0, 102 * DAY, 1);
    put(renewing, 1, 103 * DAY, 2);
    struct forecast forecast = forecast_of(2, 0, 0, 500 * DAY);
    forecast.has_buy = false;
    check_events(&forecast, want, 2);
}

TEST(forecast_names_the_key_of_each_renewal)
{
    struct forecast_event event;

    put(renewing, 0, 102 * DAY, 1);
    put(renewing, 1, 103 * DAY, 2);
    keys[0] =
        (struct pool_key){ .key = "A", .term = { 1, TERM_YEARS }, .redemption = 2, .left = 1 };
    keys[1] =
        (struct pool_key){ .key = "B", .term = { 2, TERM_YEARS }, .redemption = 1, .left = 1 };
    struct forecast forecast = forecast_of(2, 0, 2, 110 * DAY);
    check(forecast_next(&forecast, &event));
    check_int(event.key, 1);
    check(forecast_next(&forecast, &event));
    check_int(event.key, 0);
}
