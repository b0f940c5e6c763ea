/*
 * evaluator_cache.h - what the evaluation of alarm rules remembers: the rules of an organization,
 * and of each sensor that has some the newest sample of each channel and the alerts that are open
 * or may become so. It belongs to the writer's thread.
 *
 * All of it can be read from the store again; it is good as long as the turn of the organization
 * is ours (sql/queries/alarms.sql). A sensor takes some 120 bytes, and 56 more for an alert.
 */
#ifndef SERVICE_ALARM_EVALUATOR_CACHE_H
#define SERVICE_ALARM_EVALUATOR_CACHE_H

#include "domain/alarm.h"
#include "domain/measurement.h"

struct watched_rule {
    int64_t id;
    int64_t sensor_id; /* 0: all sensors */
    struct alarm_rule rule;
    utc_seconds samples_from; /* older samples do not count */
};

struct watched_organization {
    int64_t id;
    uint32_t epoch;             /* raised when its sensors have to be read again */
    bool read;                  /* `rules` are those of the store */
    struct watched_rule *rules; /* for all sensors first, then by sensor */
    size_t rule_count, all_count;
};

/* One rule on one channel of a sensor, not idle. Of a rule that is not of values: channel
 * 0, open. */
struct watched_course {
    int64_t rule_id;
    int64_t alert_id; /* when open */
    struct alarm_state state;
    uint32_t change; /* in the batch's list, when `batch` is this batch */
    uint32_t batch;
    uint8_t channel;
};

struct watched_sensor {
    int64_t id;
    struct watched_organization *organization;
    struct watched_course *courses;
    uint32_t epoch; /* of its organization when it was read; 0: it has to be read */
    uint32_t batch; /* the last that concerned it */
    uint32_t taken; /* in that batch: the last of its messages, counted from 1; 0 none */
    uint32_t late;  /* the same of what has come late */
    uint32_t own_first, own_count; /* its rules beside those for all */
    uint32_t from;                 /* older samples do not count: alarms were paused */
    uint32_t expected_at;          /* as the store has it; 0 when the next message has to say it */
    uint32_t newest[SAMPLE_MOST_CHANNELS
                    + 1]; /* when the newest sample was measured, by channel; 0 of any */
    uint16_t course_count, course_room;
    bool paused;
};

struct evaluator_cache;

struct evaluator_cache *evaluator_cache_open(void);
void evaluator_cache_close(struct evaluator_cache *table); /* NULL is allowed */

/* Its place, made when it is new; lives as long as the table. */
struct watched_organization *evaluator_cache_organization(struct evaluator_cache *table,
                                                          int64_t id);
struct watched_sensor *evaluator_cache_sensor(struct evaluator_cache *table, int64_t id);
/* NULL: there is none. */
struct watched_sensor *evaluator_cache_find(const struct evaluator_cache *table, int64_t id);

/* The n-th rule that looks at a sensor, NULL behind the last. */
const struct watched_rule *watched_rule_of(const struct watched_sensor *sensor, size_t n);
/* Finds the rules of a sensor in its organization's. */
void watched_sensor_find_rules(struct watched_sensor *sensor);

/* NULL: the rule is idle there. Good until the next add or remove. */
struct watched_course *watched_course_find(const struct watched_sensor *sensor, int64_t rule_id,
                                           uint8_t channel);
struct watched_course *watched_course_add(struct watched_sensor *sensor, int64_t rule_id,
                                          uint8_t channel);
void watched_course_remove(struct watched_sensor *sensor, struct watched_course *course);

/* What is known of it has to be read again. */
void watched_sensor_forget(struct watched_sensor *sensor);

#endif
