/* notices_due.h - the licenses that owe a notice, and what happens at their end. */
#ifndef SERVICE_NOTICE_NOTICES_DUE_H
#define SERVICE_NOTICE_NOTICES_DUE_H

#include "domain/notice.h"
#include "service/ledger/organization_lock.h"

struct notice_item {
    int64_t license_id, sensor_id;
    const char *serial, *name; /* of the sensor */
    enum notice_kind kind;
    enum notice_next next;
    bool ended; /* in the past */
    bool shown; /* false: the license owes both notices, and the other one shows it */
    bool sent;  /* to some recipient, earlier */
    bool auto_renewal;
    utc_seconds expires_at;
    day_number last_day, due_on;
    uint64_t serial_number;
};

struct notices_due {
    int64_t organization_id;
    struct notice_days days;   /* the notices are due on */
    struct notice_item *items; /* in the order of domain/notice.h */
    size_t count;
};

/* May any notice be due? Cheap; needs no lock. */
enum status notices_due_any(struct call *call, int64_t organization_id, const struct zone *zone,
                            struct notice_days days, bool *any);

/* Inside a transaction that holds `lock` of ledger_begin().
 *   STATUS_TOO_LARGE  more than one mail can hold */
enum status notices_due_read(struct call *call, const struct organization_lock *lock,
                             struct notice_days days, struct notices_due *out);

#endif
