#include "service/notice/notices_due.h"

#include <stdlib.h>
#include <string.h>

#include "domain/serial.h"
#include "domain/term.h"
#include "service/forecast/pool_horizon.h"
#include "statements.h"
#include "store/store.h"

struct reading {
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

    /* A month before only while it runs. */
    if (kind == NOTICE_MONTH_BEFORE && span.after < now)
        span.after = now;
    return span;
}

static enum status
too_large(struct fault *fault)
{
    return fail(fault, STATUS_TOO_LARGE, "", "", "too many licenses end at once");
}

static enum status
make_room(struct reading *reading, struct fault *fault)
{
    struct arena *arena = reading->call->arena;
    struct notices_due *out = reading->out;
    struct notice_item *items =
        arena_grow(arena, out->items, sizeof *items, out->count, &reading->room);
    struct notice_facts *facts =
        arena_grow(arena, reading->facts, sizeof *facts, out->count, &reading->facts_room);

    if (!items || !facts)
        return too_large(fault);
    out->items = items;
    reading->facts = facts;
    return STATUS_OK;
}

static enum status
take_row(void *with, const struct notices_ending_out *row, struct fault *fault)
{
    struct reading *reading = with;
    struct notices_due *out = reading->out;
    struct call *call = reading->call;
    struct notice_license license = { row->starts_at, row->expires_at, row->assigned_at };
    struct serial serial;

    if (!notice_is_owed(reading->kind, &license, call->now, reading->zone))
        return STATUS_OK;
    if (!serial_parse(&serial, row->serial, strlen(row->serial)))
        return fail(fault, STATUS_BROKEN, "", "", "a serial in the store cannot be read");
    enum status status = make_room(reading, fault);
    if (status)
        return status;

    day_number last_day = term_last_day(row->expires_at, reading->zone);
    struct notice_item item = {
        .license_id = row->license_id,
        .sensor_id = row->sensor_id,
        .serial = arena_text(call->arena, row->serial, strlen(row->serial)),
        .name = arena_text(call->arena, row->name, strlen(row->name)),
        .kind = reading->kind,
        .ended = row->expires_at <= call->now,
        .shown = reading->kind == NOTICE_LAST_DAY || last_day > out->days.last,
        .told = row->told > 0,
        .auto_renewal = row->auto_renewal,
        .expires_at = row->expires_at,
        .last_day = last_day,
        .due_on = notice_day(reading->kind, last_day),
        .serial_number = serial_number(serial),
    };
    if (!item.serial || !item.name)
        return too_large(fault);
    reading->facts[out->count] = (struct notice_facts){
        .followed = *row->followed_by != '\0',
        .followed_by_pool = !strcmp(row->followed_by, "auto_renewal"),
        .ended = item.ended,
        .auto_renewal = row->auto_renewal,
    };
    out->items[out->count++] = item;
    return STATUS_OK;
}

/* The pool is asked only for those that have nothing behind them. */
static bool
asks_pool(const struct notice_facts *facts)
{
    return !facts->ended && !facts->followed && facts->auto_renewal;
}

static enum status
decide(struct reading *reading, const struct organization_lock *lock)
{
    struct notices_due *out = reading->out;
    struct pool_horizon reach;
    utc_seconds until = 0;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < out->count; i++)
        if (asks_pool(&reading->facts[i]) && out->items[i].expires_at > until)
            until = out->items[i].expires_at;
    if (until > 0)
        status = pool_horizon_begin(&reach, reading->call, lock, false, until);
    for (size_t i = 0; i < out->count && !status; i++) {
        struct notice_facts *facts = &reading->facts[i];
        if (asks_pool(facts))
            status = pool_horizon_ask(&reach, out->items[i].expires_at, out->items[i].serial,
                                      &facts->pool_serves);
        out->items[i].next = notice_next(facts);
    }
    return status;
}

static int
compare(const void *left, const void *right)
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
        struct notices_any_out row;
        if (span.until > span.after)
            status =
                notices_any(call->store, call->arena,
                            &(struct notices_any_in){ organization_id, span.after, span.until },
                            &row, any, &call->fault);
    }
    return status;
}

enum status
notices_due_read(struct call *call, const struct organization_lock *lock, struct notice_days days,
                 struct notices_due *out)
{
    struct reading reading = { .call = call, .zone = lock->zone, .out = out };
    enum status status = STATUS_OK;

    *out = (struct notices_due){ .organization_id = lock->organization_id, .days = days };
    for (int kind = 0; kind < NOTICE_KIND_COUNT && !status; kind++) {
        struct span span = span_of((enum notice_kind)kind, days, call->now, lock->zone);
        reading.kind = (enum notice_kind)kind;
        if (span.until > span.after)
            status = notices_ending(call->store, call->arena,
                                    &(struct notices_ending_in){
                                        .organization_id = lock->organization_id,
                                        .after = span.after,
                                        .until = span.until,
                                        .kind = notice_kind_word(reading.kind),
                                    },
                                    take_row, &reading, &call->fault);
    }
    if (!status)
        status = decide(&reading, lock);
    if (!status && out->count > 1)
        qsort(out->items, out->count, sizeof *out->items, compare);
    return status;
}
