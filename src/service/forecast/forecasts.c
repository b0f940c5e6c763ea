#include "service/forecast/forecasts.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "domain/forecast.h"
#include "service/core/transaction.h"
#include "service/forecast/renewal_queue.h"
#include "statements.h"
#include "store/store.h"

enum {
    IN_LIST = 128, /* length of the array in sql/queries/forecast.sql */
    MOST_DAYS = 31 * (FORECAST_MOST_MONTHS + 1), /* on which anything can happen */
};

struct making {
    struct call *call;
    int64_t organization_id;
    int64_t months;
    struct organization_lock look;
    struct forecast forecast;
    int64_t *on_ids, *off_ids;
    size_t off_room;
    struct forecast_sensor *renewals, *stops; /* those that are named */
    size_t renewals_named, stops_named;
    struct forecast_report *out;
};

static enum status
too_large(struct fault *fault)
{
    return fail(fault, STATUS_TOO_LARGE, "", "",
                "the organization has too many sensors for a forecast");
}

static enum status
read_term(struct making *making)
{
    struct call *call = making->call;
    struct forecast *forecast = &making->forecast;
    struct forecast_latest_term_out latest;
    enum status status = forecast_latest_term(
        call->store, call->arena, &(struct forecast_latest_term_in){ making->organization_id },
        &latest, &forecast->has_buy, &call->fault);

    if (status || !forecast->has_buy)
        return status;
    making->out->term = latest.term;
    if (!term_parse(&forecast->buy, latest.term, strlen(latest.term)))
        return fail(&call->fault, STATUS_BROKEN, "", "", "the term of a key cannot be read");
    return STATUS_OK;
}

static enum status
take_stopping(void *with, const struct forecast_stopping_out *row, struct fault *fault)
{
    struct making *making = with;
    struct renewal_plan *off = &making->forecast.off;
    struct serial serial;

    if (off->count == making->off_room)
        return too_large(fault);
    if (!serial_parse(&serial, row->serial, strlen(row->serial)))
        return fail(fault, STATUS_BROKEN, "", "", "a serial in the store cannot be read");
    making->off_ids[off->count] = row->id;
    off->line[off->count] =
        (struct renewal_sensor){ row->coverage_ends_at, serial_number(serial), off->count };
    off->count++;
    return STATUS_OK;
}

static enum status
read_stopping(struct making *making, size_t count)
{
    struct call *call = making->call;
    struct forecast *forecast = &making->forecast;

    making->off_room = count;
    making->off_ids = arena_new(call->arena, (count + 1) * sizeof *making->off_ids);
    forecast->off = (struct renewal_plan){
        .line = arena_new(call->arena, (count + 1) * sizeof *forecast->off.line),
        .zone = making->look.zone,
    };
    if (!making->off_ids || !forecast->off.line)
        return too_large(&call->fault);
    return forecast_stopping(
        call->store, call->arena,
        &(struct forecast_stopping_in){ making->organization_id, call->now, forecast->until },
        take_stopping, making, &call->fault);
}

static enum status
read_lines(struct making *making)
{
    struct call *call = making->call;
    struct forecast *forecast = &making->forecast;
    struct renewal_queue line;
    struct forecast_counts_out counts;
    enum status status = renewal_queue_keys(call, &making->look, &line.plan);

    if (!status)
        status = forecast_counts(
            call->store, call->arena,
            &(struct forecast_counts_in){ making->organization_id, call->now, forecast->until },
            &counts, &call->fault);
    if (!status)
        status = renewal_queue_read(call, making->organization_id, 0, forecast->until,
                                    (size_t)counts.renewing, &line);
    if (!status)
        status = read_stopping(making, (size_t)counts.stopping);
    if (status)
        return status;
    forecast->plan = line.plan;
    making->on_ids = line.ids;
    forecast->stopped = arena_new(call->arena, line.plan.count + 1);
    return forecast->stopped ? STATUS_OK : too_large(&call->fault);
}

static enum status
prepare(struct making *making)
{
    struct arena *arena = making->call->arena;
    struct forecast_report *out = making->out;

    out->days = arena_new(arena, MOST_DAYS * sizeof *out->days);
    out->purchases = arena_new(arena, (FORECAST_MOST_MONTHS + 2) * sizeof *out->purchases);
    making->renewals = arena_new(arena, FORECAST_NAMED * sizeof *making->renewals);
    making->stops = arena_new(arena, FORECAST_NAMED * sizeof *making->stops);
    if (!out->days || !out->purchases || !making->renewals || !making->stops)
        return too_large(&making->call->fault);
    return STATUS_OK;
}

/* Events come in the order of their days. */
static struct forecast_day *
day_of(struct making *making, day_number day)
{
    struct forecast_report *out = making->out;
    struct forecast_day *last = out->day_count > 0 ? &out->days[out->day_count - 1] : NULL;

    if (last && day <= last->day)
        return last;
    assert(out->day_count < MOST_DAYS);
    out->days[out->day_count] = (struct forecast_day){
        .day = day,
        .renewals = making->renewals + making->renewals_named,
        .stops = making->stops + making->stops_named,
    };
    return &out->days[out->day_count++];
}

