/* sensor_routes.c - the sensors of an organization. */
#include "service/sensors.h"

#include "edge/http/answer.h"
#include "edge/http/page_query.h"
#include "edge/http/route.h"
#include "edge/http/sensor_fields.h"

enum { SERIAL_MOST_BYTES = 32, KEY_MOST_BYTES = 100 };

static void
write_sensor(struct json_writer *json, const struct sensor *sensor)
{
    json_put_text(json, "serial", sensor->serial);
    json_put_text(json, "name", sensor->name);
    json_put_text(json, "state", sensor_state_word(sensor->state));
    json_put_time(json, "last_seen_at", sensor->last_seen_at);
    if (!sensor->has_reported) {
        json_put_null(json, "battery_ok");
        json_put_null(json, "signal");
    } else {
        json_put_bool(json, "battery_ok", sensor->battery_ok);
        json_put_int64(json, "signal", sensor->signal);
    }
    json_key(json, "channels");
    json_array_open(json);
    for (size_t i = 0; i < sensor->channel_count; i++) {
        json_object_open(json);
        write_channel(json, &sensor->channels[i]);
        write_sample(json, &sensor->channels[i]);
        json_object_close(json);
    }
    json_array_close(json);
    json_put_bool(json, "auto_renewal", sensor->auto_renewal);
    json_put_bool(json, "alarms_paused", sensor->alarms_paused);
}

static enum status
answer_sensor(struct http_request *http, const struct sensor *sensor)
{
    struct json_writer json;

    answer_open(http, &json, 200);
    write_sensor(&json, sensor);
    return answer_close(http, &json);
}

const struct input_field sensor_fields[] = {
    { INPUT_MEMBER(struct sensor_request, serial), .kind = INPUT_TEXT, .required = true, .least = 1,
      .most = SERIAL_MOST_BYTES },
    { INPUT_MEMBER(struct sensor_request, name), .kind = INPUT_TEXT, .most = NAME_MOST_BYTES },
    { INPUT_MEMBER(struct sensor_request, key), .kind = INPUT_TEXT, .least = 1,
      .most = KEY_MOST_BYTES },
    { INPUT_MEMBER(struct sensor_request, auto_renewal), .kind = INPUT_BOOL,
      .has = offsetof(struct sensor_request, has_auto_renewal) },
    INPUT_END,
};

/* POST /organizations/{org}/sensors */
static enum status
post_sensor(struct http_request *http, struct call *call)
{
    struct manager_row row;
    struct json_writer json;
    enum status status = sensor_add(call, http->organization_id, http->input, &row);

    if (status)
        return status;
    answer_open(http, &json, 201);
    write_manager_row(&json, &row);
    return answer_close(http, &json);
}

struct list_input {
    struct page_request page;
};

static const struct input_field list_query[] = {
    PAGE_FIELDS(struct list_input, page),
    INPUT_END,
};

/* GET /organizations/{org}/sensors */
static enum status
get_sensors(struct http_request *http, struct call *call)
{
    const struct list_input *input = http->input;
    struct sensor_page page;
    struct json_writer json;
    enum status status =
        sensor_list(call, http->organization_id, page_or_default(input->page), &page);

    if (status)
        return status;
    answer_open(http, &json, 200);
    answer_items_open(&json);
    for (size_t i = 0; i < page.count; i++) {
        json_object_open(&json);
        write_sensor(&json, &page.items[i]);
        json_object_close(&json);
    }
    answer_items_close(http, &json, page.next);
    return answer_close(http, &json);
}

/* GET /organizations/{org}/sensors/{serial} */
static enum status
get_sensor(struct http_request *http, struct call *call)
{
    struct sensor sensor;
    enum status status = sensor_get(call, http->organization_id, http->serial, &sensor);

    return status ? status : answer_sensor(http, &sensor);
}

static const struct input_field change_body[] = {
    { INPUT_MEMBER(struct sensor_change, name), .kind = INPUT_TEXT, .most = NAME_MOST_BYTES },
    { INPUT_MEMBER(struct sensor_change, auto_renewal), .kind = INPUT_BOOL,
      .has = offsetof(struct sensor_change, has_auto_renewal) },
    { INPUT_MEMBER(struct sensor_change, alarms_paused), .kind = INPUT_BOOL,
      .has = offsetof(struct sensor_change, has_alarms_paused) },
    INPUT_END,
};

/* PATCH /organizations/{org}/sensors/{serial} */
static enum status
patch_sensor(struct http_request *http, struct call *call)
{
    struct sensor sensor;
    enum status status =
        sensor_change(call, http->organization_id, http->serial, http->input, &sensor);

    return status ? status : answer_sensor(http, &sensor);
}

/* DELETE /organizations/{org}/sensors/{serial} */
static enum status
delete_sensor(struct http_request *http, struct call *call)
{
    enum status status = sensor_remove(call, http->organization_id, http->serial);

    return status ? status : answer_empty(http, 204);
}

struct replacement_input {
    const char *serial;
};

static const struct input_field replacement_body[] = {
    { INPUT_MEMBER(struct replacement_input, serial), .kind = INPUT_TEXT, .required = true,
      .least = 1, .most = SERIAL_MOST_BYTES },
    INPUT_END,
};

/* POST /organizations/{org}/sensors/{serial}/replacement */
static enum status
post_replacement(struct http_request *http, struct call *call)
{
    const struct replacement_input *input = http->input;
    struct manager_row row;
    struct json_writer json;
    enum status status =
        sensor_replace(call, http->organization_id, http->serial, input->serial, &row);

    if (status)
        return status;
    answer_open(http, &json, 200);
    write_manager_row(&json, &row);
    return answer_close(http, &json);
}

const struct http_route sensor_routes[] = {
    { .method = HTTP_POST,
      .path = API "/organizations/{org}/sensors",
      .access = ACCESS_MEMBER,
      .permission = PERMISSION_SENSORS,
      .work = WORK_WRITE,
      .body = sensor_fields,
      .input_size = sizeof(struct sensor_request),
      .handler = post_sensor },
    { .method = HTTP_GET,
      .path = API "/organizations/{org}/sensors",
      .access = ACCESS_MEMBER,
      .permission = PERMISSION_SEE,
      .work = WORK_READ,
      .query = list_query,
      .input_size = sizeof(struct list_input),
      .handler = get_sensors },
    { .method = HTTP_GET,
      .path = API "/organizations/{org}/sensors/{serial}",
      .access = ACCESS_MEMBER,
      .permission = PERMISSION_SEE,
      .work = WORK_READ,
      .handler = get_sensor },
    { .method = HTTP_PATCH,
      .path = API "/organizations/{org}/sensors/{serial}",
      .access = ACCESS_MEMBER,
      .permission = PERMISSION_SENSORS,
      .work = WORK_WRITE,
      .body = change_body,
      .input_size = sizeof(struct sensor_change),
      .handler = patch_sensor },
    { .method = HTTP_DELETE,
      .path = API "/organizations/{org}/sensors/{serial}",
      .access = ACCESS_MEMBER,
      .permission = PERMISSION_SENSORS,
      .work = WORK_WRITE,
      .handler = delete_sensor },
    { .method = HTTP_POST,
      .path = API "/organizations/{org}/sensors/{serial}/replacement",
      .access = ACCESS_MEMBER,
      .permission = PERMISSION_SENSORS,
      .work = WORK_WRITE,
      .dry_run = true,
      .body = replacement_body,
      .input_size = sizeof(struct replacement_input),
      .handler = post_replacement },
    { .path = NULL },
};
