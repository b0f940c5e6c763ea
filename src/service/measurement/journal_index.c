#include "service/measurement/journal_index.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "service/measurement/damage_log.h"
#include "statements.h"
#include "store/store.h"

#define NO_ROW UINT32_MAX

#define SET_ASIDE UINT32_MAX /* as the time of a sensor's oldest row */

enum {
    FIRST_SLOTS = 1024,              /* a power of two */
    LOOK_PLACES = 4096,              /* with the lock held: a fraction of a millisecond, */
    LET_IN_NANOSECONDS = 100 * 1000, /* then long enough for others to wake up and take it */
};

struct row {
    int64_t journal_id;
    uint32_t received_at; /* whole seconds since 1970, until 2106; SET_ASIDE */
    uint32_t next;        /* of the same sensor, or of the free list */
};

/* A sensor keeps its place when its rows are gone: it will soon have more. */
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
    size_t row_room, rows_used; /* rows_used: from the start, free ones included */
    uint32_t free_row;
    size_t count;
    int64_t newest_id;
    struct damage_log *damage_log;
};

struct journal_index *
journal_index_open(void)
{
    struct journal_index *journal_index = memory_new(1, sizeof *journal_index);

    pthread_mutex_init(&journal_index->lock, NULL);
    journal_index->place_room = FIRST_SLOTS;
    journal_index->places = memory_new(journal_index->place_room, sizeof *journal_index->places);
    journal_index->free_row = NO_ROW;
    journal_index->damage_log = damage_log_open();
    return journal_index;
}

void
journal_index_close(struct journal_index *journal_index)
{
    if (!journal_index)
        return;
    pthread_mutex_destroy(&journal_index->lock);
    free(journal_index->places);
    free(journal_index->rows);
    damage_log_close(journal_index->damage_log);
    free(journal_index);
}

struct damage_log *
journal_index_damage_log(struct journal_index *journal_index)
{
    return journal_index ? journal_index->damage_log : NULL;
}

/* Sensor ids are random: they need no spreading. */
static struct place *
journal_index_place_of(const struct journal_index *journal_index, int64_t sensor_id)
{
    size_t mask = journal_index->place_room - 1;
    size_t at = (size_t)sensor_id & mask;

    while (journal_index->places[at].sensor_id && journal_index->places[at].sensor_id != sensor_id)
        at = (at + 1) & mask;
    return &journal_index->places[at];
}

static void
grow_places(struct journal_index *journal_index)
{
    struct place *old = journal_index->places;
    size_t old_room = journal_index->place_room;

    journal_index->place_room *= 2;
    journal_index->places = memory_new(journal_index->place_room, sizeof *journal_index->places);
    for (size_t i = 0; i < old_room; i++)
        if (old[i].sensor_id)
            *journal_index_place_of(journal_index, old[i].sensor_id) = old[i];
    free(old);
}

static uint32_t
journal_index_take_row(struct journal_index *journal_index)
{
    uint32_t number = journal_index->free_row;

    if (number != NO_ROW) {
        journal_index->free_row = journal_index->rows[number].next;
        return number;
    }
    if (journal_index->rows_used == journal_index->row_room) {
        journal_index->row_room = journal_index->row_room ? 2 * journal_index->row_room
                                                          : FIRST_SLOTS;
        journal_index->rows = memory_must(
            realloc(journal_index->rows, journal_index->row_room * sizeof *journal_index->rows));
    }
    assert(journal_index->rows_used < NO_ROW);
    return (uint32_t)journal_index->rows_used++;
}

void
journal_index_add(struct journal_index *journal_index, int64_t organization_id, int64_t sensor_id,
                  int64_t journal_id, utc_seconds received_at)
{
    pthread_mutex_lock(&journal_index->lock);
    if ((journal_index->place_count + 1) * 2 > journal_index->place_room)
        grow_places(journal_index);
    struct place *place = journal_index_place_of(journal_index, sensor_id);
    if (!place->sensor_id) {
        *place = (struct place){ sensor_id, organization_id, NO_ROW, NO_ROW };
        journal_index->place_count++;
    }
    if (place->first != NO_ROW && journal_index->rows[place->last].journal_id >= journal_id) {
        pthread_mutex_unlock(&journal_index->lock); /* it is there already */
        return;
    }
    uint32_t number = journal_index_take_row(journal_index);
    journal_index->rows[number] = (struct row){ journal_id, (uint32_t)received_at, NO_ROW };
    if (place->first == NO_ROW)
        place->first = number;
    else
        journal_index->rows[place->last].next = number;
    place->last = number;
    journal_index->count++;
    if (journal_id > journal_index->newest_id)
        journal_index->newest_id = journal_id;
    pthread_mutex_unlock(&journal_index->lock);
}

