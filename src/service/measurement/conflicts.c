#include "service/measurement/conflicts.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "service/measurement/block.h"
#include "statements.h"
#include "store/store.h"

enum { DIGEST_BYTES = 8 };

static int
conflict_by_content(const void *a, const void *b)
{
    const struct sample *x = a, *y = b;

    if (x->channel != y->channel)
        return (x->channel > y->channel) - (x->channel < y->channel);
    if (x->at != y->at)
        return (x->at > y->at) - (x->at < y->at);
    if (x->type != y->type)
        return (x->type > y->type) - (x->type < y->type);
    if (x->kind != y->kind)
        return (x->kind > y->kind) - (x->kind < y->kind);
    return (x->raw > y->raw) - (x->raw < y->raw);
}

static int
conflict_by_place(const void *a, const void *b)
{
    const struct sample *x = a, *y = b;

    if (x->channel != y->channel)
        return (x->channel > y->channel) - (x->channel < y->channel);
    return (x->at > y->at) - (x->at < y->at);
}

/* The sample of the same channel and time; NULL: none. `samples` are sorted. */
static const struct sample *
conflict_find_saved(const struct samples *samples, const struct sample *sample)
{
    if (samples->count == 0)
        return NULL;
    return bsearch(sample, samples->at, samples->count, sizeof *sample, conflict_by_place);
}

static void
conflicts_append(struct samples *samples, const struct sample *sample)
{
    *samples_reserve(samples, 1) = *sample;
    samples->count++;
}

/* Adds the conflicts of one day. `arrived`: its samples in the order of arrival. */
static enum status
conflicts_find_day(struct call *call, const struct block_place *place,
                   const struct samples *arrived, struct samples *conflicts)
{
    struct block_range day = { place->organization_id, place->sensor_id, place->day, place->day,
                               1 };
    struct block_run run;
    struct samples block = { 0 }, first = { 0 };
    enum status status = block_read_range(call, &day, &block, &run);

    samples_take_day(&first, arrived, place->day);
    samples_sort(&first);
    for (size_t i = 0; i < arrived->count && !status; i++) {
        const struct sample *sample = &arrived->at[i], *saved = conflict_find_saved(&block, sample);
        if (!saved)
            saved = conflict_find_saved(&first, sample);
        if (conflict_by_content(saved, sample) != 0)
            conflicts_append(conflicts, sample);
    }
    samples_clear(&block);
    samples_clear(&first);
    return status;
}

/* Adds the conflicts of all days. */
static enum status
conflicts_find_days(struct call *call, struct block_place place, const struct samples *arrived,
                    struct samples *conflicts)
{
    struct samples of_day = { 0 };
    enum status status = STATUS_OK;

    for (place.day = samples_next_day(arrived, -1); !status && place.day != INT64_MAX;
         place.day = samples_next_day(arrived, place.day)) {
        samples_take_day(&of_day, arrived, place.day);
        status = conflicts_find_day(call, &place, &of_day, conflicts);
    }
    samples_clear(&of_day);
    return status;
}

static void
conflict_digest(uint8_t out[DIGEST_BYTES], const struct sample *sample)
{
    int64_t content[] = { sample->channel, sample->at, sample->type, sample->kind, sample->raw };
    uint8_t hash[HASH_BYTES];

    hash_bytes(hash, content, sizeof content, NULL);
    memcpy(out, hash, DIGEST_BYTES);
}

static bool
conflict_is_known(const uint8_t *known, size_t count, const uint8_t digest[DIGEST_BYTES])
{
    for (size_t i = 0; i < count; i++)
        if (memcmp(known + i * DIGEST_BYTES, digest, DIGEST_BYTES) == 0)
            return true;
    return false;
}

/* Counts the conflicts that are not known, each once, and adds them to the known ones. */
static enum status
conflicts_count(struct call *call, const struct samples *conflicts, struct bytes known,
                struct conflicts *out)
{
    size_t known_count = known.size / DIGEST_BYTES, count = known_count;
    uint8_t *digests = call_new(call, (known_count + conflicts->count + 1) * DIGEST_BYTES);

    if (!digests)
        return STATUS_TOO_LARGE;
    if (known_count > 0)
        memcpy(digests, known.at, known_count * DIGEST_BYTES);
    if (conflicts->count > 0)
        qsort(conflicts->at, conflicts->count, sizeof *conflicts->at, conflict_by_content);
    for (size_t i = 0; i < conflicts->count; i++) {
        uint8_t *digest = digests + count * DIGEST_BYTES;
        if (i > 0 && conflict_by_content(&conflicts->at[i - 1], &conflicts->at[i]) == 0)
            continue;
        conflict_digest(digest, &conflicts->at[i]);
        count += !conflict_is_known(digests, known_count, digest);
    }
    size_t kept = count < CONFLICTS_MOST_KNOWN ? count : CONFLICTS_MOST_KNOWN;
    *out = (struct conflicts){ count - known_count,
                               { digests + (count - kept) * DIGEST_BYTES, kept * DIGEST_BYTES } };
    return STATUS_OK;
}

enum status
conflicts_find(struct call *call, const struct journal_query *rows, struct bytes known,
               struct conflicts *out)
{
    struct journal_query all = *rows;
    struct block_place place = { rows->organization_id, rows->sensor_id, 0 };
    struct uncompacted arrived;
    struct samples conflicts = { 0 };

    all.keeps_repeats = true;
    all.rows = NULL;
    enum status status = journal_read(call, &all, &arrived);
    if (!status)
        status = conflicts_find_days(call, place, &arrived.samples, &conflicts);
    if (!status)
        status = conflicts_count(call, &conflicts, known, out);
    samples_clear(&arrived.samples);
    samples_clear(&conflicts);
    return status;
}

static int
conflict_by_sensor(const void *a, const void *b)
{
    const struct conflict_watch_mark_in *x = a, *y = b;

    if (x->organization_id != y->organization_id)
        return (x->organization_id > y->organization_id)
               - (x->organization_id < y->organization_id);
    return (x->sensor_id > y->sensor_id) - (x->sensor_id < y->sensor_id);
}

/* In the order of the job, so that two processes never wait for each other; each once, because
 * PostgreSQL changes a row once a statement. */
enum status
conflicts_mark(struct call *call, const struct conflicting_sensor *sensors, size_t count)
{
    struct conflict_watch_mark_in *marks = call_new(call, (count + 1) * sizeof *marks);
    size_t some = 0;

    if (!marks)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        marks[i] =
            (struct conflict_watch_mark_in){ sensors[i].organization_id, sensors[i].sensor_id };
    if (count > 1)
        qsort(marks, count, sizeof *marks, conflict_by_sensor);
    for (size_t i = 0; i < count; i++)
        if (some == 0 || conflict_by_sensor(&marks[some - 1], &marks[i]) != 0)
            marks[some++] = marks[i];
    return some > 0 ? conflict_watch_mark(&call->db, marks, some, NULL) : STATUS_OK;
}
