#include "service/measurement/readings.h"

#include <stdlib.h>
#include <string.h>

#include "service/core/cursor.h"
#include "service/core/transaction.h"
#include "service/measurement/block.h"
#include "service/measurement/bucket.h"
#include "service/measurement/journal.h"
#include "service/measurement/journal_index.h"
#include "statements.h"
#include "store/store.h"

enum {
    BLOCKS_A_WINDOW = 8,
    CURSOR_LIST = 'm',
    CURSOR_CHANNELS = 8, /* a place is at * CURSOR_CHANNELS + channel */
};

/* One list on its way: samples come window by window, oldest first. */
struct listing {
    const struct call *call;
    const struct readings_query *query;
    int64_t sensor_id;
    int64_t organization_id;
    utc_seconds from; /* of the query, or later, where the page before ended */
    int64_t after;    /* the place of the last item of the page before, -1 for none */
    const int64_t *ids;
    size_t id_count;

    struct reading *items; /* room for limit + 1 */
    size_t room, count;
    struct bucket buckets[SAMPLE_MOST_CHANNELS + 1]; /* by channel; the one being filled */
    utc_seconds bucket_at;

    /* The window. */
    struct samples window;
    day_number last_block_day;
    size_t block_count;
};

static bool
is_full(const struct listing *listing)
{
    return listing->count == listing->room;
}

static int64_t
place_of(const struct sample *sample)
{
    return sample->at * CURSOR_CHANNELS + sample->channel;
}

static void
emit(struct listing *listing, const struct reading *reading)
{
    int64_t channel = listing->query->channel;

    if (is_full(listing) || place_of(&reading->sample) <= listing->after
        || (channel && channel != reading->sample.channel))
        return;
    listing->items[listing->count++] = *reading;
}

static void
flush_buckets(struct listing *listing)
{
    for (size_t channel = 1; channel <= SAMPLE_MOST_CHANNELS; channel++) {
        struct bucket *bucket = &listing->buckets[channel];
        if (bucket->count > 0)
            emit(listing, &(struct reading){
                              .sample = { .at = listing->bucket_at,
                                          .type = bucket->type,
                                          .channel = (uint8_t)channel },
                              .min = bucket->min,
                              .mean = bucket->sum / (double)bucket->count,
                              .max = bucket->max,
                              .count = bucket->count,
                          });
        *bucket = (struct bucket){ 0 };
    }
}

/* Samples of one instant, by channel. */
static void
take_instant(struct listing *listing, const struct sample *samples, size_t count)
{
    int64_t resolution = listing->query->resolution_seconds;

    if (resolution == 0) {
        for (size_t i = 0; i < count; i++) {
            struct reading reading = { .sample = samples[i] };
            reading.has_total = bucket_total(&reading.total, &samples[i], samples, count);
            emit(listing, &reading);
        }
        return;
    }
    utc_seconds at = samples[0].at - samples[0].at % resolution;
    if (at != listing->bucket_at)
        flush_buckets(listing);
    listing->bucket_at = at;
    for (size_t i = 0; i < count; i++)
        bucket_add(&listing->buckets[samples[i].channel], &samples[i]);
}

static int
by_time(const void *a, const void *b)
{
    int64_t x = place_of(a), y = place_of(b);

    return (x > y) - (x < y);
}

static void
take_window(struct listing *listing)
{
    struct samples *window = &listing->window;

    if (window->count > 0)
        qsort(window->at, window->count, sizeof *window->at, by_time);
    for (size_t i = 0, next; i < window->count && !is_full(listing); i = next) {
        for (next = i + 1; next < window->count && window->at[next].at == window->at[i].at;)
            next++;
        take_instant(listing, window->at + i, next - i);
    }
}

static enum status
take_block(void *with, const struct blocks_from_out *row, struct fault *fault)
{
    struct listing *listing = with;
    struct block_place place = { listing->organization_id, listing->sensor_id, row->day };

    (void)fault;
    block_add(listing->call, &place, &listing->window, row->samples);
    listing->last_block_day = row->day;
    listing->block_count++;
    return STATUS_OK;
}

/* Fills the window with the blocks from `day` on and what is uncompacted of the same
 * days. Returns through *next the first day after it, UTC_NEVER at the end. */
