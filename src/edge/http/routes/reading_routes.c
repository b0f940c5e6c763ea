/* reading_routes.c - measurements of a sensor, as JSON or CSV. */
#include "service/measurement/readings.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "domain/channel.h"
#include "edge/http/answer.h"
#include "edge/http/route.h"
#include "edge/http/routes/page_query.h"

enum {
    RESOLUTION_LEAST_SECONDS = 60,
    RESOLUTION_MOST_SECONDS = 31 * 86400,
    CSV_PAGE = 16 * 1024, /* measurements that are read at a time */
};

struct reading_input {
    struct readings_query query;
    bool has_to;
};

static const struct input_field reading_query[] = {
    { INPUT_AT("channel", struct reading_input, query.channel), .kind = INPUT_INT64, .least = 1,
      .most = SAMPLE_MOST_CHANNELS },
    { INPUT_AT("from", struct reading_input, query.from), .kind = INPUT_TIME },
    { INPUT_AT("to", struct reading_input, query.to), .kind = INPUT_TIME,
      .has = offsetof(struct reading_input, has_to) },
    { INPUT_AT("resolution", struct reading_input, query.resolution_seconds),
      .kind = INPUT_DURATION, .least = RESOLUTION_LEAST_SECONDS, .most = RESOLUTION_MOST_SECONDS },
    { INPUT_AT("limit", struct reading_input, query.page.limit), .kind = INPUT_INT64, .least = 1,
      .most = PAGE_MOST },
    { INPUT_AT("cursor", struct reading_input, query.page.cursor), .kind = INPUT_TEXT, .least = 1,
      .most = PAGE_CURSOR_MOST_BYTES },
    INPUT_END,
};

static void
write_reading(struct json_writer *json, const void *item)
{
    const struct reading *reading = item;

    write_channel(json, &reading->sample);
    write_sample(json, &reading->sample);
    if (reading->has_total)
        json_put_int64(json, "total", reading->total);
}

static void
write_bucket(struct json_writer *json, const void *item)
{
    const struct reading *bucket = item;

    write_channel(json, &bucket->sample);
    json_put_time(json, "at", bucket->sample.at);
    json_put_real(json, "min", bucket->min);
    json_put_real(json, "mean", bucket->mean);
    json_put_real(json, "max", bucket->max);
    json_put_int64(json, "count", bucket->count);
}

static enum status
answer_json(struct http_request *http, struct call *call, const struct readings_query *query)
{
    answer_writer *write = query->resolution_seconds ? write_bucket : write_reading;
    struct readings_page page;
    enum status status = readings_list(call, http->organization_id, http->serial, query, &page);

    return status ? status : answer_list(http, ANSWER_PAGE(page, write));
}

/* RFC 4180. No name and no unit of a channel holds a comma, a quote or a line break. */
static void
write_csv_channel(struct buffer *out, const struct sample *sample)
{
    char name[CHANNEL_NAME_SIZE], at[UTC_TEXT_SIZE];

    channel_name(name, sample->type);
    utc_format(at, sample->at);
    buffer_printf(out, "%d,%s,%s,%s,", sample->channel, name, channel_type(sample->type)->unit, at);
}

/* Writes numbers as JSON does. A value that is absent is empty. */
static void
write_csv_reading(struct buffer *out, const struct reading *reading)
{
    const struct sample *sample = &reading->sample;
    struct channel_reading value = { .has_meta = false };
    struct json_writer json;

    write_csv_channel(out, sample);
    json_begin(&json, out);
    if (sample->kind == SAMPLE_VALUE) {
        value = channel_reading(sample->type, sample->raw);
        json_write_real(&json, value.value);
    }
    buffer_text(out, ",");
    if (sample->kind == SAMPLE_STATE)
        buffer_text(out, channel_state_word(sample->type, sample->raw));
    buffer_text(out, ",");
    if (sample->kind == SAMPLE_ERROR)
        buffer_printf(out, "%lld", (long long)sample->raw);
    buffer_text(out, ",");
    if (value.has_meta)
        buffer_printf(out, "%d", value.meta);
    buffer_text(out, ",");
    if (reading->has_total)
        buffer_printf(out, "%lld", (long long)reading->total);
    buffer_text(out, "\r\n");
}

