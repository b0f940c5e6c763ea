#include "domain/forecast.h"

void
forecast_begin(struct forecast *forecast)
{
    forecast->left = 0;
    forecast->dry = false;
    for (size_t i = 0; i < forecast->plan.key_count; i++)
        forecast->left += forecast->plan.keys[i].left;
    renewal_begin(&forecast->plan);
    renewal_begin(&forecast->off);
}

static void
set_time(const struct forecast *forecast, utc_seconds at, struct forecast_event *out)
{
    bool due = at <= forecast->now;

    out->at = due ? forecast->now : at;
    out->day = due ? zone_local_day(forecast->plan.zone, forecast->now)
                   : term_last_day(at, forecast->plan.zone);
}

/* From here on the pool consists of licenses to buy. */
static void
run_dry(struct forecast *forecast)
{
    struct renewal_plan *plan = &forecast->plan;

    forecast->dry = true;
    if (forecast->has_buy)
        plan->keys[plan->key_count++] =
            (struct pool_key){ .key = "", .term = forecast->buy, .left = INT64_MAX };
}

/* A license for a sensor without coverage would start now, like a revival. */
static void
forecast_take(struct forecast *forecast, struct renewal *out)
{
    if (forecast->plan.line[0].ends_at < forecast->now
        && (forecast->dry || forecast->plan.line[0].ends_at == 0))
        (void)renewal_revive(&forecast->plan, forecast->now, out);
    else
        (void)renewal_next(&forecast->plan, forecast->until, out);
}

static void
renew(struct forecast *forecast, struct forecast_event *out)
{
    struct renewal renewal;

    if (forecast->left == 0 && !forecast->dry)
        run_dry(forecast);
    forecast_take(forecast, &renewal);
    *out = (struct forecast_event){
        .kind = forecast->dry ? FORECAST_SHORT : FORECAST_RENEWS,
        .sensor = renewal.sensor,
        .key = renewal.key,
        .expires_at = renewal.expires_at,
    };
    set_time(forecast, renewal.sensor.ends_at, out);
    if (!forecast->dry) {
        forecast->left--;
        return;
    }
    out->again = forecast->stopped[renewal.sensor.index];
    forecast->stopped[renewal.sensor.index] = true;
}

/* A plan without keys removes the sensor from the queue. */
static void
forecast_stop(struct forecast *forecast, struct forecast_event *out)
{
    struct renewal renewal;

    (void)renewal_next(&forecast->off, forecast->until, &renewal);
    *out = (struct forecast_event){
        .kind = FORECAST_STOPS,
        .sensor = renewal.sensor,
        .key = SIZE_MAX,
    };
    set_time(forecast, renewal.sensor.ends_at, out);
}

bool
forecast_next(struct forecast *forecast, struct forecast_event *out)
{
    const struct renewal_plan *on = &forecast->plan, *off = &forecast->off;
    bool renews = on->count > 0 && on->line[0].ends_at <= forecast->until;
    bool stops = off->count > 0 && off->line[0].ends_at <= forecast->until;

    if (!renews && !stops)
        return false;
    if (renews && (!stops || !renewal_goes_before(&off->line[0], &on->line[0])))
        renew(forecast, out);
    else
        forecast_stop(forecast, out);
    return true;
}
