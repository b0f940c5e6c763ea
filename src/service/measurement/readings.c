#include "service/measurement/readings.h"

#include <stdlib.h>
#include <string.h>

#include "domain/channel.h"
#include "service/core/cursor.h"
#include "service/core/transaction.h"
#include "service/measurement/block.h"
#include "service/measurement/held_states.h"
#include "service/measurement/journal.h"
#include "service/measurement/journal_index.h"
#include "statements.h"
#include "store/store.h"

enum {
    BLOCKS_A_WINDOW = 8,
    CURSOR_CHANNELS = 8, /* a place is at * CURSOR_CHANNELS + channel */
};

/* One list, while it is read: window by window, oldest first. */
struct list_context {
    const struct readings_query *query;
    int64_t sensor_id;
    int64_t organization_id;
    utc_seconds from; /* of the query, or later, where the page before ended */
    int64_t after;    /* the place of the last item of the page before, -1 for none */
    const int64_t *ids;
    size_t id_count;

    struct reading *items; /* room for limit + 1 */
    size_t room, count;
    struct buckets buckets; /* with a resolution */

    struct samples window;
};

/* The total that a major counts together with its minor. The minor is one of the samples of the
 * same instant; its metadata names the major (domain/channel.h). False if `sample` is no major, or
 * if its minor is missing. */
static bool
readings_total(int64_t *out, const struct sample *sample, const struct sample *instant,
               size_t count)
{
    int32_t minor = channel_type(sample->type)->minor;

    if (!minor || sample->kind != SAMPLE_VALUE)
        return false;
    for (size_t i = 0; i < count; i++)
        if (instant[i].type == minor && instant[i].kind == SAMPLE_VALUE
            && channel_reading(minor, instant[i].raw).meta == sample->channel - 1)
            return channel_total(out, sample->type, sample->raw, instant[i].raw);
    return false;
}

static bool
readings_is_full(const struct list_context *context)
{
    return context->count == context->room;
}

static int64_t
readings_place_of(const struct sample *sample)
{
    return sample->at * CURSOR_CHANNELS + sample->channel;
}

static void
readings_emit(struct list_context *context, const struct reading *reading)
{
    int64_t channel = context->query->channel;

    if (readings_is_full(context) || readings_place_of(&reading->sample) <= context->after
        || (channel && channel != reading->sample.channel))
        return;
    context->items[context->count++] = *reading;
}

static bool
readings_take_bucket(void *with, const struct bucket *bucket)
{
    struct list_context *context = with;

    readings_emit(
        context,
        &(struct reading){
            .sample = { .at = bucket->at, .type = bucket->type, .channel = bucket->channel },
            .min = bucket->min,
            .mean = bucket->mean,
            .max = bucket->max,
            .count = bucket->count,
        });
    return !readings_is_full(context);
}

/* Takes the samples of one instant, by channel. */
static void
readings_take_instant(struct list_context *context, const struct sample *samples, size_t count)
{
    if (context->query->resolution_seconds == 0) {
        for (size_t i = 0; i < count; i++) {
            struct reading reading = { .sample = samples[i] };
            reading.has_total = readings_total(&reading.total, &samples[i], samples, count);
            readings_emit(context, &reading);
        }
        return;
    }
    for (size_t i = 0; i < count; i++)
        buckets_add(&context->buckets, &samples[i]);
}

static int
readings_by_time(const void *a, const void *b)
{
    int64_t x = readings_place_of(a), y = readings_place_of(b);

    return (x > y) - (x < y);
}

static void
readings_take_window(struct list_context *context)
{
    struct samples *window = &context->window;

    if (window->count > 0)
        qsort(window->at, window->count, sizeof *window->at, readings_by_time);
    for (size_t i = 0, next; i < window->count && !readings_is_full(context); i = next) {
        for (next = i + 1; next < window->count && window->at[next].at == window->at[i].at;)
            next++;
        readings_take_instant(context, window->at + i, next - i);
    }
}

/* Fills the window with the blocks from `*day` on and the uncompacted samples of the same days.
 * Moves *day beyond them; UTC_NEVER at the end. */
static enum status
readings_read_window(struct call *call, struct list_context *context,
                     const struct samples *uncompacted, day_number *day)
{
    struct samples *window = &context->window;
    utc_seconds to = context->query->to, window_from = context->from, window_to = to;
    struct block_range range = {
        .organization_id = context->organization_id,
        .sensor_id = context->sensor_id,
        .from_day = *day,
        .to_day = to / UTC_DAY,
        .most = BLOCKS_A_WINDOW,
    };
    struct block_run run;
    size_t kept = 0;

    window->count = 0;
    enum status status = block_read_range(call, &range, window, &run);
    if (status)
        return status;
    *day = UTC_NEVER;
    if (run.count == BLOCKS_A_WINDOW) {
        *day = run.last_day + 1;
        window_to = *day * UTC_DAY < to ? *day * UTC_DAY : to;
    }
    if (range.from_day * UTC_DAY > window_from)
        window_from = range.from_day * UTC_DAY;
    samples_sort(window); /* blocks hold a day each: now by channel first */
    samples_merge(window, uncompacted->at, uncompacted->count);
    for (size_t i = 0; i < window->count; i++)
        if (window->at[i].at >= window_from && window->at[i].at < window_to)
            window->at[kept++] = window->at[i];
    window->count = kept;
    return STATUS_OK;
}