static void
write_csv_bucket(struct buffer *out, const struct reading *reading)
{
    const double numbers[] = { reading->min, reading->mean, reading->max };
    struct json_writer json;

    write_csv_channel(out, &reading->sample);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        json_begin(&json, out);
        if (isfinite(numbers[i]))
            json_write_real(&json, numbers[i]);
        buffer_text(out, ",");
    }
    buffer_printf(out, "%lld\r\n", (long long)reading->count);
}

/* Adds one page, which lives in its own arena. Writes the next cursor, or "" after the last page.
 */
static enum status
write_csv_page(struct http_request *http, struct call *call, const struct readings_query *query,
               char cursor[PAGE_CURSOR_MOST_BYTES + 1])
{
    struct arena *outer = call->db.arena, arena;
    struct readings_page page = { .count = 0 };

    arena_init(&arena, HTTP_ARENA_MOST_BYTES);
    call->db.arena = &arena;
    enum status status = readings_list(call, http->organization_id, http->serial, query, &page);
    call->db.arena = outer;
    for (size_t i = 0; !status && i < page.count; i++)
        (query->resolution_seconds ? write_csv_bucket : write_csv_reading)(&http->answer.body,
                                                                           &page.items[i]);
    snprintf(cursor, PAGE_CURSOR_MOST_BYTES + 1, "%s", !status && page.next ? page.next : "");
    arena_clear(&arena);
    return status;
}

/* Without a limit the answer holds page after page until it has no more room, or no more time. The
 * Link header points to the rest. */
static enum status
answer_csv(struct http_request *http, struct call *call, struct readings_query query)
{
    const size_t enough = HTTP_ANSWER_MOST_BYTES - CSV_PAGE * 256;
    struct buffer *out = &http->answer.body;
    bool whole = query.page.limit == 0;
    char cursor[PAGE_CURSOR_MOST_BYTES + 1];

    query.page.limit = whole ? CSV_PAGE : query.page.limit;
    buffer_text(out, "channel,type,unit,at,");
    buffer_text(out, query.resolution_seconds ? "min,mean,max,count\r\n"
                                              : "value,state,error_code,meta,total\r\n");
    do {
        enum status status = write_csv_page(http, call, &query, cursor);
        if (status && query.page.cursor && http->is_long && call_check_time(call))
            break; /* the pages before this one are whole */
        if (status)
            return status;
        query.page.cursor = *cursor ? cursor : NULL;
    } while (whole && query.page.cursor && out->size < enough);
    http->answer.code = 200;
    http->answer.content_type = "text/csv; charset=utf-8";
    answer_header(http, "Content-Disposition", "attachment; filename=\"measurements.csv\"");
    answer_link_next(http, query.page.cursor);
    return STATUS_OK;
}

static bool
wants_csv(const char *accept)
{
    return accept && !strncmp(accept, "text/csv", 8);
}

/* A download reads a whole range. */
static bool
reading_is_long(const struct http_request *http)
{
    return wants_csv(http->headers.accept);
}

/* GET /organizations/{org}/sensors/{serial}/measurements */
static enum status
get_measurements(struct http_request *http, struct call *call)
{
    struct reading_input *input = http->input;

    if (!input->has_to)
        input->query.to = UTC_NEVER;
    answer_header(http, "Vary", "Accept");
    if (wants_csv(http->headers.accept))
        return answer_csv(http, call, input->query);
    if (input->query.page.limit == 0)
        input->query.page.limit = PAGE_LIMIT;
    return answer_json(http, call, &input->query);
}

const struct http_route reading_routes[] = {
    { MEMBER_ROUTE(HTTP_GET, "/sensors/{serial}/measurements", PERMISSION_SEE, WORK_READ),
      ROUTE_QUERY(reading_query, struct reading_input), .handler = get_measurements,
      .is_long = reading_is_long },
    { .path = NULL },
};
