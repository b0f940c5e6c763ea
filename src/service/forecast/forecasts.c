#include "service/forecast/forecasts.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "domain/forecast.h"
#include "service/core/transaction.h"
#include "service/ledger/renewal_queue.h"
#include "service/ledger/sensor_find.h"
#include "statements.h"
#include "store/in_list.h"
#include "store/store.h"

enum {
    MOST_DAYS = 31 * (FORECAST_MOST_MONTHS + 1), /* with an event, at most */
};

/* Sensors that the report names: room for FORECAST_NAMED. */
struct named_sensors {
    struct forecast_sensor *sensors;
    size_t count;
};

struct forecast_context {
    struct call *call;
    int64_t organization_id;
    int64_t months;
    struct organization_lock look;
    struct forecast forecast;
    int64_t *on_ids, *off_ids;
    size_t off_room;
    struct named_sensors renewals, stops;
    struct forecast_report *out;
};

static enum status
forecasts_too_large(struct fault *fault)
{
    return fail(fault, STATUS_TOO_LARGE, "", "",
                "the organization has too many sensors for a forecast");
}

static enum status
forecasts_read_term(struct forecast_context *context)
{
    struct call *call = context->call;
    struct forecast *forecast = &context->forecast;
    struct forecast_latest_term_out latest;
    enum status status = forecast_latest_term(
        &call->db, &(struct forecast_latest_term_in){ context->organization_id }, &latest,
        &forecast->has_buy);

    if (status || !forecast->has_buy)
        return status;
    context->out->term = latest.term;
    if (!term_parse(&forecast->buy, latest.term, strlen(latest.term)))
        return call_fail(call, STATUS_BROKEN, "", "", "the term of a key cannot be read");
    return STATUS_OK;
}

static enum status
add_stopping(void *with, const struct forecast_stopping_out *row, struct fault *fault)
{
    struct forecast_context *context = with;
    struct renewal_plan *off = &context->forecast.off;
    struct serial serial;

    if (off->count == context->off_room)
        return forecasts_too_large(fault);
    enum status status = sensor_serial(fault, row->serial, &serial);
    if (status)
        return status;
    context->off_ids[off->count] = row->id;
    off->line[off->count] =
        (struct renewal_sensor){ row->coverage_ends_at, serial_number(serial), off->count };
    off->count++;
    return STATUS_OK;
}

static enum status
read_stopping(struct forecast_context *context, size_t count)
{
    struct call *call = context->call;
    struct forecast *forecast = &context->forecast;

    context->off_room = count;
    context->off_ids = call_new(call, (count + 1) * sizeof *context->off_ids);
    forecast->off = (struct renewal_plan){
        .line = call_new(call, (count + 1) * sizeof *forecast->off.line),
        .zone = context->look.zone,
    };
    if (!context->off_ids || !forecast->off.line)
        return forecasts_too_large(&call->db.fault);
    return forecast_stopping(
        &call->db,
        &(struct forecast_stopping_in){ context->organization_id, call->now, forecast->until },
        add_stopping, context);
}

static enum status
forecasts_read_stopping(struct forecast_context *context)
{
    struct call *call = context->call;
    struct forecast *forecast = &context->forecast;
    struct forecast_stopping_count_out stopping;
    enum status status =
        forecast_stopping_count(&call->db,
                                &(struct forecast_stopping_count_in){ context->organization_id,
                                                                      call->now, forecast->until },
                                &stopping);

    return status ? status : read_stopping(context, (size_t)stopping.count);
}

static enum status
forecasts_read_renewing(struct forecast_context *context)
{
    struct call *call = context->call;
    struct forecast *forecast = &context->forecast;
    struct renewal_queue queue;
    struct renewal_queue_part part = { .until = forecast->until };
    enum status status = renewal_queue_keys(call, &context->look, INT64_MAX, &queue);

    if (status)
        return status;
    status = renewal_queue_count(call, context->organization_id, &part);
    if (status)
        return status;
    status = renewal_queue_read(call, context->organization_id, &part, &queue);
    if (status)
        return status;
    forecast->plan = queue.plan;
    context->on_ids = queue.ids;
    forecast->stopped = call_new(call, queue.plan.count + 1);
    return forecast->stopped ? STATUS_OK : forecasts_too_large(&call->db.fault);
}

static enum status
forecasts_prepare(struct forecast_context *context)
{
    struct arena *arena = context->call->db.arena;
    struct forecast_report *out = context->out;

    out->days = arena_new(arena, MOST_DAYS * sizeof *out->days);
    out->purchases = arena_new(arena, (FORECAST_MOST_MONTHS + 2) * sizeof *out->purchases);
    context->renewals.sensors = arena_new(arena, FORECAST_NAMED * sizeof(struct forecast_sensor));
    context->stops.sensors = arena_new(arena, FORECAST_NAMED * sizeof(struct forecast_sensor));
    context->renewals.count = context->stops.count = 0;
    if (!out->days || !out->purchases || !context->renewals.sensors || !context->stops.sensors)
        return forecasts_too_large(&context->call->db.fault);
    return STATUS_OK;
}

/* Events come in the order of their days. */
static struct forecast_day *
forecasts_day_of(struct forecast_context *context, day_number day)
{
    struct forecast_report *out = context->out;
    struct forecast_day *last = out->day_count > 0 ? &out->days[out->day_count - 1] : NULL;

    if (!last || day > last->day) {
        assert(out->day_count < MOST_DAYS);
        last = &out->days[out->day_count++];
        *last = (struct forecast_day){
            .day = day,
            .renewals = context->renewals.sensors + context->renewals.count,
            .stops = context->stops.sensors + context->stops.count,
        };
    }
    last->licenses_left = context->forecast.left;
    return last;
}