static void
note_renewal(struct making *making, const struct forecast_event *event)
{
    struct forecast_day *day = day_of(making, event->day);

    day->renewal_count++;
    day->licenses_left = making->forecast.left;
    if (day->renewals_named == FORECAST_NAMED_A_DAY || making->renewals_named == FORECAST_NAMED)
        return;
    struct forecast_sensor *sensor = &making->renewals[making->renewals_named++];
    *sensor = (struct forecast_sensor){
        .id = making->on_ids[event->sensor.index],
        .key = making->forecast.plan.keys[event->key].key,
        .expires_at = event->expires_at,
    };
    serial_format(sensor->serial, serial_from_number(event->sensor.serial));
    day->renewals_named++;
}

static void
note_stop(struct making *making, const struct forecast_event *event, int64_t id)
{
    struct forecast_day *day = day_of(making, event->day);

    day->stop_count++;
    day->licenses_left = making->forecast.left;
    if (day->stops_named == FORECAST_NAMED_A_DAY || making->stops_named == FORECAST_NAMED)
        return;
    struct forecast_sensor *sensor = &making->stops[making->stops_named++];
    *sensor = (struct forecast_sensor){ .id = id };
    serial_format(sensor->serial, serial_from_number(event->sensor.serial));
    day->stops_named++;
}

static int64_t
month_of(day_number day)
{
    struct civil_date date = civil_from_days(day);

    return (int64_t)date.year * 12 + date.month;
}

static void
note_purchase(struct making *making, day_number day)
{
    struct forecast_report *out = making->out;
    size_t count = out->purchase_count;

    if (count == 0 || month_of(out->purchases[count - 1].by) < month_of(day)) {
        assert(count < FORECAST_MOST_MONTHS + 2);
        out->purchases[out->purchase_count++] = (struct forecast_purchase){ .by = day };
    }
    out->purchases[out->purchase_count - 1].quantity++;
}

/* Whoever has stopped before today does not stop again. */
static void
note_short(struct making *making, const struct forecast_event *event)
{
    struct forecast_report *out = making->out;

    if (!out->has_short) {
        out->has_short = true;
        out->runs_dry_on = event->day;
        serial_format(out->short_serial, serial_from_number(event->sensor.serial));
    }
    if (making->forecast.has_buy)
        note_purchase(making, event->day);
    if (!event->again && event->sensor.ends_at > making->call->now)
        note_stop(making, event, making->on_ids[event->sensor.index]);
}

static void
run(struct making *making)
{
    struct forecast_event event = { 0 };
    int64_t events = 0;

    forecast_begin(&making->forecast);
    making->out->licenses_left = making->forecast.left;
    while (events++ < FORECAST_MOST_EVENTS && forecast_next(&making->forecast, &event)) {
        switch (event.kind) {
        case FORECAST_RENEWS:
            note_renewal(making, &event);
            break;
        case FORECAST_STOPS:
            note_stop(making, &event, making->off_ids[event.sensor.index]);
            break;
        case FORECAST_SHORT:
            note_short(making, &event);
            break;
        }
    }
    if (events > FORECAST_MOST_EVENTS)
        making->out->until = event.day;
}

/* The names of at most IN_LIST sensors. */
static enum status
read_some_names(struct making *making, struct forecast_sensor *sensors, size_t count)
{
    struct call *call = making->call;
    struct forecast_names_in in = { .organization_id = making->organization_id };
    struct forecast_names_out *rows;
    size_t found;

    for (size_t i = 0; i < IN_LIST; i++)
        in.ids[i] = sensors[i < count ? i : count - 1].id;
    enum status status = forecast_names(call->store, call->arena, &in, &rows, &found, &call->fault);
    for (size_t i = 0; !status && i < count; i++) {
        sensors[i].name = "";
        for (size_t k = 0; k < found; k++)
            if (rows[k].id == sensors[i].id)
                sensors[i].name = rows[k].name;
    }
    return status;
}

static enum status
read_names(struct making *making, struct forecast_sensor *sensors, size_t count)
{
    enum status status = STATUS_OK;

    for (size_t done = 0; done < count && !status; done += IN_LIST)
        status = read_some_names(making, sensors + done,
                                 count - done < IN_LIST ? count - done : IN_LIST);
    return status;
}

static enum status
make_body(struct call *call, void *with)
{
    struct making *making = with;
    struct forecast *forecast = &making->forecast;
    struct forecast_report *out = making->out;
    enum status status = organization_load(call, making->organization_id, &making->look);

    if (status)
        return status;
    *out = (struct forecast_report){ .today = zone_local_day(making->look.zone, call->now) };
    out->until = term_add((struct term){ (int32_t)making->months, TERM_MONTHS }, out->today);
    *forecast = (struct forecast){
        .now = call->now,
        .until = zone_day_start(making->look.zone, out->until + 1),
    };
    making->renewals_named = making->stops_named = 0;
    status = prepare(making);
    if (!status)
        status = read_term(making);
    if (!status)
        status = read_lines(making);
    if (status)
        return status;
    run(making);
    status = read_names(making, making->renewals, making->renewals_named);
    return status ? status : read_names(making, making->stops, making->stops_named);
}

enum status
forecast_make(struct call *call, int64_t organization_id, int64_t months,
              struct forecast_report *out)
{
    struct making making = {
        .call = call,
        .organization_id = organization_id,
        .months = months,
        .out = out,
    };

    return read_transact(call, make_body, &making);
}
