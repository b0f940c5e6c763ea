/* notices_due.h - which licenses of an organization owe a notice, and what comes next for each. */
#ifndef SERVICE_NOTICE_NOTICES_DUE_H
#define SERVICE_NOTICE_NOTICES_DUE_H

#include "domain/notice.h"
#include "service/ledger/organization_lock.h"

struct notice_item {
    int64_t license_id, sensor_id;
    const char *serial, *name; /* of the sensor */
    enum notice_kind kind;
    enum notice_next next;
    bool ended; /* it is past */
    bool shown; /* false: the other notice of the license, owed as well, says it */
    bool told;  /* somebody was told of it already */
    bool auto_renewal;
    utc_seconds expires_at;
    day_number last_day, due_on;
    uint64_t serial_number;
};

struct notices_due {
    int64_t organization_id;
    struct notice_days days;   /* on which they are due */
    struct notice_item *items; /* in the order of domain/notice.h */
    size_t count;
};

/* Could there be any at all? Cheap, and no lock is needed. */
enum status notices_due_any(struct call *call, int64_t organization_id, const struct zone *zone,
                            struct notice_days days, bool *any);

/* Inside a transaction that holds `lock`, after what is due was applied.
 *   STATUS_TOO_LARGE  more than memory for one mail */
enum status notices_due_read(struct call *call, const struct organization_lock *lock,
                             struct notice_days days, struct notices_due *out);

#endif