/* Names a sensor of a day that names `of_day` already. NULL: enough are named. */
static struct forecast_sensor *
name_sensor(struct named_sensors *named, size_t *of_day, const struct forecast_event *event,
            int64_t id)
{
    if (*of_day == FORECAST_NAMED_A_DAY || named->count == FORECAST_NAMED)
        return NULL;
    struct forecast_sensor *sensor = &named->sensors[named->count++];
    *sensor = (struct forecast_sensor){ .id = id };
    serial_format(sensor->serial, serial_from_number(event->sensor.serial));
    ++*of_day;
    return sensor;
}

static void
add_renewal(struct forecast_context *context, const struct forecast_event *event)
{
    struct forecast_day *day = forecasts_day_of(context, event->day);
    struct forecast_sensor *sensor = name_sensor(&context->renewals, &day->renewals_named, event,
                                                 context->on_ids[event->sensor.index]);

    day->renewal_count++;
    if (!sensor)
        return;
    sensor->key = context->forecast.plan.keys[event->key].key;
    sensor->expires_at = event->expires_at;
}

static void
add_stop(struct forecast_context *context, const struct forecast_event *event, int64_t id)
{
    struct forecast_day *day = forecasts_day_of(context, event->day);

    day->stop_count++;
    (void)name_sensor(&context->stops, &day->stops_named, event, id);
}

static int64_t
month_of(day_number day)
{
    struct civil_date date = civil_from_days(day);

    return (int64_t)date.year * 12 + date.month;
}

static void
add_purchase(struct forecast_context *context, day_number day)
{
    struct forecast_report *out = context->out;
    size_t count = out->purchase_count;

    if (count == 0 || month_of(out->purchases[count - 1].by) < month_of(day)) {
        assert(count < FORECAST_MOST_MONTHS + 2);
        out->purchases[out->purchase_count++] = (struct forecast_purchase){ .by = day };
    }
    out->purchases[out->purchase_count - 1].quantity++;
}

/* A sensor that stopped before today does not stop again. */
static void
add_short(struct forecast_context *context, const struct forecast_event *event)
{
    struct forecast_report *out = context->out;

    if (!out->has_short) {
        out->has_short = true;
        out->runs_dry_on = event->day;
        serial_format(out->short_serial, serial_from_number(event->sensor.serial));
    }
    if (context->forecast.has_buy)
        add_purchase(context, event->day);
    if (!event->again && event->sensor.ends_at > context->call->now)
        add_stop(context, event, context->on_ids[event->sensor.index]);
}

static void
forecasts_run(struct forecast_context *context)
{
    struct forecast_event event = { 0 };
    int64_t events = 0;

    forecast_begin(&context->forecast);
    context->out->licenses_left = context->forecast.left;
    while (events++ < FORECAST_MOST_EVENTS && forecast_next(&context->forecast, &event)) {
        switch (event.kind) {
        case FORECAST_RENEWS:
            add_renewal(context, &event);
            break;
        case FORECAST_STOPS:
            add_stop(context, &event, context->off_ids[event.sensor.index]);
            break;
        case FORECAST_SHORT:
            add_short(context, &event);
            break;
        }
    }
    if (events > FORECAST_MOST_EVENTS)
        context->out->until = event.day;
}

static const char *
find_name(const struct forecast_names_out *rows, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].id == id)
            return rows[i].name;
    return "";
}

static enum status
read_names(struct forecast_context *context, struct named_sensors *named)
{
    struct call *call = context->call;
    struct forecast_names_in in = { .organization_id = context->organization_id };
    struct forecast_names_out *rows;
    int64_t *ids = call_new(call, (named->count + 1) * sizeof *ids);
    size_t count;

    if (!ids)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < named->count; i++)
        ids[i] = named->sensors[i].id;
    for (size_t done = 0, end; done < named->count; done = end) {
        end = done + IN_LIST_FILL(in.ids, ids + done, named->count - done);
        enum status status = forecast_names(&call->db, &in, &rows, &count);
        if (status)
            return status;
        for (size_t i = done; i < end; i++)
            named->sensors[i].name = find_name(rows, count, ids[i]);
    }
    return STATUS_OK;
}

static enum status
forecasts_make_body(struct call *call, void *with)
{
    struct forecast_context *context = with;
    struct forecast *forecast = &context->forecast;
    struct forecast_report *out = context->out;
    enum status status = organization_load(call, context->organization_id, &context->look);

    if (status)
        return status;
    *out = (struct forecast_report){ .today = zone_local_day(context->look.zone, call->now) };
    out->until = term_add((struct term){ (int32_t)context->months, TERM_MONTHS }, out->today);
    *forecast = (struct forecast){
        .now = call->now,
        .until = zone_day_start(context->look.zone, out->until + 1),
    };
    status = forecasts_prepare(context);
    if (status)
        return status;
    status = forecasts_read_term(context);
    if (status)
        return status;
    status = forecasts_read_renewing(context);
    if (status)
        return status;
    status = forecasts_read_stopping(context);
    if (status)
        return status;
    forecasts_run(context);
    status = read_names(context, &context->renewals);
    return status ? status : read_names(context, &context->stops);
}

enum status
forecast_make(struct call *call, int64_t organization_id, int64_t months,
              struct forecast_report *out)
{
    struct forecast_context context = {
        .call = call,
        .organization_id = organization_id,
        .months = months,
        .out = out,
    };

    return read_transact(call, forecasts_make_body, &context);
}
