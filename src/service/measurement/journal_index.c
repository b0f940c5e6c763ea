#include "service/measurement/journal_index.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "service/measurement/damage.h"

#define NO_ROW UINT32_MAX

#define SET_ASIDE UINT32_MAX /* as the time of a sensor's oldest row */

enum {
    FIRST_SLOTS = 1024,             /* a power of two */
    SCAN_PLACES = 4096,             /* with the lock held: a fraction of a millisecond */
    PAUSE_NANOSECONDS = 100 * 1000, /* then long enough for other threads to take the lock */
};

struct row {
    int64_t journal_id;
    uint32_t received_at; /* whole seconds since 1970, until 2106; SET_ASIDE */
    uint32_t next;        /* of the same sensor, or of the free list */
};

/* A sensor without rows keeps its place: it will soon have more. */
struct place {
    int64_t sensor_id; /* 0: empty */
    int64_t organization_id;
    uint32_t first, last; /* rows, oldest first */
};

struct journal_index {
    pthread_mutex_t lock;
    struct place *places; /* open addressing, linear probing */
    size_t place_room, place_count;
    struct row *rows;
    size_t row_room, rows_used; /* rows_used includes the free ones */
    uint32_t free_row;
    size_t count;
    int64_t newest_id;
    struct damage_log *damage_log;
};

struct journal_index *
journal_index_open(void)
{
    struct journal_index *index = memory_new(1, sizeof *index);

    pthread_mutex_init(&index->lock, NULL);
    index->place_room = FIRST_SLOTS;
    index->places = memory_new(index->place_room, sizeof *index->places);
    index->free_row = NO_ROW;
    index->damage_log = damage_log_open();
    return index;
}

void
journal_index_close(struct journal_index *index)
{
    if (!index)
        return;
    pthread_mutex_destroy(&index->lock);
    free(index->places);
    free(index->rows);
    damage_log_close(index->damage_log);
    free(index);
}

void
journal_index_report_damage(const struct call *call, const struct damage *damage)
{
    damage_log_report(call->journal_index ? call->journal_index->damage_log : NULL, damage);
}

/* Sensor ids are random: no hash is needed. */
static struct place *
index_place_of(const struct journal_index *index, int64_t sensor_id)
{
    size_t mask = index->place_room - 1;
    size_t at = (size_t)sensor_id & mask;

    while (index->places[at].sensor_id && index->places[at].sensor_id != sensor_id)
        at = (at + 1) & mask;
    return &index->places[at];
}

static void
index_grow(struct journal_index *index)
{
    struct place *old = index->places;
    size_t old_room = index->place_room;

    index->place_room *= 2;
    index->places = memory_new(index->place_room, sizeof *index->places);
    for (size_t i = 0; i < old_room; i++)
        if (old[i].sensor_id)
            *index_place_of(index, old[i].sensor_id) = old[i];
    free(old);
}

static uint32_t
index_take_row(struct journal_index *index)
{
    uint32_t number = index->free_row;

    if (number != NO_ROW) {
        index->free_row = index->rows[number].next;
        return number;
    }
    if (index->rows_used == index->row_room) {
        index->row_room = index->row_room ? 2 * index->row_room : FIRST_SLOTS;
        index->rows = memory_must(realloc(index->rows, index->row_room * sizeof *index->rows));
    }
    assert(index->rows_used < NO_ROW);
    return (uint32_t)index->rows_used++;
}

static struct place *
index_make_place(struct journal_index *index, int64_t organization_id, int64_t sensor_id)
{
    if ((index->place_count + 1) * 2 > index->place_room)
        index_grow(index);
    struct place *place = index_place_of(index, sensor_id);
    if (!place->sensor_id) {
        *place = (struct place){ sensor_id, organization_id, NO_ROW, NO_ROW };
        index->place_count++;
    }
    return place;
}

/* Returns its number. before: the row before it in the sensor's list, or NO_ROW. */
static uint32_t
index_insert(struct journal_index *index, struct place *place, uint32_t before, int64_t journal_id,
             uint32_t received_at)
{
    uint32_t number = index_take_row(index);
    uint32_t *link = before == NO_ROW ? &place->first : &index->rows[before].next;

    index->rows[number] = (struct row){ journal_id, received_at, *link };
    *link = number;
    if (place->last == before)
        place->last = number;
    index->count++;
    if (journal_id > index->newest_id)
        index->newest_id = journal_id;
    return number;
}

