#include "service/notice/calendar.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar_write.h"
#include "base/id.h"
#include "domain/notice.h"
#include "domain/term.h"
#include "service/core/transaction.h"
#include "service/ledger/pool_horizon.h"
#include "service/organization/organizations.h"
#include "statements.h"
#include "store/store.h"

enum { MOST_URL_BYTES = 512, MOST_DAY_BYTES = 32 * 1024 };

/* A license that ends. */
struct ending {
    utc_seconds expires_at;
    day_number last_day;
    const char *serial, *name;
    bool auto_renewal, followed, followed_by_pool;
    enum notice_next next;
};

struct calendar_context {
    struct call *call;
    const char *token;
    struct buffer *out;
    struct calendar_feed_by_token_out feed;
    struct organization_lock look;
    day_number today;
    struct ending *endings; /* first to end first */
    size_t count, room;
};

static enum status
calendar_too_large(struct fault *fault)
{
    return fail(fault, STATUS_TOO_LARGE, "", "", "the calendar is too large");
}

static enum status
open_feed(struct calendar_context *context)
{
    struct call *call = context->call;
    uint8_t hash[HASH_BYTES];
    bool found;

    hash_bytes(hash, context->token, strlen(context->token), NULL);
    enum status status = calendar_feed_by_token(
        &call->db, &(struct calendar_feed_by_token_in){ .token_hash = { hash, sizeof hash } },
        &context->feed, &found);
    if (status)
        return status;
    if (!found)
        return call_fail(call, STATUS_NOT_FOUND, "", "", "there is no calendar under this link");
    status = organization_load(call, context->feed.organization_id, &context->look);
    if (!status)
        context->today = zone_local_day(context->look.zone, call->now);
    return status;
}

static enum status
calendar_take_row(void *with, const struct calendar_ends_out *row, struct fault *fault)
{
    struct calendar_context *context = with;
    struct arena *arena = context->call->db.arena;
    struct ending *endings =
        arena_grow(arena, context->endings, sizeof *endings, context->count, &context->room);

    if (!endings)
        return calendar_too_large(fault);
    context->endings = endings;
    struct ending *ending = &endings[context->count];
    *ending = (struct ending){
        .expires_at = row->expires_at,
        .last_day = term_last_day(row->expires_at, context->look.zone),
        .serial = arena_text(arena, row->serial, strlen(row->serial)),
        .name = arena_text(arena, row->name, strlen(row->name)),
        .auto_renewal = row->auto_renewal,
        .followed = *row->followed_by != '\0',
        .followed_by_pool = !strcmp(row->followed_by, "auto_renewal"),
    };
    context->count++;
    return ending->serial && ending->name ? STATUS_OK : calendar_too_large(fault);
}

/* Has nothing behind it yet, and would take a license of the pool. */
static bool
calendar_asks_pool(const struct calendar_context *context, const struct ending *ending)
{
    return ending->expires_at > context->call->now && !ending->followed && ending->auto_renewal;
}

static enum status
calendar_decide(struct calendar_context *context)
{
    struct call *call = context->call;
    struct pool_horizon horizon;
    utc_seconds until = 0;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < context->count; i++)
        if (calendar_asks_pool(context, &context->endings[i]))
            until = context->endings[i].expires_at;
    if (until > 0)
        status = pool_horizon_find(call, &context->look, until, &horizon);
    for (size_t i = 0; i < context->count && !status; i++) {
        struct ending *ending = &context->endings[i];
        struct notice_facts facts = {
            .followed = ending->followed,
            .followed_by_pool = ending->followed_by_pool,
            .ended = ending->expires_at <= call->now,
            .auto_renewal = ending->auto_renewal,
        };
        if (calendar_asks_pool(context, ending))
            status = pool_horizon_ask(call, &horizon, ending->expires_at, ending->serial,
                                      &facts.pool_serves);
        ending->next = notice_next(&facts);
    }
    return status;
}

static const char *
words_of(const struct calendar_context *context, const struct ending *ending)
{
    bool ended = ending->expires_at <= context->call->now;

    switch (ending->next) {
    case NOTICE_QUEUE:
        return ended ? "continued with a queued license" : "continues with a queued license";
    case NOTICE_POOL:
        return ended ? "was renewed from the pool" : "will be renewed from the pool";
    default:
        return ended ? "stopped" : "will stop";
    }
}

/* Those that stop, or those that go on, until the names are used up. */
static void
list_some(const struct calendar_context *context, const struct ending *endings, size_t count,
          bool stopping, struct buffer *text, size_t *named)
{
    for (size_t i = 0; i < count && *named < CALENDAR_NAMED_A_DAY; i++) {
        const struct ending *ending = &endings[i];
        if ((ending->next == NOTICE_STOPS) != stopping)
            continue;
        if (*ending->name)
            buffer_printf(text, "%s (%s) %s\n", ending->name, ending->serial,
                          words_of(context, ending));
        else
            buffer_printf(text, "%s %s\n", ending->serial, words_of(context, ending));
        ++*named;
    }
}

