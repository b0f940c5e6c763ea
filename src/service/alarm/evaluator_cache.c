#include "service/alarm/evaluator_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { FIRST_SLOTS = 256 }; /* a power of two */

/* Ids are random: they need no spreading. */
struct places {
    void **at; /* open addressing, linear probing; each begins with its int64_t id */
    size_t room, count;
};

struct evaluator_cache {
    struct places organizations, sensors;
};

static int64_t
id_of(const void *thing)
{
    int64_t id;

    memcpy(&id, thing, sizeof id);
    return id;
}

static void **
evaluator_cache_place_of(const struct places *places, int64_t id)
{
    size_t mask = places->room - 1, at = (size_t)id & mask;

    while (places->at[at] && id_of(places->at[at]) != id)
        at = (at + 1) & mask;
    return &places->at[at];
}

static void
grow(struct places *places)
{
    struct places old = *places;

    places->room *= 2;
    places->at = memory_new(places->room, sizeof *places->at);
    for (size_t i = 0; i < old.room; i++)
        if (old.at[i])
            *evaluator_cache_place_of(places, id_of(old.at[i])) = old.at[i];
    free(old.at);
}

/* Zeroed but for its id when it is new. */
static void *
evaluator_cache_get(struct places *places, int64_t id, size_t size)
{
    void **place = evaluator_cache_place_of(places, id);

    if (*place)
        return *place;
    if ((places->count + 1) * 4 > places->room * 3) {
        grow(places);
        place = evaluator_cache_place_of(places, id);
    }
    places->count++;
    *place = memory_new(1, size);
    memcpy(*place, &id, sizeof id);
    return *place;
}

struct evaluator_cache *
evaluator_cache_open(void)
{
    struct evaluator_cache *table = memory_new(1, sizeof *table);

    table->organizations.room = table->sensors.room = FIRST_SLOTS;
    table->organizations.at = memory_new(FIRST_SLOTS, sizeof(void *));
    table->sensors.at = memory_new(FIRST_SLOTS, sizeof(void *));
    return table;
}

void
evaluator_cache_close(struct evaluator_cache *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->organizations.room; i++) {
        struct watched_organization *organization = table->organizations.at[i];
        if (organization)
            free(organization->rules);
        free(organization);
    }
    for (size_t i = 0; i < table->sensors.room; i++) {
        struct watched_sensor *sensor = table->sensors.at[i];
        if (sensor)
            free(sensor->courses);
        free(sensor);
    }
    free(table->organizations.at);
    free(table->sensors.at);
    free(table);
}

struct watched_organization *
evaluator_cache_organization(struct evaluator_cache *table, int64_t id)
{
    return evaluator_cache_get(&table->organizations, id, sizeof(struct watched_organization));
}

struct watched_sensor *
evaluator_cache_sensor(struct evaluator_cache *table, int64_t id)
{
    return evaluator_cache_get(&table->sensors, id, sizeof(struct watched_sensor));
}

struct watched_sensor *
evaluator_cache_find(const struct evaluator_cache *table, int64_t id)
{
    return *evaluator_cache_place_of(&table->sensors, id);
}

const struct watched_rule *
watched_rule_of(const struct watched_sensor *sensor, size_t n)
{
    const struct watched_organization *organization = sensor->organization;

    if (n < organization->all_count)
        return &organization->rules[n];
    n -= organization->all_count;
    return n < sensor->own_count ? &organization->rules[sensor->own_first + n] : NULL;
}

/* The first rule that is not before those of the sensor. */
static size_t
lower_bound(const struct watched_organization *organization, int64_t sensor_id)
{
    size_t low = organization->all_count, high = organization->rule_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (organization->rules[middle].sensor_id < sensor_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void
watched_sensor_find_rules(struct watched_sensor *sensor)
{
    const struct watched_organization *organization = sensor->organization;
    size_t first = lower_bound(organization, sensor->id), end = first;

    while (end < organization->rule_count && organization->rules[end].sensor_id == sensor->id)
        end++;
    sensor->own_first = (uint32_t)first;
    sensor->own_count = (uint32_t)(end - first);
}

struct watched_course *
watched_course_find(const struct watched_sensor *sensor, int64_t rule_id, uint8_t channel)
{
    for (size_t i = 0; i < sensor->course_count; i++)
        if (sensor->courses[i].rule_id == rule_id && sensor->courses[i].channel == channel)
            return &sensor->courses[i];
    return NULL;
}

struct watched_course *
watched_course_add(struct watched_sensor *sensor, int64_t rule_id, uint8_t channel)
{
    if (sensor->course_count == sensor->course_room) {
        sensor->course_room = (uint16_t)(sensor->course_room ? 2 * sensor->course_room : 1);
        sensor->courses =
            memory_must(realloc(sensor->courses, sensor->course_room * sizeof *sensor->courses));
    }
    struct watched_course *course = &sensor->courses[sensor->course_count++];
    *course = (struct watched_course){ .rule_id = rule_id, .channel = channel };
    return course;
}

void
watched_course_remove(struct watched_sensor *sensor, struct watched_course *course)
{
    *course = sensor->courses[--sensor->course_count];
}

void
watched_sensor_forget(struct watched_sensor *sensor)
{
    sensor->epoch = 0;
    sensor->course_count = 0;
}
