/* import_routes.c - imports sensors from a table or JSON, and shows what a table has. */
#include "service/sensor/sensors_import.h"

#include <string.h>

#include "base/text.h"
#include "edge/http/answer.h"
#include "edge/http/problem.h"
#include "edge/http/route.h"
#include "edge/http/routes/import_preview.h"
#include "edge/http/routes/import_read.h"

enum { SHOWN_MOST_BYTES = 64, COLUMNS_MOST_BYTES = 2000 };

struct import_input {
    struct import_rows rows;
    struct table_source table; /* what the query says of it */
    bool detailed;
};

static const struct input_field import_query[] = {
    { INPUT_AT("columns", struct import_input, table.columns), .kind = INPUT_TEXT, .least = 1,
      .most = COLUMNS_MOST_BYTES },
    { INPUT_AT("header", struct import_input, table.header), .kind = INPUT_BOOL,
      .has = offsetof(struct import_input, table.has_header) },
    { INPUT_MEMBER(struct import_input, detailed), .kind = INPUT_BOOL },
    INPUT_END,
};

static const struct input_field preview_query[] = {
    { INPUT_AT("columns", struct import_input, table.columns), .kind = INPUT_TEXT, .least = 1,
      .most = COLUMNS_MOST_BYTES },
    { INPUT_AT("header", struct import_input, table.header), .kind = INPUT_BOOL,
      .has = offsetof(struct import_input, table.has_header) },
    INPUT_END,
};

/* The body as a table. */
static const struct table_source *
table_of_body(struct http_request *http)
{
    struct table_source *table = &((struct import_input *)http->input)->table;

    table_source_set_body(table, http);
    return table;
}

/* Runs on a long runner, before the writer: it needs no store. */
static enum status
import_read_rows(struct http_request *http, struct call *call)
{
    struct import_input *input = http->input;
    const struct buffer *body = &http->body;
    struct fault *fault = &call->db.fault;
    enum status status;

    if (http_content_is(http, "text/csv"))
        status = import_read_csv(table_of_body(http), &input->rows, &http->arena, fault);
    else if (http_content_is(http, "application/json"))
        status = import_read_json((struct span){ body->bytes, body->size }, sensor_fields,
                                  &input->rows, &http->arena, fault);
    else
        status = fail(fault, STATUS_MALFORMED, "unsupported_media_type", "",
                      "the body has to be text/csv or application/json");
    return status ? status : sensors_import_check(call, input->rows.items, input->rows.count);
}

/* The serial or, if it is short, the text in its place. */
static const char *
shown_serial(const struct import_row *row)
{
    const char *sent = row->request.serial;

    if (row->serial[0])
        return row->serial;
    return sent && strlen(sent) <= SHOWN_MOST_BYTES ? sent : NULL;
}

/* The number of the row in a spreadsheet, for people who correct it there. */
static void
write_sheet_row(struct json_writer *json, const struct import_input *input, size_t i)
{
    const struct import_rows *rows = &input->rows;

    if (rows->sheet_rows && (input->detailed || rows->items[i].code))
        json_put_int64(json, "sheet_row", rows->sheet_rows[i]);
    if (input->detailed)
        json_put_text(json, "name", rows->items[i].request.name);
}

static void
import_write_rows(const struct http_request *http, struct json_writer *json, bool imported)
{
    const struct import_input *input = http->input;
    const struct import_rows *rows = &input->rows;

    json_put_array_open(json, "results");
    for (size_t i = 0; i < rows->count; i++) {
        const struct import_row *row = &rows->items[i];
        if (row->not_judged)
            continue;
        json_object_open(json);
        json_put_int64(json, "row", (int64_t)i + 1);
        json_put_text(json, "serial", shown_serial(row));
        write_sheet_row(json, input, i);
        if (row->code) {
            json_put_text(json, "code", row->code);
            problem_put_detail(json, row->detail);
        } else {
            json_put_text(json, "result", row->resumed ? "resumed" : "added");
            if (imported && input->detailed)
                json_put_text(json, "key", row->key);
        }
        json_object_close(json);
    }
    json_array_close(json);
}

/* Of a problem. Once the refusals have counted, it may be too_many_serials, without results. */
static void
import_write_refused(const struct http_request *http, struct json_writer *json)
{
    if (http->answer.code == 422)
        import_write_rows(http, json, false);
}

/* POST /organizations/{org}/sensors/import */
static enum status
post_import(struct http_request *http, struct call *call)
{
    const struct import_rows *rows = &((struct import_input *)http->input)->rows;
    struct json_writer json;
    struct sensors_imported imported;
    enum status status =
        sensors_import(call, http->organization_id, rows->items, rows->count, &imported);

    http->more_members = status == STATUS_INVALID ? import_write_refused : NULL;
    if (status)
        return status;
    answer_open(http, &json, 201);
    json_put_int64(&json, "licenses_left", imported.licenses_left);
    if (((struct import_input *)http->input)->detailed)
        answer_array(&json, "taken",
                     ANSWER_ITEMS(imported.taken, imported.taken_count, write_key_taken));
    import_write_rows(http, &json, true);
    return answer_close(http, &json);
}

/* POST /organizations/{org}/sensors/import/preview */
static enum status
post_preview(struct http_request *http, struct call *call)
{
    struct json_writer json;

    if (!http_content_is(http, "text/csv"))
        return call_fail(call, STATUS_MALFORMED, "unsupported_media_type", "",
                         "the body has to be text/csv");
    answer_open(http, &json, 200);
    enum status status = import_preview(&json, table_of_body(http), &http->arena, &call->db.fault);
    return status ? status : answer_close(http, &json);
}

const struct http_route import_routes[] = {
    { MEMBER_ROUTE(HTTP_POST, "/sensors/import/preview", PERMISSION_SENSORS, WORK_READ),
      ROUTE_QUERY(preview_query, struct import_input), .bulk = true, .reads_body = true,
      .handler = post_preview },
    { MEMBER_ROUTE(HTTP_POST, "/sensors/import", PERMISSION_SENSORS, WORK_WRITE),
      ROUTE_QUERY(import_query, struct import_input), .dry_run = true, .bulk = true,
      .reads_body = true, .before = import_read_rows, .handler = post_import },
    { .path = NULL },
};
