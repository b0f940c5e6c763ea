#include "service/alarm/evaluator_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { FIRST_SLOTS = 256 }; /* a power of two */

/* Ids are random: no hash is needed. */
struct slots {
    void **at; /* open addressing, linear probing; each entry begins with its int64_t id */
    size_t room, count;
};

struct evaluator_cache {
    struct slots organizations, sensors;
};

static int64_t
id_of(const void *thing)
{
    int64_t id;

    memcpy(&id, thing, sizeof id);
    return id;
}

static void **
evaluator_cache_slot(const struct slots *slots, int64_t id)
{
    size_t mask = slots->room - 1, at = (size_t)id & mask;

    while (slots->at[at] && id_of(slots->at[at]) != id)
        at = (at + 1) & mask;
    return &slots->at[at];
}

static void
cache_grow(struct slots *slots)
{
    struct slots old = *slots;

    slots->room *= 2;
    slots->at = memory_new(slots->room, sizeof *slots->at);
    for (size_t i = 0; i < old.room; i++)
        if (old.at[i])
            *evaluator_cache_slot(slots, id_of(old.at[i])) = old.at[i];
    free(old.at);
}

/* A new entry is zeroed except for its id. */
static void *
evaluator_cache_get(struct slots *slots, int64_t id, size_t size)
{
    void **slot = evaluator_cache_slot(slots, id);

    if (*slot)
        return *slot;
    if ((slots->count + 1) * 4 > slots->room * 3) {
        cache_grow(slots);
        slot = evaluator_cache_slot(slots, id);
    }
    slots->count++;
    *slot = memory_new(1, size);
    memcpy(*slot, &id, sizeof id);
    return *slot;
}

struct evaluator_cache *
evaluator_cache_open(void)
{
    struct evaluator_cache *cache = memory_new(1, sizeof *cache);

    cache->organizations.room = cache->sensors.room = FIRST_SLOTS;
    cache->organizations.at = memory_new(FIRST_SLOTS, sizeof(void *));
    cache->sensors.at = memory_new(FIRST_SLOTS, sizeof(void *));
    return cache;
}

void
evaluator_cache_close(struct evaluator_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < cache->organizations.room; i++) {
        struct watched_organization *organization = cache->organizations.at[i];
        if (organization)
            free(organization->rules);
        free(organization);
    }
    for (size_t i = 0; i < cache->sensors.room; i++) {
        struct watched_sensor *sensor = cache->sensors.at[i];
        if (sensor)
            free(sensor->courses);
        free(sensor);
    }
    free(cache->organizations.at);
    free(cache->sensors.at);
    free(cache);
}

struct watched_organization *
evaluator_cache_organization(struct evaluator_cache *cache, int64_t id)
{
    return evaluator_cache_get(&cache->organizations, id, sizeof(struct watched_organization));
}

struct watched_sensor *
evaluator_cache_sensor(struct evaluator_cache *cache, int64_t id)
{
    return evaluator_cache_get(&cache->sensors, id, sizeof(struct watched_sensor));
}

struct watched_sensor *
evaluator_cache_find(const struct evaluator_cache *cache, int64_t id)
{
    return *evaluator_cache_slot(&cache->sensors, id);
}

void
watched_organization_set_now(struct watched_organization *organization, utc_seconds now)
{
    organization->now = now > organization->evaluated_at ? now : organization->evaluated_at;
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

/* The index of the sensor's first rule. */
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
    *course =
        (struct watched_course){ .rule_id = rule_id, .channel = channel, .due_at = UTC_NEVER };
    return course;
}

void
watched_course_remove(struct watched_sensor *sensor, struct watched_course *course)
{
    *course = sensor->courses[--sensor->course_count];
}

utc_seconds
watched_sensor_due_at(const struct watched_sensor *sensor)
{
    utc_seconds at = sensor->ahead_at ? sensor->ahead_at : UTC_NEVER;

    for (size_t i = 0; i < sensor->course_count; i++)
        if (sensor->courses[i].due_at < at)
            at = sensor->courses[i].due_at;
    return at;
}

void
watched_sensor_forget(struct watched_sensor *sensor)
{
    sensor->epoch = 0;
    sensor->course_count = 0;
}
