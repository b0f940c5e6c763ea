/*
 * forecast.h - the future demand on the pool: renewals and their keys, stops, and what to buy.
 *
 * It runs the plan of renewal.h event by event. Once the pool is empty, the next sensor in the
 * queue stops. It would need licenses of the term `buy`, one after the other: these are to buy. A
 * day is an expiration day (term.h): the local day that ends at the instant.
 */
#ifndef DOMAIN_FORECAST_H
#define DOMAIN_FORECAST_H

#include "domain/renewal.h"

struct forecast {
    struct renewal_plan plan; /* auto renewal on; the caller's keys have room for one more */
    struct renewal_plan off;  /* auto renewal off: only `line` and `count` */
    bool *stopped;            /* by index of the sensors of `plan`; all false */
    bool has_buy;             /* false: the term to buy is unknown, and there is nothing to buy */
    struct term buy;
    utc_seconds now;
    utc_seconds until; /* events at this instant are the last */

    int64_t left; /* in the pool */
    bool dry;     /* a sensor found it empty */
};

enum forecast_kind {
    FORECAST_RENEWS, /* takes a license of the pool */
    FORECAST_STOPS,  /* coverage ends and auto renewal is off */
    FORECAST_SHORT,  /* needs a license, and the pool is empty */
};

struct forecast_event {
    enum forecast_kind kind;
    utc_seconds at;               /* when the coverage ends; now if it has ended */
    day_number day;               /* the local day that ends then; today if it has ended */
    struct renewal_sensor sensor; /* with its end before the event */
    size_t key;                   /* FORECAST_RENEWS: index in plan.keys */
    utc_seconds expires_at;       /* of the license taken, or of the one to buy */
    bool again;                   /* FORECAST_SHORT: the sensor has stopped before */
};

/* Orders the queues and counts the pool. Call it first. */
void forecast_begin(struct forecast *forecast);

/* The next event in order of time. False: there is none up to `until`. */
bool forecast_next(struct forecast *forecast, struct forecast_event *out);

#endif
