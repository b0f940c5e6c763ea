#include "service/measurement/journal_index.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "service/measurement/damage.h"
#include "statements.h"
#include "store/store.h"

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

void
journal_index_add(struct journal_index *index, int64_t organization_id, int64_t sensor_id,
                  int64_t journal_id, utc_seconds received_at)
{
    pthread_mutex_lock(&index->lock);
    if ((index->place_count + 1) * 2 > index->place_room)
        index_grow(index);
    struct place *place = index_place_of(index, sensor_id);
    if (!place->sensor_id) {
        *place = (struct place){ sensor_id, organization_id, NO_ROW, NO_ROW };
        index->place_count++;
    }
    if (place->first != NO_ROW && index->rows[place->last].journal_id >= journal_id) {
        pthread_mutex_unlock(&index->lock); /* it is in the index already */
        return;
    }
    uint32_t number = index_take_row(index);
    index->rows[number] = (struct row){ journal_id, (uint32_t)received_at, NO_ROW };
    if (place->first == NO_ROW)
        place->first = number;
    else
        index->rows[place->last].next = number;
    place->last = number;
    index->count++;
    if (journal_id > index->newest_id)
        index->newest_id = journal_id;
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

static enum status
index_load_row(void *with, const struct journal_index_load_out *row, struct fault *fault)
{
    (void)fault;
    journal_index_add(with, row->organization_id, row->sensor_id, row->id, row->received_at);
    return STATUS_OK;
}

/* Exchanges everything except the lock and the damage log. */
static void
index_exchange(struct journal_index *index, struct journal_index *other)
{
    struct journal_index kept = *index;

    index->places = other->places;
    index->place_room = other->place_room;
    index->place_count = other->place_count;
    index->rows = other->rows;
    index->row_room = other->row_room;
    index->rows_used = other->rows_used;
    index->free_row = other->free_row;
    index->count = other->count;
    if (other->newest_id > index->newest_id)
        index->newest_id = other->newest_id;
    other->places = kept.places;
    other->rows = kept.rows;
}

enum status
journal_index_rebuild(struct call *call)
{
    struct journal_index *fresh = journal_index_open();
    enum status status = journal_index_load(&call->db, index_load_row, fresh);

    if (!status) {
        pthread_mutex_lock(&call->journal_index->lock);
        index_exchange(call->journal_index, fresh);
        pthread_mutex_unlock(&call->journal_index->lock);
    }
    journal_index_close(fresh);
    return status;
}
