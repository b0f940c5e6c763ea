#include "service/ingest/refused_messages.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "domain/series.h"
#include "statements.h"
#include "store/in_list.h"
#include "store/store.h"

enum {
    DIGEST_BYTES = 8,
    ENTRY_BYTES = DIGEST_BYTES + 4,
    HOUR_SECONDS = 60 * 60,
    TRIM_ROWS = 1000,
};

struct refused_entry {
    uint64_t digest;
    utc_seconds at;
};

/* The messages that a sensor sent, oldest first. */
struct refused_history {
    struct refused_entry entries[REFUSED_MESSAGES_MOST];
    size_t count;
};

static void
history_put_number(uint8_t *out, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)(number >> 8 * i);
}

static uint64_t
history_number(const uint8_t *bytes, size_t size)
{
    uint64_t number = 0;

    for (size_t i = 0; i < size; i++)
        number |= (uint64_t)bytes[i] << 8 * i;
    return number;
}

/* Leaves out digests that are too old, or later than now because the clock was set back. */
static void
history_decode(struct refused_history *out, struct bytes digests, utc_seconds now)
{
    const uint8_t *bytes = digests.at;

    out->count = 0;
    for (size_t at = 0; at + ENTRY_BYTES <= digests.size && out->count < REFUSED_MESSAGES_MOST;
         at += ENTRY_BYTES) {
        struct refused_entry entry = {
            history_number(bytes + at, DIGEST_BYTES),
            (utc_seconds)history_number(bytes + at + DIGEST_BYTES, ENTRY_BYTES - DIGEST_BYTES),
        };
        if (entry.at <= now && now - entry.at <= REFUSED_MESSAGES_SECONDS)
            out->entries[out->count++] = entry;
    }
}

static enum status
history_encode(struct call *call, const struct refused_history *history, struct bytes *out)
{
    uint8_t *bytes = call_new(call, history->count * ENTRY_BYTES + 1);

    if (!bytes)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < history->count; i++) {
        const struct refused_entry *entry = &history->entries[i];
        uint8_t *at = bytes + i * ENTRY_BYTES;
        history_put_number(at, entry->digest, DIGEST_BYTES);
        history_put_number(at + DIGEST_BYTES, (uint64_t)entry->at, ENTRY_BYTES - DIGEST_BYTES);
    }
    *out = (struct bytes){ bytes, history->count * ENTRY_BYTES };
    return STATUS_OK;
}

static void
history_remove(struct refused_history *history, size_t place)
{
    memmove(history->entries + place, history->entries + place + 1,
            (history->count - place - 1) * sizeof *history->entries);
    history->count--;
}

/* Puts the message at the end. True: it was already there. */
static bool
history_add(struct refused_history *history, uint64_t digest, utc_seconds now)
{
    size_t place = 0;

    while (place < history->count && history->entries[place].digest != digest)
        place++;
    bool is_there = place < history->count;
    if (is_there)
        history_remove(history, place);
    else if (history->count == REFUSED_MESSAGES_MOST)
        history_remove(history, 0);
    history->entries[history->count++] = (struct refused_entry){ digest, now };
    return is_there;
}

static enum status
refused_find_digest(struct call *call, struct refused_message *message)
{
    const struct delivery *delivery = message->delivery;
    size_t room = series_bound(delivery->sample_count);
    uint8_t hash[HASH_BYTES], *bytes = call_new(call, room);

    if (!bytes)
        return STATUS_TOO_LARGE;
    hash_bytes(hash, bytes, series_encode(bytes, room, delivery->samples, delivery->sample_count),
               NULL);
    message->digest = history_number(hash, DIGEST_BYTES);
    return STATUS_OK;
}

static int
refused_by_sensor(const void *a, const void *b)
{
    const struct refused_message *x = a, *y = b;

    if (x->organization_id != y->organization_id)
        return (x->organization_id > y->organization_id)
               - (x->organization_id < y->organization_id);
    if (x->sensor_id != y->sensor_id)
        return (x->sensor_id > y->sensor_id) - (x->sensor_id < y->sensor_id);
    return (x->place > y->place) - (x->place < y->place);
}

