#include "service/notice/notices_due.h"

#include <stdlib.h>
#include <string.h>

#include "domain/term.h"
#include "service/ledger/pool_horizon.h"
#include "service/ledger/sensor_find.h"
#include "statements.h"
#include "store/store.h"

struct due_context {
    struct call *call;
    const struct organization_lock *lock;
    enum notice_kind kind;
    struct notices_due *out;
};

/* Ends in (after, until]. */
struct span {
    utc_seconds after, until;
};

static struct span
span_of(enum notice_kind kind, struct notice_days due, utc_seconds now, const struct zone *zone)
{
    struct notice_days days = notice_last_days(kind, due);
    struct span span = { zone_day_start(zone, days.first), zone_day_start(zone, days.last + 1) };

    /* The notice a month before goes only to running licenses. */
    if (kind == NOTICE_MONTH_BEFORE && span.after < now)
        span.after = now;
    return span;
}

enum status
notice_list_add(struct call *call, const struct organization_lock *lock, struct notice_list *list,
                struct notice_item item, const char *followed_by)
{
    struct notice_item *items =
        arena_grow(call->db.arena, list->items, sizeof *items, list->count, &list->room);
    struct serial serial;
    enum status status = sensor_serial(&call->db.fault, item.serial, &serial);

    if (status)
        return status;
    item.serial = call_text(call, item.serial);
    item.name = call_text(call, item.name);
    if (!items || !item.serial || !item.name)
        return call_fail(call, STATUS_TOO_LARGE, "", "", "too many licenses end");
    item.serial_number = serial_number(serial);
    item.last_day = term_last_day(item.expires_at, lock->zone);
    item.facts.ended = item.expires_at <= call->now;
    item.facts.followed = *followed_by != '\0';
    item.facts.followed_by_pool = !strcmp(followed_by, "auto_renewal");
    list->items = items;
    items[list->count++] = item;
    return STATUS_OK;
}

/* No license follows yet, and auto renewal would take one from the pool. */
static bool
asks_pool(const struct notice_facts *facts)
{
    return !facts->ended && !facts->followed && facts->auto_renewal;
}

enum status
notice_list_decide(struct call *call, const struct organization_lock *lock,
                   struct notice_list *list)
{
    struct pool_horizon horizon;
    struct horizon_range range = { 0 };
    enum status status = STATUS_OK;

    for (size_t i = 0; i < list->count; i++)
        if (asks_pool(&list->items[i].facts))
            horizon_range_add(&range, list->items[i].expires_at, list->items[i].serial_number);
    if (range.until > 0)
        status = pool_horizon_find(call, lock, &range, &horizon);
    if (status)
        return status;
    for (size_t i = 0; i < list->count; i++) {
        struct notice_item *item = &list->items[i];
        item->facts.pool_serves =
            asks_pool(&item->facts)
            && horizon_serves(&horizon, item->expires_at, item->serial_number);
        item->next = notice_next(&item->facts);
    }
    return STATUS_OK;
}

const char *
notice_item_phrase(const struct notice_item *item)
{
    static const char *const phrases[NOTICE_NEXT_COUNT][2] = {
        [NOTICE_STOPS] = { "will stop", "stopped" },
        [NOTICE_POOL] = { "will be renewed from the pool", "was renewed from the pool" },
        [NOTICE_QUEUE] = { "continues with a queued license", "continued with a queued license" },
    };

    return phrases[item->next][item->facts.ended];
}

static enum status
due_add_row(void *with, const struct notices_ending_out *row, struct fault *fault)
{
    struct due_context *context = with;
    const struct zone *zone = context->lock->zone;
    struct notice_license license = { row->starts_at, row->expires_at, row->assigned_at };
    day_number last_day = term_last_day(row->expires_at, zone);

    (void)fault; /* it is the call's */
    if (!notice_is_owed(context->kind, &license, context->call->now, zone))
        return STATUS_OK;
    struct notice_item item = {
        .license_id = row->license_id,
        .sensor_id = row->sensor_id,
        .serial = row->serial,
        .name = row->name,
        .kind = context->kind,
        .shown = context->kind == NOTICE_LAST_DAY || last_day > context->out->days.last,
        .sent = row->sent > 0,
        .expires_at = row->expires_at,
        .due_on = notice_day(context->kind, last_day),
        .facts.auto_renewal = row->auto_renewal,
    };
    return notice_list_add(context->call, context->lock, &context->out->list, item,
                           row->followed_by);
}

static int
due_compare(const void *left, const void *right)
{
    const struct notice_item *a = left, *b = right;
    struct notice_rank rank_a = { a->next, a->expires_at, a->serial_number };
    struct notice_rank rank_b = { b->next, b->expires_at, b->serial_number };

    return notice_goes_before(&rank_a, &rank_b) ? -1 : notice_goes_before(&rank_b, &rank_a);
}

enum status
notices_due_any(struct call *call, int64_t organization_id, const struct zone *zone,
                struct notice_days days, bool *any)
{
    enum status status = STATUS_OK;

    *any = false;
    for (int kind = 0; kind < NOTICE_KIND_COUNT && !status && !*any; kind++) {
        struct span span = span_of((enum notice_kind)kind, days, call->now, zone);
        struct notices_any_in in = { organization_id, span.after, span.until };
        struct notices_any_out row;
        if (span.until > span.after)
            status = notices_any(&call->db, &in, &row, any);
    }
    return status;
}

enum status
notices_due_read(struct call *call, const struct organization_lock *lock, struct notice_days days,
                 struct notices_due *out)
{
    struct due_context context = { .call = call, .lock = lock, .out = out };
    enum status status = STATUS_OK;

    *out = (struct notices_due){ .organization_id = lock->organization_id, .days = days };
    for (int kind = 0; kind < NOTICE_KIND_COUNT && !status; kind++) {
        struct span span = span_of((enum notice_kind)kind, days, call->now, lock->zone);
        struct notices_ending_in in = { lock->organization_id, span.after, span.until,
                                        notice_kind_words[kind] };
        context.kind = (enum notice_kind)kind;
        if (span.until > span.after)
            status = notices_ending(&call->db, &in, due_add_row, &context);
    }
    if (status)
        return status;
    status = notice_list_decide(call, lock, &out->list);
    if (!status && out->list.count > 1)
        qsort(out->list.items, out->list.count, sizeof *out->list.items, due_compare);
    return status;
}