void
journal_index_add(struct journal_index *index, int64_t organization_id, int64_t sensor_id,
                  int64_t journal_id, utc_seconds received_at)
{
    pthread_mutex_lock(&index->lock);
    struct place *place = index_make_place(index, organization_id, sensor_id);
    if (place->last == NO_ROW || index->rows[place->last].journal_id < journal_id)
        index_insert(index, place, place->last, journal_id, (uint32_t)received_at);
    pthread_mutex_unlock(&index->lock);
}

/* Removes row `number` from the sensor's list. before: the row before it, or NO_ROW. */
static void
index_free_row(struct journal_index *index, struct place *place, uint32_t before, uint32_t number)
{
    uint32_t next = index->rows[number].next;

    if (before == NO_ROW)
        place->first = next;
    else
        index->rows[before].next = next;
    if (place->last == number)
        place->last = before;
    index->rows[number].next = index->free_row;
    index->free_row = number;
    index->count--;
}

void
journal_index_remove(struct journal_index *index, int64_t sensor_id, const int64_t *ids,
                     size_t count)
{
    pthread_mutex_lock(&index->lock);
    struct place *place = index_place_of(index, sensor_id);
    uint32_t before = NO_ROW, number = place->sensor_id ? place->first : NO_ROW;
    size_t at = 0;
    while (number != NO_ROW && at < count) {
        uint32_t next = index->rows[number].next;
        while (at < count && ids[at] < index->rows[number].journal_id)
            at++;
        if (at < count && ids[at] == index->rows[number].journal_id)
            index_free_row(index, place, before, number);
        else
            before = number;
        number = next;
    }
    pthread_mutex_unlock(&index->lock);
}

enum status
journal_index_rows(struct call *call, int64_t sensor_id, size_t most, int64_t **ids, size_t *count)
{
    struct journal_index *index = call->journal_index;
    size_t found = 0;

    *count = 0;
    pthread_mutex_lock(&index->lock);
    const struct place *place = index_place_of(index, sensor_id);
    uint32_t first = place->sensor_id ? place->first : NO_ROW;
    for (uint32_t number = first; number != NO_ROW && found < most;
         number = index->rows[number].next)
        found++;
    *ids = arena_new(call->db.arena, (found + 1) * sizeof **ids);
    for (uint32_t number = first; *ids && *count < found; number = index->rows[number].next)
        (*ids)[(*count)++] = index->rows[number].journal_id;
    pthread_mutex_unlock(&index->lock);
    return *ids ? STATUS_OK
                : call_fail(call, STATUS_TOO_LARGE, "", "",
                            "the sensor has too many uncompacted messages");
}

enum status
journal_index_find(struct call *call, int64_t sensor_id, int64_t **ids, size_t *count)
{
    *ids = NULL;
    *count = 0;
    return call->journal_index
               ? journal_index_rows(call, sensor_id, JOURNAL_INDEX_MOST_ROWS, ids, count)
               : STATUS_OK;
}

static int
index_by_key(const void *a, const void *b)
{
    const struct journal_index_sensor *x = a, *y = b;

    if (x->organization_id != y->organization_id)
        return (x->organization_id > y->organization_id)
               - (x->organization_id < y->organization_id);
    return (x->sensor_id > y->sensor_id) - (x->sensor_id < y->sensor_id);
}

size_t
journal_index_sensors(struct journal_index *index, struct journal_index_sensor **out)
{
    size_t count = 0;

    pthread_mutex_lock(&index->lock);
    struct journal_index_sensor *sensors =
        memory_must(malloc((index->place_count + 1) * sizeof *sensors));
    for (size_t i = 0; i < index->place_room; i++) {
        const struct place *place = &index->places[i];
        if (place->sensor_id && place->first != NO_ROW)
            sensors[count++] =
                (struct journal_index_sensor){ place->organization_id, place->sensor_id };
    }
    pthread_mutex_unlock(&index->lock);
    qsort(sensors, count, sizeof *sensors, index_by_key);
    *out = sensors;
    return count;
}