/* The buckets know which states hold when the list begins. */
static enum status
readings_begin_buckets(struct call *call, struct list_context *context,
                       const struct uncompacted *uncompacted)
{
    struct held_states *held = call_new(call, sizeof *held);

    if (!held)
        return STATUS_TOO_LARGE;
    enum status status = held_states_read(call,
                                          &(struct held_states_query){
                                              .organization_id = context->organization_id,
                                              .sensor_id = context->sensor_id,
                                              .from = context->from,
                                              .uncompacted = uncompacted,
                                          },
                                          held);
    context->buckets = (struct buckets){
        .resolution = context->query->resolution_seconds,
        .channel = context->query->channel,
        .limits = held->limits,
        .take = readings_take_bucket,
        .with = context,
    };
    buckets_begin(&context->buckets, context->from, held->before.at, held->before.count);
    return status;
}

static enum status
readings_list_body(struct call *call, void *with)
{
    struct list_context *context = with;
    bool has_buckets = context->query->resolution_seconds > 0;
    struct journal_query uncompacted_rows = {
        .organization_id = context->organization_id,
        .sensor_id = context->sensor_id,
        .ids = context->ids,
        .count = context->id_count,
        .from = context->from - (has_buckets ? HELD_STATES_DAYS * UTC_DAY : 0),
        .to = has_buckets ? UTC_NEVER : context->query->to,
    };
    struct uncompacted uncompacted;
    day_number day = context->from / UTC_DAY;

    context->count = 0;
    enum status status = journal_read(call, &uncompacted_rows, &uncompacted);
    if (!status && has_buckets)
        status = readings_begin_buckets(call, context, &uncompacted);
    while (!status && day != UTC_NEVER && !readings_is_full(context)) {
        status = call_check_time(call);
        if (!status)
            status = readings_read_window(call, context, &uncompacted.samples, &day);
        if (!status)
            readings_take_window(context);
    }
    if (!status && has_buckets)
        buckets_end(&context->buckets, context->query->to);
    samples_clear(&uncompacted.samples);
    samples_clear(&context->window);
    return status;
}

static enum status
readings_find_sensor(struct call *call, const char *serial, struct list_context *context)
{
    struct serial number;
    char text[SERIAL_TEXT_SIZE] = "";
    struct readings_sensor_out sensor;
    bool found;

    if (serial_parse(&number, serial, strlen(serial)))
        serial_format(text, number);
    enum status status = readings_sensor(
        &call->db, &(struct readings_sensor_in){ context->organization_id, text }, &sensor, &found);
    if (!status && !found)
        return call_fail(call, STATUS_NOT_FOUND, "", "", "there is no such sensor");
    if (!status)
        context->sensor_id = sensor.sensor_id;
    return status;
}

/* Fills the page, and the cursor of the next one. */
static enum status
readings_cut_page(struct call *call, struct list_context *context, struct readings_page *out)
{
    *out = (struct readings_page){ .items = context->items, .count = context->count };
    if (!readings_is_full(context))
        return STATUS_OK;
    out->count--;
    out->next = cursor_write(
        call, CURSOR_MEASUREMENTS,
        &(struct cursor_place){ .number = readings_place_of(&out->items[out->count - 1].sample) });
    return out->next ? STATUS_OK : call->db.fault.status;
}

enum status
readings_list(struct call *call, int64_t organization_id, const char *serial,
              const struct readings_query *query, struct readings_page *out)
{
    struct cursor_place place = { .number = -1 };
    struct list_context context = {
        .query = query,
        .organization_id = organization_id,
        .room = (size_t)query->page.limit + 1,
    };
    int64_t *ids;
    enum status status = readings_find_sensor(call, serial, &context);

    if (!status)
        status = cursor_read(call, CURSOR_MEASUREMENTS, query->page.cursor, &place);
    if (status)
        return status;
    context.items = call_new(call, context.room * sizeof *context.items);
    if (!context.items)
        return call_fail(call, STATUS_TOO_LARGE, "", "limit", "request fewer at a time");
    context.after = place.number;
    context.from = place.number / CURSOR_CHANNELS > query->from ? place.number / CURSOR_CHANNELS
                                                                : query->from;

    /* The index first, the store's snapshot after: journal_index.h. */
    status = journal_index_find(call, context.sensor_id, &ids, &context.id_count);
    context.ids = ids;
    if (!status)
        status = read_transact(call, readings_list_body, &context);
    return status ? status : readings_cut_page(call, &context, out);
}
