/*
 * forecasts.h - the dated plan of an organization's pool (domain/forecast.h).
 *
 * Days are expiration days: the events of a day happen at the midnight that ends it. The counts are
 * exact. A day names FORECAST_NAMED_A_DAY renewals and as many stops, a forecast FORECAST_NAMED of
 * each. A forecast reads every sensor whose coverage ends by then (32 bytes of memory each) and
 * ends early after FORECAST_MOST_EVENTS events.
 */
#ifndef SERVICE_FORECAST_FORECASTS_H
#define SERVICE_FORECAST_FORECASTS_H

#include "domain/serial.h"
#include "service/core/call.h"

enum {
    FORECAST_MOST_MONTHS = 60,
    FORECAST_NAMED_A_DAY = 100,
    FORECAST_NAMED = 5000,
    FORECAST_MOST_EVENTS = 2000000,
};

struct forecast_sensor {
    int64_t id;
    char serial[SERIAL_TEXT_SIZE];
    const char *name;
    const char *key;        /* of a renewal: where its license comes from */
    utc_seconds expires_at; /* of a renewal */
};

struct forecast_day {
    day_number day;
    const struct forecast_sensor *renewals, *stops; /* the first of them, in order */
    size_t renewals_named, stops_named;
    int64_t renewal_count, stop_count;
    int64_t licenses_left; /* after it */
};

/* The licenses to buy in one calendar month, for sensors that find the pool empty. */
struct forecast_purchase {
    day_number by; /* the first day in it on which one is missing */
    int64_t quantity;
};

struct forecast_report {
    day_number today, until;   /* first and last day */
    int64_t licenses_left;     /* now */
    struct forecast_day *days; /* those on which something happens */
    size_t day_count;
    bool has_short;         /* a sensor finds the pool empty: */
    day_number runs_dry_on; /* the first does on this day */
    char short_serial[SERIAL_TEXT_SIZE];
    const char *term; /* to buy: the term of the key redeemed last */
    struct forecast_purchase *purchases;
    size_t purchase_count;
};

/* For today and `months` (1 to FORECAST_MOST_MONTHS) from it on.
 *   STATUS_NOT_FOUND  no such organization
 *   STATUS_TOO_LARGE  more sensors than memory for one answer */
enum status forecast_make(struct call *call, int64_t organization_id, int64_t months,
                          struct forecast_report *out);

#endif