static void
summarize(const struct calendar_context *context, const struct ending *endings, size_t count,
          char *out, size_t size)
{
    bool ended = endings[0].expires_at <= context->call->now;
    size_t stopping = 0;

    for (size_t i = 0; i < count; i++)
        stopping += endings[i].next == NOTICE_STOPS;
    int used = snprintf(out, size, "%zu license%s %s", count, count == 1 ? "" : "s",
                        ended        ? "ended"
                        : count == 1 ? "ends"
                                     : "end");
    if (stopping > 0)
        snprintf(out + used, size - (size_t)used, ", %zu sensor%s %s", stopping,
                 stopping == 1 ? "" : "s",
                 ended           ? "stopped"
                 : stopping == 1 ? "stops"
                                 : "stop");
}

static enum status
calendar_put_day(struct calendar_context *context, const struct ending *endings, size_t count)
{
    char uid[64], url[MOST_URL_BYTES], summary[96], day[DATE_TEXT_SIZE], id[ID_TEXT_SIZE];
    struct buffer text;
    size_t named = 0;

    id_format(id, context->feed.organization_id);
    date_format(day, endings[0].last_day);
    snprintf(uid, sizeof uid, "%s-%s@tenure", day, id);
    snprintf(url, sizeof url, "%s/o/%s/licenses", context->call->public_url, id);
    summarize(context, endings, count, summary, sizeof summary);

    buffer_init(&text, MOST_DAY_BYTES);
    list_some(context, endings, count, true, &text, &named);
    list_some(context, endings, count, false, &text, &named);
    if (named < count)
        buffer_printf(&text, "and %zu more\n", count - named);
    buffer_printf(&text, "Days are those of %s.", zone_name(context->look.zone));
    calendar_put_event(context->out,
                       &(struct calendar_event){
                           .uid = uid,
                           .day = endings[0].last_day,
                           .stamp = zone_day_start(context->look.zone, context->today),
                           .summary = summary,
                           .description = text.bytes,
                           .url = *context->call->public_url ? url : NULL,
                       });
    bool whole = !text.overflow;
    buffer_clear(&text);
    return whole && !context->out->overflow ? STATUS_OK
                                            : calendar_too_large(&context->call->db.fault);
}

static enum status
write_days(struct calendar_context *context)
{
    char name[ORGANIZATION_NAME_MOST_BYTES + 16];
    enum status status = STATUS_OK;

    snprintf(name, sizeof name, "%s: licenses", context->feed.name);
    buffer_restart(context->out);
    calendar_open(context->out, name, CALENDAR_HOURS);
    if (context->count == 0)
        calendar_put_nothing(context->out);
    for (size_t i = 0, next; i < context->count && !status; i = next) {
        for (next = i + 1; next < context->count; next++)
            if (context->endings[next].last_day != context->endings[i].last_day)
                break;
        status = calendar_put_day(context, &context->endings[i], next - i);
    }
    calendar_close(context->out);
    return status;
}

static enum status
calendar_write_body(struct call *call, void *with)
{
    struct calendar_context *context = with;
    enum status status = open_feed(context);

    context->count = context->room = 0;
    if (!status)
        status = calendar_ends(
            &call->db,
            &(struct calendar_ends_in){
                .organization_id = context->feed.organization_id,
                .after = zone_day_start(context->look.zone, context->today - CALENDAR_PAST_DAYS),
                .most = CALENDAR_MOST_LICENSES,
            },
            calendar_take_row, context);
    if (!status)
        status = calendar_decide(context);
    return status ? status : write_days(context);
}

enum status
calendar_write(struct call *call, const char *token, struct buffer *out)
{
    struct calendar_context context = { .call = call, .token = token, .out = out };

    return read_transact(call, calendar_write_body, &context);
}

enum status
calendar_version(struct call *call, const char *token, char out[HASH_BYTES * 2 + 1])
{
    struct calendar_context context = { .call = call, .token = token };
    enum status status = open_feed(&context);
    uint8_t hash[HASH_BYTES];
    char facts[512];

    if (status)
        return status;
    snprintf(facts, sizeof facts, "%lld %lld %s %s %s", (long long)context.feed.version,
             (long long)context.today, zone_name(context.look.zone), context.feed.name,
             call->public_url);
    hash_bytes(hash, facts, strlen(facts), NULL);
    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", hash[i]);
    return STATUS_OK;
}
