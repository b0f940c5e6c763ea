/* notices_due.h - licenses that end, what happens then, and which of them owe a notice. */
#ifndef SERVICE_NOTICE_NOTICES_DUE_H
#define SERVICE_NOTICE_NOTICES_DUE_H

#include "domain/notice.h"
#include "service/ledger/organization_lock.h"

struct notice_item {
    int64_t license_id, sensor_id;
    const char *serial, *name; /* of the sensor */
    enum notice_kind kind;
    bool shown; /* false: the license owes both notices, and the other one shows it */
    bool sent;  /* to some recipient, earlier */
    utc_seconds expires_at;
    day_number last_day, due_on;
    uint64_t serial_number;
    struct notice_facts facts;
    enum notice_next next; /* set by notice_list_decide() */
};

struct notice_list {
    struct notice_item *items;
    size_t count, room;
};

/* Adds a license that ends; `followed_by` is the cause of the next one, "" for none. Copies the
 * texts, and fills what follows from them and from expires_at. The lock needs its zone only.
 *   STATUS_TOO_LARGE */
enum status notice_list_add(struct call *call, const struct organization_lock *lock,
                            struct notice_list *list, struct notice_item item,
                            const char *followed_by);

/* Decides what happens at each end. Inside a transaction. */
enum status notice_list_decide(struct call *call, const struct organization_lock *lock,
                               struct notice_list *list);

/* What happens to the sensor: "will stop", "was renewed from the pool", ... */
const char *notice_item_phrase(const struct notice_item *item);

struct notices_due {
    int64_t organization_id;
    struct notice_days days; /* the notices are due on */
    struct notice_list list; /* in the order of domain/notice.h */
};

/* May any notice be due? Cheap; needs no lock. */
enum status notices_due_any(struct call *call, int64_t organization_id, const struct zone *zone,
                            struct notice_days days, bool *any);

/* Inside a transaction that holds `lock` of ledger_begin().
 *   STATUS_TOO_LARGE  more than one mail can hold */
enum status notices_due_read(struct call *call, const struct organization_lock *lock,
                             struct notice_days days, struct notices_due *out);

#endif