/* The time of the oldest row at the places from `at` to `end`, or `oldest` if that is earlier. */
static utc_seconds
index_oldest_among(const struct journal_index *index, size_t at, size_t end, utc_seconds oldest)
{
    for (; at < end && at < index->place_room; at++) {
        const struct place *place = &index->places[at];
        if (!place->sensor_id || place->first == NO_ROW)
            continue;
        uint32_t received_at = index->rows[place->first].received_at;
        if (received_at != SET_ASIDE && received_at < oldest)
            oldest = received_at;
    }
    return oldest;
}

utc_seconds
journal_index_oldest(struct journal_index *index)
{
    const struct timespec pause = { .tv_nsec = PAUSE_NANOSECONDS };
    utc_seconds oldest = UTC_NEVER;
    size_t at = 0, room = 0;

    do {
        if (at > 0)
            nanosleep(&pause, NULL);
        pthread_mutex_lock(&index->lock);
        if (index->place_room != room) { /* it has grown: all places moved */
            room = index->place_room;
            at = 0;
        }
        oldest = index_oldest_among(index, at, at + SCAN_PLACES, oldest);
        pthread_mutex_unlock(&index->lock);
        at += SCAN_PLACES;
    } while (at < room);
    return oldest;
}

size_t
journal_index_set_aside(struct journal_index *index, int64_t sensor_id, bool *newly)
{
    size_t count = 0;

    pthread_mutex_lock(&index->lock);
    const struct place *place = index_place_of(index, sensor_id);
    uint32_t first = place->sensor_id ? place->first : NO_ROW;
    for (uint32_t number = first; number != NO_ROW; number = index->rows[number].next)
        count++;
    *newly = first != NO_ROW && index->rows[first].received_at != SET_ASIDE;
    if (*newly)
        index->rows[first].received_at = SET_ASIDE;
    pthread_mutex_unlock(&index->lock);
    return count;
}

struct journal_index_totals
journal_index_totals(struct journal_index *index)
{
    pthread_mutex_lock(&index->lock);
    struct journal_index_totals totals = { index->count, index->place_count, index->newest_id };
    pthread_mutex_unlock(&index->lock);
    return totals;
}

void
journal_index_replace(struct journal_index *index, struct journal_index *fresh)
{
    pthread_mutex_lock(&index->lock);
    struct journal_index kept = *index;
    index->places = fresh->places;
    index->place_room = fresh->place_room;
    index->place_count = fresh->place_count;
    index->rows = fresh->rows;
    index->row_room = fresh->row_room;
    index->rows_used = fresh->rows_used;
    index->free_row = fresh->free_row;
    index->count = fresh->count;
    if (fresh->newest_id > index->newest_id)
        index->newest_id = fresh->newest_id;
    fresh->places = kept.places;
    fresh->rows = kept.rows;
    pthread_mutex_unlock(&index->lock);
    journal_index_close(fresh);
}

/* Both lists ascend. */
static void
index_merge_place(struct journal_index *index, const struct journal_index *more,
                  const struct place *from)
{
    struct place *place = index_make_place(index, from->organization_id, from->sensor_id);
    uint32_t before = NO_ROW, after = place->first;

    for (uint32_t number = from->first; number != NO_ROW; number = more->rows[number].next) {
        const struct row *row = &more->rows[number];
        while (after != NO_ROW && index->rows[after].journal_id < row->journal_id) {
            before = after;
            after = index->rows[after].next;
        }
        if (after == NO_ROW || index->rows[after].journal_id != row->journal_id)
            before = index_insert(index, place, before, row->journal_id, row->received_at);
    }
}

size_t
journal_index_merge(struct journal_index *index, const struct journal_index *more)
{
    size_t added = 0;

    for (size_t i = 0; i < more->place_room; i++) {
        if (!more->places[i].sensor_id)
            continue;
        pthread_mutex_lock(&index->lock);
        size_t before = index->count;
        index_merge_place(index, more, &more->places[i]);
        added += index->count - before;
        pthread_mutex_unlock(&index->lock);
    }
    return added;
}
