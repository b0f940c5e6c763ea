/* forecast_routes.c - the forecast of the pool. */
#include "edge/http/answer.h"
#include "edge/http/route.h"
#include "service/forecast/forecasts.h"

enum { DEFAULT_MONTHS = 24 };

struct forecast_input {
    int64_t months;
};

static const struct input_field forecast_query[] = {
    { INPUT_MEMBER(struct forecast_input, months), .kind = INPUT_INT64, .least = 1,
      .most = FORECAST_MOST_MONTHS, .otherwise = DEFAULT_MONTHS },
    INPUT_END,
};

static void
forecast_write_sensor(struct json_writer *json, const void *item)
{
    const struct forecast_sensor *sensor = item;

    json_put_text(json, "serial", sensor->serial);
    json_put_text(json, "name", sensor->name);
    if (sensor->key) {
        json_put_text(json, "key", sensor->key);
        json_put_time(json, "expires_at", sensor->expires_at);
    }
}

static void
write_day(struct json_writer *json, const void *item)
{
    const struct forecast_day *day = item;

    json_put_date(json, "date", day->day);
    answer_array(json, "renewals",
                 ANSWER_ITEMS(day->renewals, day->renewals_named, forecast_write_sensor));
    json_put_int64(json, "renewal_count", day->renewal_count);
    answer_array(json, "stops", ANSWER_ITEMS(day->stops, day->stops_named, forecast_write_sensor));
    json_put_int64(json, "stop_count", day->stop_count);
}

static void
write_point(struct json_writer *json, day_number day, int64_t licenses_left)
{
    json_object_open(json);
    json_put_date(json, "date", day);
    json_put_int64(json, "licenses_left", licenses_left);
    json_object_close(json);
}

/* Today, each day that changes the licenses left, and the last day. */
static void
write_series(struct json_writer *json, const struct forecast_report *report)
{
    int64_t left = report->licenses_left;
    size_t at = 0;

    json_put_array_open(json, "series");
    for (; at < report->day_count && report->days[at].day <= report->today; at++)
        left = report->days[at].licenses_left;
    write_point(json, report->today, left);
    for (; at < report->day_count && report->days[at].day < report->until; at++) {
        if (report->days[at].licenses_left == left)
            continue;
        left = report->days[at].licenses_left;
        write_point(json, report->days[at].day, left);
    }
    if (report->until > report->today)
        write_point(json, report->until,
                    at < report->day_count ? report->days[at].licenses_left : left);
    json_array_close(json);
}

static void
write_purchases(struct json_writer *json, const struct forecast_report *report)
{
    json_put_array_open(json, "to_buy");
    for (size_t i = 0; i < report->purchase_count; i++) {
        json_object_open(json);
        json_put_date(json, "by", report->purchases[i].by);
        json_put_int64(json, "quantity", report->purchases[i].quantity);
        json_put_text(json, "term", report->term);
        json_object_close(json);
    }
    json_array_close(json);
}

static void
write_first_short(struct json_writer *json, const struct forecast_report *report)
{
    if (!report->has_short) {
        json_put_null(json, "runs_dry_on");
        json_put_null(json, "first_short");
        return;
    }
    json_put_date(json, "runs_dry_on", report->runs_dry_on);
    json_put_object_open(json, "first_short");
    json_put_text(json, "serial", report->short_serial);
    json_put_date(json, "date", report->runs_dry_on);
    json_object_close(json);
}

/* GET /organizations/{org}/forecast */
static enum status
get_forecast(struct http_request *http, struct call *call)
{
    const struct forecast_input *input = http->input;
    struct forecast_report report;
    struct json_writer json;
    enum status status = forecast_make(call, http->organization_id, input->months, &report);

    if (status)
        return status;
    answer_open(http, &json, 200);
    json_put_date(&json, "until", report.until);
    json_put_int64(&json, "licenses_left", report.licenses_left);
    answer_array(&json, "days", ANSWER_ITEMS(report.days, report.day_count, write_day));
    write_first_short(&json, &report);
    write_purchases(&json, &report);
    write_series(&json, &report);
    return answer_close(http, &json);
}

const struct http_route forecast_routes[] = {
    { MEMBER_ROUTE(HTTP_GET, "/forecast", PERMISSION_LICENSES, WORK_READ),
      ROUTE_QUERY(forecast_query, struct forecast_input), .handler = get_forecast },
    { .path = NULL },
};
