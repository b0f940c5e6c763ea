#include "service/notice/calendar.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar_write.h"
#include "base/id.h"
#include "domain/notice.h"
#include "domain/term.h"
#include "service/core/transaction.h"
#include "service/forecast/pool_horizon.h"
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

struct writing {
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
too_large(struct fault *fault)
{
    return fail(fault, STATUS_TOO_LARGE, "", "", "the calendar is too large");
}

static enum status
open_feed(struct writing *writing)
{
    struct call *call = writing->call;
    uint8_t hash[HASH_BYTES];
    bool found;

    hash_bytes(hash, writing->token, strlen(writing->token), NULL);
    enum status status = calendar_feed_by_token(
        call->store, call->arena,
        &(struct calendar_feed_by_token_in){ .token_hash = { hash, sizeof hash } }, &writing->feed,
        &found, &call->fault);
    if (status)
        return status;
    if (!found)
        return fail(&call->fault, STATUS_NOT_FOUND, "", "", "there is no calendar under this link");
    status = organization_load(call, writing->feed.organization_id, &writing->look);
    if (!status)
        writing->today = zone_local_day(writing->look.zone, call->now);
    return status;
}

static enum status
take_row(void *with, const struct calendar_ends_out *row, struct fault *fault)
{
    struct writing *writing = with;
    struct arena *arena = writing->call->arena;
    struct ending *endings =
        arena_grow(arena, writing->endings, sizeof *endings, writing->count, &writing->room);

    if (!endings)
        return too_large(fault);
    writing->endings = endings;
    struct ending *ending = &endings[writing->count];
    *ending = (struct ending){
        .expires_at = row->expires_at,
        .last_day = term_last_day(row->expires_at, writing->look.zone),
        .serial = arena_text(arena, row->serial, strlen(row->serial)),
        .name = arena_text(arena, row->name, strlen(row->name)),
        .auto_renewal = row->auto_renewal,
        .followed = *row->followed_by != '\0',
        .followed_by_pool = !strcmp(row->followed_by, "auto_renewal"),
    };
    writing->count++;
    return ending->serial && ending->name ? STATUS_OK : too_large(fault);
}

/* Has nothing behind it yet, and would take a license of the pool. */
static bool
asks_pool(const struct writing *writing, const struct ending *ending)
{
    return ending->expires_at > writing->call->now && !ending->followed && ending->auto_renewal;
}

static enum status
decide(struct writing *writing)
{
    struct call *call = writing->call;
    struct pool_horizon reach;
    utc_seconds until = 0;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < writing->count; i++)
        if (asks_pool(writing, &writing->endings[i]))
            until = writing->endings[i].expires_at;
    if (until > 0)
        status = pool_horizon_begin(&reach, call, &writing->look, true, until);
    for (size_t i = 0; i < writing->count && !status; i++) {
        struct ending *ending = &writing->endings[i];
        struct notice_facts facts = {
            .followed = ending->followed,
            .followed_by_pool = ending->followed_by_pool,
            .ended = ending->expires_at <= call->now,
            .auto_renewal = ending->auto_renewal,
        };
        if (asks_pool(writing, ending))
            status =
                pool_horizon_ask(&reach, ending->expires_at, ending->serial, &facts.pool_serves);
        ending->next = notice_next(&facts);
    }
    return status;
}

