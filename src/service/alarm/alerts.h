/* alerts.h - reads the alerts of an organization. */
#ifndef SERVICE_ALARM_ALERTS_H
#define SERVICE_ALARM_ALERTS_H

#include "domain/alarm.h"
#include "service/core/call.h"

struct alert {
    int64_t id;
    int64_t rule_id; /* the rule may be gone */
    const char *serial;
    const char *sensor_name;
    int64_t channel;        /* 0 if the condition looks at no channel */
    struct alarm_rule rule; /* as it was when the alert began */
    utc_seconds started_at;
    utc_seconds ended_at; /* 0: open */
    double peak;          /* ALARM_TAMPER: TAMPER_PIN, TAMPER_ENCLOSURE */
    bool never_seen;      /* ALARM_LOST_CONNECTION: the sensor never sent a message */
    utc_seconds noticed_at;
    utc_seconds withdrawn_at; /* late measurements showed that it was no alert; 0: they did not */
    bool evaluated; /* its rule is there; the sensor is licensed, not paused, not removed */
};

struct alert_query {
    const char *serial; /* NULL: all */
    bool has_open, open;
    struct page_request page;
};

struct alert_page {
    struct alert *items; /* newest first */
    size_t count;
    const char *next;
};

/* Why the alert began: "silent" or "never_seen" of a lost connection; "pin", "enclosure" or
 * "pin_and_enclosure" of tampering; NULL for the other conditions. */
const char *alert_cause(const struct alert *alert);

/* Leaves out withdrawn alerts. STATUS_MALFORMED: the cursor. */
enum status alerts_list(struct call *call, int64_t organization_id, const struct alert_query *query,
                        struct alert_page *out);
/* STATUS_NOT_FOUND */
enum status alert_read(struct call *call, int64_t organization_id, int64_t id, struct alert *out);

#endif
