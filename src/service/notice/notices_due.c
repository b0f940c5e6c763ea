#include "service/notice/notices_due.h"

#include <stdlib.h>
#include <string.h>

#include "domain/serial.h"
#include "domain/term.h"
#include "service/ledger/pool_horizon.h"
#include "statements.h"
#include "store/store.h"

struct due_context {
    struct call *call;
    const struct zone *zone;
    enum notice_kind kind;
    struct notices_due *out;
    size_t room;
    struct notice_facts *facts; /* by index of the items */
    size_t facts_room;
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

static enum status
due_too_large(struct fault *fault)
{
    return fail(fault, STATUS_TOO_LARGE, "", "", "too many licenses end on one day");
}

static enum status
due_make_room(struct due_context *context, struct fault *fault)
{
    struct arena *arena = context->call->db.arena;
    struct notices_due *out = context->out;
    struct notice_item *items =
        arena_grow(arena, out->items, sizeof *items, out->count, &context->room);
    struct notice_facts *facts =
        arena_grow(arena, context->facts, sizeof *facts, out->count, &context->facts_room);

    if (!items || !facts)
        return due_too_large(fault);
    out->items = items;
    context->facts = facts;
    return STATUS_OK;
}

static enum status
due_add_row(void *with, const struct notices_ending_out *row, struct fault *fault)
{
    struct due_context *context = with;
    struct notices_due *out = context->out;
    struct call *call = context->call;
    struct notice_license license = { row->starts_at, row->expires_at, row->assigned_at };
    struct serial serial;

    if (!notice_is_owed(context->kind, &license, call->now, context->zone))
        return STATUS_OK;
    if (!serial_parse(&serial, row->serial, strlen(row->serial)))
        return fail(fault, STATUS_BROKEN, "", "", "a serial in the store cannot be read");
    enum status status = due_make_room(context, fault);
    if (status)
        return status;

    day_number last_day = term_last_day(row->expires_at, context->zone);
    struct notice_item item = {
        .license_id = row->license_id,
        .sensor_id = row->sensor_id,
        .serial = call_text(call, row->serial),
        .name = call_text(call, row->name),
        .kind = context->kind,
        .ended = row->expires_at <= call->now,
        .shown = context->kind == NOTICE_LAST_DAY || last_day > out->days.last,
        .sent = row->sent > 0,
        .auto_renewal = row->auto_renewal,
        .expires_at = row->expires_at,
        .last_day = last_day,
        .due_on = notice_day(context->kind, last_day),
        .serial_number = serial_number(serial),
    };
    if (!item.serial || !item.name)
        return due_too_large(fault);
    context->facts[out->count] = (struct notice_facts){
        .followed = *row->followed_by != '\0',
        .followed_by_pool = !strcmp(row->followed_by, "auto_renewal"),
        .ended = item.ended,
        .auto_renewal = row->auto_renewal,
    };
    out->items[out->count++] = item;
    return STATUS_OK;
}

/* No license follows yet, and auto renewal would take one from the pool. */
static bool
due_asks_pool(const struct notice_facts *facts)
{
    return !facts->ended && !facts->followed && facts->auto_renewal;
}

static enum status
due_decide(struct due_context *context, const struct organization_lock *lock)
{
    struct notices_due *out = context->out;
    struct pool_horizon horizon;
    struct horizon_range range = { 0 };
    enum status status = STATUS_OK;

    for (size_t i = 0; i < out->count; i++)
        if (due_asks_pool(&context->facts[i]))
            horizon_range_add(&range, out->items[i].expires_at, out->items[i].serial_number);
    if (range.until > 0)
        status = pool_horizon_find(context->call, lock, &range, &horizon);
    for (size_t i = 0; i < out->count && !status; i++) {
        struct notice_facts *facts = &context->facts[i];
        if (due_asks_pool(facts))
            facts->pool_serves =
                horizon_serves(&horizon, out->items[i].expires_at, out->items[i].serial_number);
        out->items[i].next = notice_next(facts);
    }
    return status;
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
    struct due_context context = { .call = call, .zone = lock->zone, .out = out };
    enum status status = STATUS_OK;

    *out = (struct notices_due){ .organization_id = lock->organization_id, .days = days };
    for (int kind = 0; kind < NOTICE_KIND_COUNT && !status; kind++) {
        struct span span = span_of((enum notice_kind)kind, days, call->now, lock->zone);
        struct notices_ending_in in = { lock->organization_id, span.after, span.until,
                                        notice_kind_word((enum notice_kind)kind) };
        context.kind = (enum notice_kind)kind;
        if (span.until > span.after)
            status = notices_ending(&call->db, &in, due_add_row, &context);
    }
    if (status)
        return status;
    status = due_decide(&context, lock);
    if (!status && out->count > 1)
        qsort(out->items, out->count, sizeof *out->items, due_compare);
    return status;
}