static const char *
words_of(const struct writing *writing, const struct ending *ending)
{
    bool ended = ending->expires_at <= writing->call->now;

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
list_some(const struct writing *writing, const struct ending *endings, size_t count, bool stopping,
          struct buffer *text, size_t *named)
{
    for (size_t i = 0; i < count && *named < CALENDAR_NAMED_A_DAY; i++) {
        const struct ending *ending = &endings[i];
        if ((ending->next == NOTICE_STOPS) != stopping)
            continue;
        if (*ending->name)
            buffer_printf(text, "%s (%s) %s\n", ending->name, ending->serial,
                          words_of(writing, ending));
        else
            buffer_printf(text, "%s %s\n", ending->serial, words_of(writing, ending));
        ++*named;
    }
}

static void
summarize(const struct writing *writing, const struct ending *endings, size_t count, char *out,
          size_t size)
{
    bool ended = endings[0].expires_at <= writing->call->now;
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
put_day(struct writing *writing, const struct ending *endings, size_t count)
{
    char uid[64], url[MOST_URL_BYTES], summary[96], day[DATE_TEXT_SIZE], id[ID_TEXT_SIZE];
    struct buffer text;
    size_t named = 0;

    id_format(id, writing->feed.organization_id);
    date_format(day, endings[0].last_day);
    snprintf(uid, sizeof uid, "%s-%s@tenure", day, id);
    snprintf(url, sizeof url, "%s/o/%s/licenses", writing->call->public_url, id);
    summarize(writing, endings, count, summary, sizeof summary);

    buffer_init(&text, MOST_DAY_BYTES);
    list_some(writing, endings, count, true, &text, &named);
    list_some(writing, endings, count, false, &text, &named);
    if (named < count)
        buffer_printf(&text, "and %zu more\n", count - named);
    buffer_printf(&text, "Days are those of %s.", zone_name(writing->look.zone));
    calendar_put_event(writing->out,
                       &(struct calendar_event){
                           .uid = uid,
                           .day = endings[0].last_day,
                           .stamp = zone_day_start(writing->look.zone, writing->today),
                           .summary = summary,
                           .description = text.bytes,
                           .url = *writing->call->public_url ? url : NULL,
                       });
    bool whole = !text.overflow;
    buffer_clear(&text);
    return whole && !writing->out->overflow ? STATUS_OK : too_large(&writing->call->fault);
}

static enum status
write_days(struct writing *writing)
{
    char name[ORGANIZATION_NAME_MOST_BYTES + 16];
    enum status status = STATUS_OK;

    snprintf(name, sizeof name, "%s: licenses", writing->feed.name);
    buffer_restart(writing->out);
    calendar_open(writing->out, name, CALENDAR_HOURS);
    if (writing->count == 0)
        calendar_put_nothing(writing->out);
    for (size_t i = 0, next; i < writing->count && !status; i = next) {
        for (next = i + 1; next < writing->count; next++)
            if (writing->endings[next].last_day != writing->endings[i].last_day)
                break;
        status = put_day(writing, &writing->endings[i], next - i);
    }
    calendar_close(writing->out);
    return status;
}

static enum status
write_body(struct call *call, void *with)
{
    struct writing *writing = with;
    enum status status = open_feed(writing);

    writing->count = writing->room = 0;
    if (!status)
        status = calendar_ends(
            call->store, call->arena,
            &(struct calendar_ends_in){
                .organization_id = writing->feed.organization_id,
                .after = zone_day_start(writing->look.zone, writing->today - CALENDAR_PAST_DAYS),
                .most = CALENDAR_MOST_LICENSES,
            },
            take_row, writing, &call->fault);
    if (!status)
        status = decide(writing);
    return status ? status : write_days(writing);
}

enum status
calendar_write(struct call *call, const char *token, struct buffer *out)
{
    struct writing writing = { .call = call, .token = token, .out = out };

    return read_transact(call, write_body, &writing);
}

enum status
calendar_version(struct call *call, const char *token, char out[HASH_BYTES * 2 + 1])
{
    struct writing writing = { .call = call, .token = token };
    enum status status = open_feed(&writing);
    uint8_t hash[HASH_BYTES];
    char facts[512];

    if (status)
        return status;
    snprintf(facts, sizeof facts, "%lld %lld %s %s %s", (long long)writing.feed.version,
             (long long)writing.today, zone_name(writing.look.zone), writing.feed.name,
             call->public_url);
    hash_bytes(hash, facts, strlen(facts), NULL);
    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", hash[i]);
    return STATUS_OK;
}
