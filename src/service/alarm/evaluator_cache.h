/*
 * evaluator_cache.h - cache of the evaluator: the rules of an organization, and for each sensor
 * with rules the time of the newest sample of each channel, its open alerts and its pending ones.
 * It belongs to the writer's thread.
 *
 * All of it can be read from the store again. It is valid while the store names this process as the
 * owner (alarm_cache_owner); that of a sensor also only until its due instant (alarm_due.h). A
 * sensor takes about 190 bytes, and 72 more for each alert.
 */
#ifndef SERVICE_ALARM_EVALUATOR_CACHE_H
#define SERVICE_ALARM_EVALUATOR_CACHE_H

#include "domain/alarm.h"
#include "domain/contact.h"
#include "domain/measurement.h"

struct watched_rule {
    int64_t id;
    int64_t sensor_id; /* 0: all sensors */
    struct alarm_rule rule;
    utc_seconds samples_from; /* older samples do not count */
};

struct watched_organization {
    int64_t id;
    uint32_t epoch;             /* grows when its sensors must be read again */
    bool read;                  /* `rules` are those of the store */
    struct watched_rule *rules; /* for all sensors first, then by sensor */
    size_t rule_count, all_count;
    utc_seconds evaluated_at; /* the latest instant of the job alarm_due.h, by any server's clock */
    utc_seconds now;          /* the later of that and the batch's: later samples wait */
};

/* One rule on one channel of a sensor, open or pending. A rule about the sensor itself has channel
 * 0 and is open. */
struct watched_course {
    int64_t rule_id;
    int64_t alert_id; /* when open */
    struct alarm_state state;
    utc_seconds due_at; /* alarm_due_at() of `state` */
    uint32_t change;    /* its index in the batch's list, if `batch` is this batch */
    uint32_t batch;
    uint8_t channel;
};

struct watched_sensor {
    int64_t id;
    struct watched_organization *organization;
    struct watched_course *courses;
    uint32_t epoch;                /* of its organization when it was read; 0: it must be read */
    uint32_t batch;                /* the last one with a message of it */
    uint32_t message;              /* in that batch: its last message, counted from 1; 0: none */
    uint32_t late;                 /* its late_samples, counted from 1; 0: none */
    uint32_t place;                /* in the batch's `sensors` and `coverage` */
    uint32_t ahead_at;             /* of the first sample that waits for its time; 0: none */
    uint32_t stored_due_at;        /* as the store has it (alarm_due.h); 0: none */
    uint32_t own_first, own_count; /* its rules besides those for all */
    uint32_t from;                 /* older samples do not count: alarms were paused */
    struct contact contact;        /* as alarm_expectation has it, and these two */
    uint32_t clock_wrong_since;    /* 0: it is right */
    uint8_t enclosure;             /* of the last DeviceInfo: enum enclosure */
    /* By channel: when the newest sample was measured; [0] is unused. */
    uint32_t newest[SAMPLE_MOST_CHANNELS + 1];
    uint16_t course_count, course_room;
    bool paused;
};

struct evaluator_cache;

struct evaluator_cache *evaluator_cache_open(void);
void evaluator_cache_close(struct evaluator_cache *cache); /* NULL is allowed */

/* The entry, made if it is new; it lives as long as the cache. */
struct watched_organization *evaluator_cache_organization(struct evaluator_cache *cache,
                                                          int64_t id);
struct watched_sensor *evaluator_cache_sensor(struct evaluator_cache *cache, int64_t id);
/* NULL: not in the cache. */
struct watched_sensor *evaluator_cache_find(const struct evaluator_cache *cache, int64_t id);

/* Sets `now` for a batch that begins at this instant. */
void watched_organization_set_now(struct watched_organization *organization, utc_seconds now);

/* The n-th rule on a sensor; NULL after the last. */
const struct watched_rule *watched_rule_of(const struct watched_sensor *sensor, size_t n);
/* Finds the sensor's own rules among those of its organization. */
void watched_sensor_find_rules(struct watched_sensor *sensor);

/* NULL: the rule is idle there. Valid until the next add or remove. */
struct watched_course *watched_course_find(const struct watched_sensor *sensor, int64_t rule_id,
                                           uint8_t channel);
struct watched_course *watched_course_add(struct watched_sensor *sensor, int64_t rule_id,
                                          uint8_t channel);
void watched_course_remove(struct watched_sensor *sensor, struct watched_course *course);

/* The instant from which the cache may be out of date: a sample's time has come, or a state has
 * lasted long enough. UTC_NEVER: nothing is due. */
utc_seconds watched_sensor_due_at(const struct watched_sensor *sensor);

/* The sensor must be read again. */
void watched_sensor_forget(struct watched_sensor *sensor);

#endif
