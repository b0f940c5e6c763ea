/* sensor_routes.c - the sensors of an organization. */
#include "service/sensor/sensors.h"

#include "edge/http/answer.h"
#include "edge/http/route.h"
#include "edge/http/routes/import_read.h"
#include "edge/http/routes/page_query.h"

enum { SERIAL_MOST_BYTES = 200 /* a label: serial:claim */, KEY_MOST_BYTES = 200 };

static void
write_last_sample(struct json_writer *json, const void *item)
{
    write_channel(json, item);
    write_sample(json, item);
}

/* Null: samples are not refused for their time. */
static void
sensor_write_clock(struct json_writer *json, const struct sensor_signs *signs)
{
    if (signs->clock_wrong_since == 0) {
        json_put_null(json, "clock_wrong");
        return;
    }
    json_put_object_open(json, "clock_wrong");
    json_put_time(json, "since", signs->clock_wrong_since);
    json_put_int64(json, "offset_seconds", signs->clock_offset);
    json_object_close(json);
}

/* Null: there was no sign of it. */
static void
sensor_write_tamper(struct json_writer *json, const struct sensor *sensor)
{
    const struct sensor_signs *signs = &sensor->status.signs;

    if (signs->tamper_at == 0) {
        json_put_null(json, "tamper");
        return;
    }
    json_put_object_open(json, "tamper");
    json_put_time(json, "at", signs->tamper_at);
    json_put_bool(json, "pin", signs->tamper_signs & TAMPER_PIN);
    json_put_bool(json, "enclosure", signs->tamper_signs & TAMPER_ENCLOSURE);
    json_put_bool(json, "enclosure_open", sensor->enclosure_open);
    json_object_close(json);
}

static void
sensor_write_sensor(struct json_writer *json, const void *item)
{
    const struct sensor *sensor = item;

    json_put_text(json, "serial", sensor->serial);
    json_put_text(json, "name", sensor->name);
    json_put_text(json, "state", sensor_state_words[sensor->state]);
    write_refused(json, &sensor->refused);
    json_put_int64(json, "conflicts", sensor->status.conflicts);
    json_put_time(json, "last_seen_at", sensor->status.last_seen_at);
    if (!sensor->status.has_reported) {
        json_put_null(json, "battery_ok");
        json_put_null(json, "signal");
    } else {
        json_put_bool(json, "battery_ok", sensor->status.battery_ok);
        json_put_int64(json, "signal", sensor->status.signal);
    }
    answer_array(
        json, "channels",
        ANSWER_ITEMS(sensor->status.channels, sensor->status.channel_count, write_last_sample));
    sensor_write_clock(json, &sensor->status.signs);
    sensor_write_tamper(json, sensor);
    json_put_bool(json, "auto_renewal", sensor->auto_renewal);
    json_put_bool(json, "alarms_paused", sensor->alarms_paused);
}

const struct input_field sensor_fields[] = {
    { INPUT_MEMBER(struct sensor_request, serial), .kind = INPUT_TEXT, .required = true, .least = 1,
      .most = SERIAL_MOST_BYTES, .pasted = true, .refused = "serial_malformed" },
    { INPUT_MEMBER(struct sensor_request, name), .kind = INPUT_TEXT, .most = NAME_MOST_BYTES },
    { INPUT_MEMBER(struct sensor_request, key), .kind = INPUT_TEXT, .least = 1,
      .most = KEY_MOST_BYTES, .pasted = true },
    { INPUT_MEMBER(struct sensor_request, auto_renewal), .kind = INPUT_BOOL,
      .has = offsetof(struct sensor_request, has_auto_renewal) },
    { INPUT_MEMBER(struct sensor_request, claim_code), .kind = INPUT_TEXT,
      .most = CLAIM_CODE_MOST_BYTES },
    INPUT_END,
};

/* POST /organizations/{org}/sensors */
static enum status
post_sensor(struct http_request *http, struct call *call)
{
    struct manager_row row;
    struct key_taken taken;
    struct json_writer json;
    enum status status = sensor_add(call, http->organization_id, http->input, &row, &taken);

    if (status)
        return status;
    answer_open(http, &json, 201);
    write_manager_row(&json, &row);
    answer_array(&json, "taken", ANSWER_ITEMS(&taken, taken.key ? 1 : 0, write_key_taken));
    return answer_close(http, &json);
}

/* GET /organizations/{org}/sensors */
static enum status
get_sensors(struct http_request *http, struct call *call)
{
    const struct page_request *asked = http->input;
    struct sensor_page page;
    enum status status = sensor_list(call, http->organization_id, *asked, &page);

    return status ? status : answer_list(http, ANSWER_PAGE(page, sensor_write_sensor));
}

