#include "service/measurement/tail.h"

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

struct tail {
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

struct tail *
tail_open(void)
{
    struct tail *tail = memory_new(1, sizeof *tail);

    pthread_mutex_init(&tail->lock, NULL);
    tail->place_room = FIRST_SLOTS;
    tail->places = memory_new(tail->place_room, sizeof *tail->places);
    tail->free_row = NO_ROW;
    tail->damage_log = damage_log_open();
    return tail;
}

void
tail_close(struct tail *tail)
{
    if (!tail)
        return;
    pthread_mutex_destroy(&tail->lock);
    free(tail->places);
    free(tail->rows);
    damage_log_close(tail->damage_log);
    free(tail);
}

struct damage_log *
tail_damage_log(struct tail *tail)
{
    return tail ? tail->damage_log : NULL;
}

/* Sensor ids are random: they need no spreading. */
static struct place *
place_of(const struct tail *tail, int64_t sensor_id)
{
    size_t mask = tail->place_room - 1;
    size_t at = (size_t)sensor_id & mask;

    while (tail->places[at].sensor_id && tail->places[at].sensor_id != sensor_id)
        at = (at + 1) & mask;
    return &tail->places[at];
}

static void
grow_places(struct tail *tail)
{
    struct place *old = tail->places;
    size_t old_room = tail->place_room;

    tail->place_room *= 2;
    tail->places = memory_new(tail->place_room, sizeof *tail->places);
    for (size_t i = 0; i < old_room; i++)
        if (old[i].sensor_id)
            *place_of(tail, old[i].sensor_id) = old[i];
    free(old);
}

static uint32_t
take_row(struct tail *tail)
{
    uint32_t number = tail->free_row;

    if (number != NO_ROW) {
        tail->free_row = tail->rows[number].next;
        return number;
    }
    if (tail->rows_used == tail->row_room) {
        tail->row_room = tail->row_room ? 2 * tail->row_room : FIRST_SLOTS;
        tail->rows = memory_must(realloc(tail->rows, tail->row_room * sizeof *tail->rows));
    }
    assert(tail->rows_used < NO_ROW);
    return (uint32_t)tail->rows_used++;
}

void
tail_add(struct tail *tail, int64_t organization_id, int64_t sensor_id, int64_t journal_id,
         utc_seconds received_at)
{
    pthread_mutex_lock(&tail->lock);
    if ((tail->place_count + 1) * 2 > tail->place_room)
        grow_places(tail);
    struct place *place = place_of(tail, sensor_id);
    if (!place->sensor_id) {
        *place = (struct place){ sensor_id, organization_id, NO_ROW, NO_ROW };
        tail->place_count++;
    }
    if (place->first != NO_ROW && tail->rows[place->last].journal_id >= journal_id) {
        pthread_mutex_unlock(&tail->lock); /* it is there already */
        return;
    }
    uint32_t number = take_row(tail);
    tail->rows[number] = (struct row){ journal_id, (uint32_t)received_at, NO_ROW };
    if (place->first == NO_ROW)
        place->first = number;
    else
        tail->rows[place->last].next = number;
    place->last = number;
    tail->count++;
    if (journal_id > tail->newest_id)
        tail->newest_id = journal_id;
    pthread_mutex_unlock(&tail->lock);
}

/* Takes row `number` out of the sensor's list; `before` stands before it, or is NO_ROW. */
static void
free_row(struct tail *tail, struct place *place, uint32_t before, uint32_t number)
{
    uint32_t next = tail->rows[number].next;

    if (before == NO_ROW)
        place->first = next;
    else
        tail->rows[before].next = next;
    if (place->last == number)
        place->last = before;
    tail->rows[number].next = tail->free_row;
    tail->free_row = number;
    tail->count--;
}

void
tail_remove(struct tail *tail, int64_t sensor_id, const int64_t *ids, size_t count)
{
    pthread_mutex_lock(&tail->lock);
    struct place *place = place_of(tail, sensor_id);
    uint32_t before = NO_ROW, number = place->sensor_id ? place->first : NO_ROW;
    size_t at = 0;
    while (number != NO_ROW && at < count) {
        uint32_t next = tail->rows[number].next;
        while (at < count && ids[at] < tail->rows[number].journal_id)
            at++;
        if (at < count && ids[at] == tail->rows[number].journal_id)
            free_row(tail, place, before, number);
        else
            before = number;
        number = next;
    }
    pthread_mutex_unlock(&tail->lock);
}

enum status
tail_rows(struct tail *tail, struct arena *arena, int64_t sensor_id, size_t most, int64_t **ids,
          size_t *count, struct fault *fault)
{
    size_t found = 0;

    pthread_mutex_lock(&tail->lock);
    const struct place *place = place_of(tail, sensor_id);
    uint32_t first = place->sensor_id ? place->first : NO_ROW;
    for (uint32_t number = first; number != NO_ROW && found < most;
         number = tail->rows[number].next)
        found++;
    *ids = arena_new(arena, (found + 1) * sizeof **ids);
    *count = 0;
    for (uint32_t number = first; *ids && *count < found; number = tail->rows[number].next)
        (*ids)[(*count)++] = tail->rows[number].journal_id;
    pthread_mutex_unlock(&tail->lock);
    return *ids
               ? STATUS_OK
               : fail(fault, STATUS_TOO_LARGE, "", "", "the sensor has too many unsealed messages");
}

enum status
tail_find(struct call *call, int64_t sensor_id, int64_t **ids, size_t *count)
{
    *ids = NULL;
    *count = 0;
    return call->tail ? tail_rows(call->tail, call->arena, sensor_id, TAIL_MOST_ROWS, ids, count,
                                  &call->fault)
                      : STATUS_OK;
}

int64_t
tail_newest_id(struct tail *tail)
{
    pthread_mutex_lock(&tail->lock);
    int64_t newest_id = tail->newest_id;
    pthread_mutex_unlock(&tail->lock);
    return newest_id;
}

static int
by_key(const void *a, const void *b)
{
    const struct tail_sensor *x = a, *y = b;

    if (x->organization_id != y->organization_id)
        return (x->organization_id > y->organization_id)
               - (x->organization_id < y->organization_id);
    return (x->sensor_id > y->sensor_id) - (x->sensor_id < y->sensor_id);
}

size_t
tail_sensors(struct tail *tail, struct tail_sensor **out)
{
    size_t count = 0;

    pthread_mutex_lock(&tail->lock);
    struct tail_sensor *sensors = memory_must(malloc((tail->place_count + 1) * sizeof *sensors));
    for (size_t i = 0; i < tail->place_room; i++) {
        const struct place *place = &tail->places[i];
        if (place->sensor_id && place->first != NO_ROW)
            sensors[count++] = (struct tail_sensor){ place->organization_id, place->sensor_id };
    }
    pthread_mutex_unlock(&tail->lock);
    qsort(sensors, count, sizeof *sensors, by_key);
    *out = sensors;
    return count;
}

/* Among the places from `at` to `end`: the time of the oldest row, if that is before `oldest`. */
static utc_seconds
older(const struct tail *tail, size_t at, size_t end, utc_seconds oldest)
{
    for (; at < end && at < tail->place_room; at++) {
        const struct place *place = &tail->places[at];
        if (!place->sensor_id || place->first == NO_ROW)
            continue;
        uint32_t received_at = tail->rows[place->first].received_at;
        if (received_at != SET_ASIDE && received_at < oldest)
            oldest = received_at;
    }
    return oldest;
}

utc_seconds
tail_oldest(struct tail *tail)
{
    const struct timespec let_in = { .tv_nsec = LET_IN_NANOSECONDS };
    utc_seconds oldest = UTC_NEVER;
    size_t at = 0, room = 0;

    do {
        if (at > 0)
            nanosleep(&let_in, NULL);
        pthread_mutex_lock(&tail->lock);
        if (tail->place_room != room) { /* grown: all stand elsewhere */
            room = tail->place_room;
            at = 0;
        }
        oldest = older(tail, at, at + LOOK_PLACES, oldest);
        pthread_mutex_unlock(&tail->lock);
        at += LOOK_PLACES;
    } while (at < room);
    return oldest;
}

size_t
tail_set_aside(struct tail *tail, int64_t sensor_id, bool *newly)
{
    size_t count = 0;

    pthread_mutex_lock(&tail->lock);
    const struct place *place = place_of(tail, sensor_id);
    uint32_t first = place->sensor_id ? place->first : NO_ROW;
    for (uint32_t number = first; number != NO_ROW; number = tail->rows[number].next)
        count++;
    *newly = first != NO_ROW && tail->rows[first].received_at != SET_ASIDE;
    if (*newly)
        tail->rows[first].received_at = SET_ASIDE;
    pthread_mutex_unlock(&tail->lock);
    return count;
}

size_t
tail_count(struct tail *tail)
{
    pthread_mutex_lock(&tail->lock);
    size_t count = tail->count;
    pthread_mutex_unlock(&tail->lock);
    return count;
}

size_t
tail_sensor_count(struct tail *tail)
{
    pthread_mutex_lock(&tail->lock);
    size_t count = tail->place_count;
    pthread_mutex_unlock(&tail->lock);
    return count;
}

static enum status
take_row_of_journal(void *with, const struct journal_index_out *row, struct fault *fault)
{
    (void)fault;
    tail_add(with, row->organization_id, row->sensor_id, row->id, row->received_at);
    return STATUS_OK;
}

/* All but the lock and what was told. */
static void
exchange(struct tail *tail, struct tail *other)
{
    struct tail kept = *tail;

    tail->places = other->places;
    tail->place_room = other->place_room;
    tail->place_count = other->place_count;
    tail->rows = other->rows;
    tail->row_room = other->row_room;
    tail->rows_used = other->rows_used;
    tail->free_row = other->free_row;
    tail->count = other->count;
    if (other->newest_id > tail->newest_id)
        tail->newest_id = other->newest_id;
    other->places = kept.places;
    other->rows = kept.rows;
}

enum status
tail_rebuild(struct call *call)
{
    struct tail *fresh = tail_open();
    enum status status =
        journal_index(call->store, call->arena, take_row_of_journal, fresh, &call->fault);

    if (!status) {
        pthread_mutex_lock(&call->tail->lock);
        exchange(call->tail, fresh);
        pthread_mutex_unlock(&call->tail->lock);
    }
    tail_close(fresh);
    return status;
}