static enum status
read_window(struct call *call, struct listing *listing, const struct samples *uncompacted,
            day_number day, day_number *next)
{
    utc_seconds to = listing->query->to, window_from = listing->from, window_to = to;
    size_t kept = 0;

    listing->window.count = listing->block_count = 0;
    enum status status = blocks_from(call->store, call->arena,
                                     &(struct blocks_from_in){
                                         .organization_id = listing->organization_id,
                                         .sensor_id = listing->sensor_id,
                                         .from_day = day,
                                         .to_day = to / UTC_DAY,
                                         .most = BLOCKS_A_WINDOW,
                                     },
                                     take_block, listing, &call->fault);
    if (status)
        return status;
    *next = UTC_NEVER;
    if (listing->block_count == BLOCKS_A_WINDOW) {
        *next = listing->last_block_day + 1;
        window_to = *next * UTC_DAY < to ? *next * UTC_DAY : to;
    }
    if (day * UTC_DAY > window_from)
        window_from = day * UTC_DAY;
    samples_sort(&listing->window); /* blocks hold a day each: now by channel first */
    samples_merge(&listing->window, uncompacted->at, uncompacted->count);
    for (size_t i = 0; i < listing->window.count; i++)
        if (listing->window.at[i].at >= window_from && listing->window.at[i].at < window_to)
            listing->window.at[kept++] = listing->window.at[i];
    listing->window.count = kept;
    return STATUS_OK;
}

static enum status
list_body(struct call *call, void *with)
{
    struct listing *listing = with;
    struct journal_query uncompacted_rows = {
        .organization_id = listing->organization_id,
        .sensor_id = listing->sensor_id,
        .ids = listing->ids,
        .count = listing->id_count,
        .from = listing->from,
        .to = listing->query->to,
    };
    struct uncompacted uncompacted;
    day_number day = listing->from / UTC_DAY;

    listing->count = 0;
    memset(listing->buckets, 0, sizeof listing->buckets);
    enum status status = journal_read(call, &uncompacted_rows, &uncompacted);
    while (!status && day != UTC_NEVER && !is_full(listing)) {
        status = read_window(call, listing, &uncompacted.samples, day, &day);
        if (!status)
            take_window(listing);
    }
    flush_buckets(listing);
    samples_clear(&uncompacted.samples);
    samples_clear(&listing->window);
    return status;
}

static enum status
find_sensor(struct call *call, const char *serial, struct listing *listing)
{
    struct serial number;
    char text[SERIAL_TEXT_SIZE] = "";
    struct readings_sensor_out sensor;
    bool found;

    if (serial_parse(&number, serial, strlen(serial)))
        serial_format(text, number);
    enum status status = readings_sensor(
        call->store, call->arena, &(struct readings_sensor_in){ listing->organization_id, text },
        &sensor, &found, &call->fault);
    if (!status && !found)
        return fail(&call->fault, STATUS_NOT_FOUND, "", "", "there is no such sensor");
    if (!status)
        listing->sensor_id = sensor.sensor_id;
    return status;
}

/* The page itself, and where the next one begins. */
static enum status
cut_page(struct call *call, struct listing *listing, struct readings_page *out)
{
    *out = (struct readings_page){ .items = listing->items, .count = listing->count };
    if (!is_full(listing))
        return STATUS_OK;
    out->count--;
    out->next = cursor_write(
        call, CURSOR_LIST,
        &(struct cursor_place){ .number = place_of(&out->items[out->count - 1].sample) });
    return out->next ? STATUS_OK : call->fault.status;
}

enum status
readings_list(struct call *call, int64_t organization_id, const char *serial,
              const struct readings_query *query, struct readings_page *out)
{
    struct cursor_place place = { .number = -1 };
    struct listing listing = {
        .call = call,
        .query = query,
        .organization_id = organization_id,
        .room = (size_t)query->page.limit + 1,
    };
    int64_t *ids;
    enum status status = find_sensor(call, serial, &listing);

    if (!status)
        status = cursor_read(call, CURSOR_LIST, query->page.cursor, &place);
    if (status)
        return status;
    listing.items = arena_new(call->arena, listing.room * sizeof *listing.items);
    if (!listing.items)
        return fail(&call->fault, STATUS_TOO_LARGE, "", "limit", "ask for fewer at once");
    listing.after = place.number;
    listing.from = place.number / CURSOR_CHANNELS > query->from ? place.number / CURSOR_CHANNELS
                                                                : query->from;

    /* The index first, the store's snapshot after: journal_index.h. */
    status = journal_index_find(call, listing.sensor_id, &ids, &listing.id_count);
    listing.ids = ids;
    if (!status)
        status = read_transact(call, list_body, &listing);
    return status ? status : cut_page(call, &listing, out);
}