/* Takes row `number` out of the sensor's list; `before` stands before it, or is NO_ROW. */
static void
free_row(struct journal_index *journal_index, struct place *place, uint32_t before, uint32_t number)
{
    uint32_t next = journal_index->rows[number].next;

    if (before == NO_ROW)
        place->first = next;
    else
        journal_index->rows[before].next = next;
    if (place->last == number)
        place->last = before;
    journal_index->rows[number].next = journal_index->free_row;
    journal_index->free_row = number;
    journal_index->count--;
}

void
journal_index_remove(struct journal_index *journal_index, int64_t sensor_id, const int64_t *ids,
                     size_t count)
{
    pthread_mutex_lock(&journal_index->lock);
    struct place *place = journal_index_place_of(journal_index, sensor_id);
    uint32_t before = NO_ROW, number = place->sensor_id ? place->first : NO_ROW;
    size_t at = 0;
    while (number != NO_ROW && at < count) {
        uint32_t next = journal_index->rows[number].next;
        while (at < count && ids[at] < journal_index->rows[number].journal_id)
            at++;
        if (at < count && ids[at] == journal_index->rows[number].journal_id)
            free_row(journal_index, place, before, number);
        else
            before = number;
        number = next;
    }
    pthread_mutex_unlock(&journal_index->lock);
}

enum status
journal_index_rows(struct journal_index *journal_index, struct arena *arena, int64_t sensor_id,
                   size_t most, int64_t **ids, size_t *count, struct fault *fault)
{
    size_t found = 0;

    pthread_mutex_lock(&journal_index->lock);
    const struct place *place = journal_index_place_of(journal_index, sensor_id);
    uint32_t first = place->sensor_id ? place->first : NO_ROW;
    for (uint32_t number = first; number != NO_ROW && found < most;
         number = journal_index->rows[number].next)
        found++;
    *ids = arena_new(arena, (found + 1) * sizeof **ids);
    *count = 0;
    for (uint32_t number = first; *ids && *count < found; number = journal_index->rows[number].next)
        (*ids)[(*count)++] = journal_index->rows[number].journal_id;
    pthread_mutex_unlock(&journal_index->lock);
    return *ids ? STATUS_OK
                : fail(fault, STATUS_TOO_LARGE, "", "",
                       "the sensor has too many uncompacted messages");
}

enum status
journal_index_find(struct call *call, int64_t sensor_id, int64_t **ids, size_t *count)
{
    *ids = NULL;
    *count = 0;
    return call->journal_index
               ? journal_index_rows(call->journal_index, call->db.arena, sensor_id,
                                    JOURNAL_INDEX_MOST_ROWS, ids, count, &call->db.fault)
               : STATUS_OK;
}

int64_t
journal_index_newest_id(struct journal_index *journal_index)
{
    pthread_mutex_lock(&journal_index->lock);
    int64_t newest_id = journal_index->newest_id;
    pthread_mutex_unlock(&journal_index->lock);
    return newest_id;
}

static int
by_key(const void *a, const void *b)
{
    const struct journal_index_sensor *x = a, *y = b;

    if (x->organization_id != y->organization_id)
        return (x->organization_id > y->organization_id)
               - (x->organization_id < y->organization_id);
    return (x->sensor_id > y->sensor_id) - (x->sensor_id < y->sensor_id);
}

