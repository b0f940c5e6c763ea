/* alerts.h - what alarm rules have found, to read. */
#ifndef SERVICE_ALARM_ALERTS_H
#define SERVICE_ALARM_ALERTS_H

#include "domain/alarm.h"
#include "service/core/call.h"

struct alert {
    int64_t id;
    int64_t rule_id; /* the rule may be gone */
    const char *serial;
    const char *sensor_name;
    int64_t channel;        /* 0 where the condition is not of values */
    struct alarm_rule rule; /* as it was then */
    utc_seconds started_at;
    utc_seconds ended_at; /* 0: open */
    double peak;
    utc_seconds noticed_at;
    utc_seconds withdrawn_at; /* 0; else later measurements have shown that it was none */
    bool
        evaluated; /* its rule looks at the sensor now: it is licensed, and not paused or removed */
};

struct alert_query {
    const char *serial; /* NULL: all */
    bool has_open, open;
    struct page_request page;
};

struct alert_page {
    struct alert *items; /* those that began last first */
    size_t count;
    const char *next;
};

/* Without those withdrawn. STATUS_MALFORMED: the cursor. */
enum status alerts_list(struct call *call, int64_t organization_id, const struct alert_query *query,
                        struct alert_page *out);
/* STATUS_NOT_FOUND */
enum status alert_read(struct call *call, int64_t organization_id, int64_t id, struct alert *out);

#endif
