/* device_routes.c - the operator's device list, and the release of serials. */
#include <string.h>

#include "edge/http/answer.h"
#include "edge/http/problem.h"
#include "edge/http/route.h"
#include "edge/http/routes/device_read.h"
#include "edge/http/routes/page_query.h"
#include "service/release/serial_release.h"

enum { SHOWN_SERIAL_MOST_BYTES = 64, Q_MOST_BYTES = 32 };

static void
device_put_organization(struct json_writer *json, const char *key, int64_t id, const char *name)
{
    if (id == 0) {
        json_put_null(json, key);
        return;
    }
    json_put_object_open(json, key);
    json_put_id(json, "id", id);
    json_put_text(json, "name", name);
    json_object_close(json);
}

static void
device_write(struct json_writer *json, const void *item)
{
    const struct device *device = item;

    json_put_text(json, "serial", device->serial);
    json_put_bool(json, "has_claim_code", device->has_claim_code);
    json_put_id(json, "organization_id", device->organization_id);
    device_put_organization(json, "organization", device->organization_id, device->organization);
    device_put_organization(json, "owner", device->owner_id, device->owner);
    json_put_time(json, "listed_at", device->listed_at);
    json_put_text(json, "listed_by", device->listed_by);
}

static const struct input_field device_query_fields[] = {
    { INPUT_MEMBER(struct device_query, q), .kind = INPUT_TEXT, .most = Q_MOST_BYTES },
    PAGE_FIELDS(struct device_query, page),
    INPUT_END,
};

/* GET /operator/devices */
static enum status
get_devices(struct http_request *http, struct call *call)
{
    struct device_page page;
    enum status status = device_list(call, http->input, &page);

    return status ? status : answer_list(http, ANSWER_PAGE(page, device_write));
}

/* Runs on a long runner, before the writer: it needs no store. */
static enum status
device_read_rows(struct http_request *http, struct call *call)
{
    struct fault *fault = &call->db.fault;
    struct table_source source = { 0 };

    if (!http_content_is(http, "text/csv"))
        return fail(fault, STATUS_MALFORMED, "unsupported_media_type", "",
                    "the body has to be text/csv");
    table_source_set_body(&source, http);
    return device_read_csv(&source, http->input, &http->arena, fault);
}

/* The serial or, if it is short, the text in its place. */
static const char *
device_shown_serial(const struct device_row *row)
{
    if (row->canonical[0])
        return row->canonical;
    return row->serial && strlen(row->serial) <= SHOWN_SERIAL_MOST_BYTES ? row->serial : NULL;
}

static void
device_write_results(const struct http_request *http, struct json_writer *json)
{
    const struct device_rows *rows = http->input;

    json_put_array_open(json, "results");
    for (size_t i = 0; i < rows->count; i++) {
        const struct device_row *row = &rows->items[i];
        json_object_open(json);
        json_put_int64(json, "row", (int64_t)i + 1);
        json_put_text(json, "serial", device_shown_serial(row));
        if (row->code) {
            json_put_text(json, "code", row->code);
            problem_put_detail(json, row->detail);
        } else {
            json_put_text(json, "result", row->known ? "changed" : "added");
        }
        json_object_close(json);
    }
    json_array_close(json);
}

/* POST /operator/devices/import */
static enum status
post_devices_import(struct http_request *http, struct call *call)
{
    const struct device_rows *rows = http->input;
    struct json_writer json;
    enum status status = devices_import(call, rows->items, rows->count);

    http->more_members = status == STATUS_INVALID ? device_write_results : NULL;
    if (status)
        return status;
    answer_open(http, &json, 201);
    device_write_results(http, &json);
    return answer_close(http, &json);
}

/* DELETE /operator/devices/{serial} */
static enum status
delete_device(struct http_request *http, struct call *call)
{
    return device_remove(call, http->serial);
}

struct release_input {
    int64_t organization_id;
};

static const struct input_field release_body_fields[] = {
    { INPUT_MEMBER(struct release_input, organization_id), .kind = INPUT_ID },
    INPUT_END,
};

/* POST /operator/devices/{serial}/release */
static enum status
post_release(struct http_request *http, struct call *call)
{
    const struct release_input *input = http->input;
    struct serial_release release;
    struct json_writer json;
    enum status status = serial_release(call, http->serial, input->organization_id, &release);

    if (status)
        return status;
    answer_open(http, &json, 200);
    json_put_text(&json, "serial", http->serial);
    json_put_text(&json, "name", release.sensor);
    device_put_organization(&json, "released_from", release.organization_id, release.organization);
    device_put_organization(&json, "reserved_for", release.next_id, release.next);
    return answer_close(http, &json);
}

const struct http_route device_routes[] = {
    { ROUTE(HTTP_GET, API "/operator/devices", ACCESS_OPERATOR, WORK_READ),
      ROUTE_QUERY(device_query_fields, struct device_query), .handler = get_devices },
    { ROUTE(HTTP_POST, API "/operator/devices/import", ACCESS_OPERATOR, WORK_WRITE),
      .input_size = sizeof(struct device_rows), .dry_run = true, .bulk = true, .reads_body = true,
      .before = device_read_rows, .handler = post_devices_import },
    { ROUTE(HTTP_DELETE, API "/operator/devices/{serial}", ACCESS_OPERATOR, WORK_WRITE),
      .handler = delete_device },
    { ROUTE(HTTP_POST, API "/operator/devices/{serial}/release", ACCESS_OPERATOR, WORK_WRITE),
      ROUTE_BODY(release_body_fields, struct release_input), .dry_run = true,
      .handler = post_release },
    { .path = NULL },
};