size_t
journal_index_sensors(struct journal_index *journal_index, struct journal_index_sensor **out)
{
    size_t count = 0;

    pthread_mutex_lock(&journal_index->lock);
    struct journal_index_sensor *sensors =
        memory_must(malloc((journal_index->place_count + 1) * sizeof *sensors));
    for (size_t i = 0; i < journal_index->place_room; i++) {
        const struct place *place = &journal_index->places[i];
        if (place->sensor_id && place->first != NO_ROW)
            sensors[count++] =
                (struct journal_index_sensor){ place->organization_id, place->sensor_id };
    }
    pthread_mutex_unlock(&journal_index->lock);
    qsort(sensors, count, sizeof *sensors, by_key);
    *out = sensors;
    return count;
}

/* Among the places from `at` to `end`: the time of the oldest row, if that is before `oldest`. */
static utc_seconds
older(const struct journal_index *journal_index, size_t at, size_t end, utc_seconds oldest)
{
    for (; at < end && at < journal_index->place_room; at++) {
        const struct place *place = &journal_index->places[at];
        if (!place->sensor_id || place->first == NO_ROW)
            continue;
        uint32_t received_at = journal_index->rows[place->first].received_at;
        if (received_at != SET_ASIDE && received_at < oldest)
            oldest = received_at;
    }
    return oldest;
}

utc_seconds
journal_index_oldest(struct journal_index *journal_index)
{
    const struct timespec let_in = { .tv_nsec = LET_IN_NANOSECONDS };
    utc_seconds oldest = UTC_NEVER;
    size_t at = 0, room = 0;

    do {
        if (at > 0)
            nanosleep(&let_in, NULL);
        pthread_mutex_lock(&journal_index->lock);
        if (journal_index->place_room != room) { /* grown: all stand elsewhere */
            room = journal_index->place_room;
            at = 0;
        }
        oldest = older(journal_index, at, at + LOOK_PLACES, oldest);
        pthread_mutex_unlock(&journal_index->lock);
        at += LOOK_PLACES;
    } while (at < room);
    return oldest;
}

size_t
journal_index_set_aside(struct journal_index *journal_index, int64_t sensor_id, bool *newly)
{
    size_t count = 0;

    pthread_mutex_lock(&journal_index->lock);
    const struct place *place = journal_index_place_of(journal_index, sensor_id);
    uint32_t first = place->sensor_id ? place->first : NO_ROW;
    for (uint32_t number = first; number != NO_ROW; number = journal_index->rows[number].next)
        count++;
    *newly = first != NO_ROW && journal_index->rows[first].received_at != SET_ASIDE;
    if (*newly)
        journal_index->rows[first].received_at = SET_ASIDE;
    pthread_mutex_unlock(&journal_index->lock);
    return count;
}

size_t
journal_index_count(struct journal_index *journal_index)
{
    pthread_mutex_lock(&journal_index->lock);
    size_t count = journal_index->count;
    pthread_mutex_unlock(&journal_index->lock);
    return count;
}

size_t
journal_index_sensor_count(struct journal_index *journal_index)
{
    pthread_mutex_lock(&journal_index->lock);
    size_t count = journal_index->place_count;
    pthread_mutex_unlock(&journal_index->lock);
    return count;
}

static enum status
take_row_of_journal(void *with, const struct journal_index_load_out *row, struct fault *fault)
{
    (void)fault;
    journal_index_add(with, row->organization_id, row->sensor_id, row->id, row->received_at);
    return STATUS_OK;
}

/* All but the lock and what was told. */
static void
exchange(struct journal_index *journal_index, struct journal_index *other)
{
    struct journal_index kept = *journal_index;

    journal_index->places = other->places;
    journal_index->place_room = other->place_room;
    journal_index->place_count = other->place_count;
    journal_index->rows = other->rows;
    journal_index->row_room = other->row_room;
    journal_index->rows_used = other->rows_used;
    journal_index->free_row = other->free_row;
    journal_index->count = other->count;
    if (other->newest_id > journal_index->newest_id)
        journal_index->newest_id = other->newest_id;
    other->places = kept.places;
    other->rows = kept.rows;
}

enum status
journal_index_rebuild(struct call *call)
{
    struct journal_index *fresh = journal_index_open();
    enum status status = journal_index_load(&call->db, take_row_of_journal, fresh);

    if (!status) {
        pthread_mutex_lock(&call->journal_index->lock);
        exchange(call->journal_index, fresh);
        pthread_mutex_unlock(&call->journal_index->lock);
    }
    journal_index_close(fresh);
    return status;
}