/* The sensors of the messages, each once, with the digests that the store has. */
struct refused_sensors {
    struct refused_message_put_in *rows;
    size_t count;
};

/* Reads the digests of the first sensors, at most 32, of one organization; *count: the number of
 * sensors. */
static enum status
refused_read_some(struct call *call, struct refused_message_put_in *rows, size_t *count)
{
    enum { MOST = sizeof((struct refused_message_rows_in *)0)->sensor_ids / sizeof(int64_t) };
    struct refused_message_rows_in in = { .organization_id = rows->organization_id };
    struct refused_message_rows_out *found;
    size_t some = 0, found_count;
    int64_t ids[MOST];

    while (some < *count && some < MOST && rows[some].organization_id == in.organization_id) {
        ids[some] = rows[some].sensor_id;
        some++;
    }
    *count = IN_LIST_FILL(in.sensor_ids, ids, some);
    enum status status = refused_message_rows(&call->db, &in, &found, &found_count);
    for (size_t i = 0, at = 0; i < some && !status; i++) { /* both are sorted */
        while (at < found_count && found[at].sensor_id < rows[i].sensor_id)
            at++;
        if (at < found_count && found[at].sensor_id == rows[i].sensor_id)
            rows[i].digests = found[at].digests;
    }
    return status;
}

static enum status
refused_read_all(struct call *call, const struct refused_sensors *sensors)
{
    enum status status = STATUS_OK;

    for (size_t done = 0, some; done < sensors->count && !status; done += some) {
        some = sensors->count - done;
        status = refused_read_some(call, sensors->rows + done, &some);
    }
    return status;
}

/* Decides about the messages of one sensor, and writes its new digests into its row. */
static enum status
refused_decide(struct call *call, struct refused_message *messages, size_t count,
               struct refused_message_put_in *row)
{
    struct refused_history history;

    history_decode(&history, row->digests, call->now);
    for (size_t i = 0; i < count; i++)
        messages[i].is_repeat = history_add(&history, messages[i].digest, call->now);
    row->last_hour = call->now / HOUR_SECONDS;
    return history_encode(call, &history, &row->digests);
}

static size_t
refused_count_sensor(const struct refused_message *messages, size_t count)
{
    size_t some = 1;

    while (some < count && messages[some].sensor_id == messages[0].sensor_id)
        some++;
    return some;
}

enum status
refused_messages_note(struct call *call, struct refused_message *messages, size_t count)
{
    struct refused_sensors sensors = { call_new(call, (count + 1) * sizeof *sensors.rows), 0 };
    enum status status = sensors.rows ? STATUS_OK : STATUS_TOO_LARGE;

    if (count > 1)
        qsort(messages, count, sizeof *messages, refused_by_sensor);
    for (size_t i = 0; i < count && !status; i++) {
        status = refused_find_digest(call, &messages[i]);
        if (i == 0 || messages[i].sensor_id != messages[i - 1].sensor_id)
            sensors.rows[sensors.count++] = (struct refused_message_put_in){
                .organization_id = messages[i].organization_id,
                .sensor_id = messages[i].sensor_id,
            };
    }
    if (!status)
        status = refused_read_all(call, &sensors);
    for (size_t i = 0, sensor = 0, some; i < count && !status; i += some) {
        some = refused_count_sensor(messages + i, count - i);
        status = refused_decide(call, messages + i, some, &sensors.rows[sensor++]);
    }
    if (status || sensors.count == 0)
        return status;
    return refused_message_put(&call->db, sensors.rows, sensors.count, NULL);
}

enum status
refused_messages_job_run(struct call *call, bool *more)
{
    struct refused_messages_trim_in in = { call->now / HOUR_SECONDS - 1, TRIM_ROWS };
    int64_t deleted = 0;
    enum status status = refused_messages_trim(&call->db, &in, &deleted);

    *more = deleted == TRIM_ROWS;
    return status;
}

enum status
refused_messages_job_next_at(struct call *call, utc_seconds *at)
{
    struct refused_messages_first_out first;
    enum status status = refused_messages_first(&call->db, &first);

    *at = !status && first.last_hour.is ? (first.last_hour.value + 2) * HOUR_SECONDS : UTC_NEVER;
    return status;
}
