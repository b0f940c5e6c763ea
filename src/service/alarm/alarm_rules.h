/* alarm_rules.h - the alarm rules of an organization (domain/alarm.h). */
#ifndef SERVICE_ALARM_ALARM_RULES_H
#define SERVICE_ALARM_ALARM_RULES_H

#include "domain/alarm.h"
#include "service/core/call.h"

enum {
    ALARM_MOST_RULES = 10000,  /* of an organization */
    ALARM_MOST_OF_SENSOR = 50, /* on one sensor, including those on all sensors */
    ALARM_MOST_RECIPIENTS = 50,
    ALARM_LOST_LEAST_SECONDS = 120,
    ALARM_LOST_SECONDS = 600, /* the default slack */
};
/* The limit of threshold and hysteresis, on either side of 0. */
#define ALARM_MOST_NUMBER INT64_C(1000000000000)

/* A rule as a request names it. A change refuses the fields that cannot change. */
struct alarm_rule_request {
    const char *serial; /* one sensor, */
    bool all;           /* or all */
    enum alarm_condition condition;
    const char *channel_type; /* its name: domain/channel.h; NULL: none, or any */
    double threshold, hysteresis;
    int64_t for_seconds; /* of ALARM_LOST_CONNECTION: the slack; 0 where there is none */
    bool tell_when_over;
    const int64_t *recipients; /* users; NULL: unchanged; of a new rule its maker */
    size_t recipient_count;
    bool has_condition, has_threshold, has_hysteresis, has_for, has_tell_when_over;
};

struct alarm_rule_row {
    int64_t id;
    int64_t sensor_id;  /* 0: all sensors, */
    const char *serial; /* then NULL */
    const char *sensor_name;
    struct alarm_rule rule;
    bool tell_when_over;
    utc_seconds samples_from; /* earlier samples do not count */
    utc_seconds made_at;
    const char *made_by;
    int64_t *recipients;
    size_t recipient_count;
};

struct alarm_rule_page {
    struct alarm_rule_row *items;
    size_t count;
    const char *next;
};

/* STATUS_MALFORMED: the cursor. */
enum status alarm_rules_list(struct call *call, int64_t organization_id, struct page_request page,
                             struct alarm_rule_page *out);
/* STATUS_NOT_FOUND */
enum status alarm_rule_read(struct call *call, int64_t organization_id, int64_t id,
                            struct alarm_rule_row *out);

/*   STATUS_INVALID    a field
 *   STATUS_NOT_FOUND  the sensor
 *   STATUS_CONFLICT   too_many_rules */
enum status alarm_rule_add(struct call *call, int64_t organization_id,
                           const struct alarm_rule_request *request, struct alarm_rule_row *out);

/* If the condition changes, the rule's open alerts end, and older samples no longer count.
 *   STATUS_INVALID, STATUS_NOT_FOUND */
enum status alarm_rule_change(struct call *call, int64_t organization_id, int64_t id,
                              const struct alarm_rule_request *request, struct alarm_rule_row *out);

/* Keeps the rule's alerts, and ends the open ones. STATUS_NOT_FOUND */
enum status alarm_rule_remove(struct call *call, int64_t organization_id, int64_t id);

/* After the alarms of a sensor were paused or resumed, inside the caller's transaction: nothing
 * measured before `call->now` is evaluated after a pause, and no cached state survives. */
enum status alarms_pause_changed(struct call *call, int64_t organization_id, int64_t sensor_id,
                                 bool paused);

#endif