/* GET /organizations/{org}/sensors/{serial} */
static enum status
get_sensor(struct http_request *http, struct call *call)
{
    struct sensor sensor;
    enum status status = sensor_get(call, http->organization_id, http->serial, &sensor);

    return status ? status : answer_item(http, 200, &sensor, sensor_write_sensor);
}

static const struct input_field change_body[] = {
    { INPUT_MEMBER(struct sensor_change, name), .kind = INPUT_TEXT, .most = NAME_MOST_BYTES },
    { INPUT_MEMBER(struct sensor_change, auto_renewal), .kind = INPUT_BOOL,
      .has = offsetof(struct sensor_change, has_auto_renewal) },
    { INPUT_MEMBER(struct sensor_change, alarms_paused), .kind = INPUT_BOOL,
      .has = offsetof(struct sensor_change, has_alarms_paused) },
    INPUT_END,
};

static void
sensor_write_renewed(struct json_writer *json, const void *item)
{
    const struct renewed_sensor *renewed = item;

    json_put_text(json, "serial", renewed->serial);
    json_put_id(json, "license_id", renewed->license_id);
    json_put_text(json, "key", renewed->key);
    json_put_text(json, "term", renewed->term);
    json_put_time(json, "expires_at", renewed->expires_at);
    json_put_date(json, "last_day", renewed->last_day);
}

/* PATCH /organizations/{org}/sensors/{serial} */
static enum status
patch_sensor(struct http_request *http, struct call *call)
{
    struct sensor_changed changed;
    struct json_writer json;
    enum status status =
        sensor_change(call, http->organization_id, http->serial, http->input, &changed);

    if (status)
        return status;
    answer_open(http, &json, 200);
    sensor_write_sensor(&json, &changed.sensor);
    json_put_int64(&json, "licenses_left", changed.licenses_left);
    answer_array(&json, "renewed",
                 ANSWER_ITEMS(changed.renewed, changed.renewed_count, sensor_write_renewed));
    return answer_close(http, &json);
}

/* DELETE /organizations/{org}/sensors/{serial} */
static enum status
delete_sensor(struct http_request *http, struct call *call)
{
    return sensor_remove(call, http->organization_id, http->serial);
}

static const struct input_field replacement_body[] = {
    { INPUT_MEMBER(struct sensor_replacement, serial), .kind = INPUT_TEXT, .required = true,
      .least = 1, .most = SERIAL_MOST_BYTES, .pasted = true, .refused = "serial_malformed" },
    { INPUT_MEMBER(struct sensor_replacement, claim_code), .kind = INPUT_TEXT,
      .most = CLAIM_CODE_MOST_BYTES },
    INPUT_END,
};

/* POST /organizations/{org}/sensors/{serial}/replacement */
static enum status
post_replacement(struct http_request *http, struct call *call)
{
    struct manager_row row;
    enum status status =
        sensor_replace(call, http->organization_id, http->serial, http->input, &row);

    return status ? status : answer_item(http, 200, &row, write_manager_row);
}

const struct http_route sensor_routes[] = {
    { MEMBER_ROUTE(HTTP_POST, "/sensors", PERMISSION_SENSORS, WORK_WRITE),
      ROUTE_BODY(sensor_fields, struct sensor_request), .dry_run = true, .handler = post_sensor },
    { MEMBER_ROUTE(HTTP_GET, "/sensors", PERMISSION_SEE, WORK_READ),
      ROUTE_QUERY(page_query, struct page_request), .handler = get_sensors },
    { MEMBER_ROUTE(HTTP_GET, "/sensors/{serial}", PERMISSION_SEE, WORK_READ),
      .handler = get_sensor },
    { MEMBER_ROUTE(HTTP_PATCH, "/sensors/{serial}", PERMISSION_SENSORS, WORK_WRITE),
      ROUTE_BODY(change_body, struct sensor_change), .dry_run = true, .handler = patch_sensor },
    { MEMBER_ROUTE(HTTP_DELETE, "/sensors/{serial}", PERMISSION_SENSORS, WORK_WRITE),
      .handler = delete_sensor },
    { MEMBER_ROUTE(HTTP_POST, "/sensors/{serial}/replacement", PERMISSION_SENSORS, WORK_WRITE),
      ROUTE_BODY(replacement_body, struct sensor_replacement), .dry_run = true,
      .handler = post_replacement },
    { .path = NULL },
};
