#include "service/notice/calendar.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar_write.h"
#include "base/id.h"
#include "service/core/transaction.h"
#include "service/notice/notices_due.h"
#include "service/organization/organizations.h"
#include "service/outbox/letter.h"
#include "statements.h"
#include "store/store.h"

enum { SUMMARY_SIZE = 96, MOST_DAY_BYTES = 32 * 1024 };

struct calendar_context {
    struct call *call;
    const char *token;
    struct buffer *out;
    struct calendar_link_by_token_out feed;
    struct organization_lock ledger; /* read, not locked */
    day_number today;
    struct notice_list list; /* first to end first */
};

static enum status
open_feed(struct calendar_context *context)
{
    struct call *call = context->call;
    uint8_t hash[HASH_BYTES];
    bool found;

    hash_bytes(hash, context->token, strlen(context->token), NULL);
    struct calendar_link_by_token_in in = { .token_hash = { hash, sizeof hash } };
    enum status status = calendar_link_by_token(&call->db, &in, &context->feed, &found);
    if (status)
        return status;
    if (!found)
        return call_fail(call, STATUS_NOT_FOUND, "", "",
                         "this calendar link is not valid, or has ended");
    status = organization_load(call, context->feed.organization_id, &context->ledger);
    if (!status)
        context->today = zone_local_day(context->ledger.zone, call->now);
    return status;
}

static enum status
calendar_add_row(void *with, const struct calendar_ends_out *row, struct fault *fault)
{
    struct calendar_context *context = with;
    struct notice_item item = {
        .serial = row->serial,
        .name = row->name,
        .expires_at = row->expires_at,
        .facts.auto_renewal = row->auto_renewal,
    };

    (void)fault; /* it is the call's */
    return notice_list_add(context->call, &context->ledger, &context->list, item, row->followed_by);
}

static void
list_sensor(struct buffer *text, const struct notice_item *item)
{
    if (*item->name)
        buffer_printf(text, "%s (%s) %s\n", item->name, item->serial, notice_item_phrase(item));
    else
        buffer_printf(text, "%s %s\n", item->serial, notice_item_phrase(item));
}

/* Lists up to CALENDAR_NAMED_A_DAY sensors; those that stop come first. */
static void
list_sensors(const struct notice_item *items, size_t count, struct buffer *text)
{
    size_t named = 0;

    for (int stopping = 1; stopping >= 0; stopping--)
        for (size_t i = 0; i < count && named < CALENDAR_NAMED_A_DAY; i++)
            if ((items[i].next == NOTICE_STOPS) == stopping) {
                list_sensor(text, &items[i]);
                named++;
            }
    if (named < count)
        buffer_printf(text, "and %zu more\n", count - named);
}

static const char *
verb_of(bool past, size_t count, const char *const forms[3])
{
    return forms[past ? 0 : count == 1 ? 1 : 2];
}

static void
summarize(const struct notice_item *items, size_t count, char out[SUMMARY_SIZE])
{
    bool past = items[0].facts.ended;
    size_t stopping = 0;

    for (size_t i = 0; i < count; i++)
        stopping += items[i].next == NOTICE_STOPS;
    int used = snprintf(out, SUMMARY_SIZE, "%zu license%s %s", count, letter_plural((int64_t)count),
                        verb_of(past, count, (const char *[]){ "ended", "ends", "end" }));
    if (stopping > 0)
        snprintf(out + used, SUMMARY_SIZE - (size_t)used, ", %zu sensor%s %s", stopping,
                 letter_plural((int64_t)stopping),
                 verb_of(past, stopping, (const char *[]){ "stopped", "stops", "stop" }));
}

static enum status
calendar_put_day(struct calendar_context *context, const struct notice_item *items, size_t count)
{
    char uid[64], url[PAGE_URL_SIZE], summary[SUMMARY_SIZE], day[DATE_TEXT_SIZE], id[ID_TEXT_SIZE];
    struct buffer text;

    id_format(id, context->feed.organization_id);
    date_format(day, items[0].last_day);
    snprintf(uid, sizeof uid, "%s-%s@tenure", day, id);
    letter_page_url(url, context->call, context->feed.organization_id, "licenses");
    summarize(items, count, summary);

    buffer_init(&text, MOST_DAY_BYTES);
    list_sensors(items, count, &text);
    buffer_printf(&text, "Days are in the time zone %s.", zone_name(context->ledger.zone));
    calendar_put_event(context->out,
                       &(struct calendar_event){
                           .uid = uid,
                           .day = items[0].last_day,
                           .stamp = zone_day_start(context->ledger.zone, context->today),
                           .summary = summary,
                           .description = text.bytes,
                           .url = *context->call->public_url ? url : NULL,
                       });
    bool whole = !text.overflow;
    buffer_clear(&text);
    if (!whole || context->out->overflow)
        return call_fail(context->call, STATUS_TOO_LARGE, "", "", "the calendar is too large");
    return STATUS_OK;
}

static enum status
write_days(struct calendar_context *context)
{
    char name[ORGANIZATION_NAME_MOST_BYTES + 16];
    enum status status = STATUS_OK;

    snprintf(name, sizeof name, "%s: licenses", context->feed.name);
    buffer_restart(context->out);
    calendar_open(context->out, name, CALENDAR_HOURS);
    if (context->list.count == 0)
        calendar_put_nothing(context->out);
    for (size_t i = 0, next; i < context->list.count && !status; i = next) {
        for (next = i + 1; next < context->list.count; next++)
            if (context->list.items[next].last_day != context->list.items[i].last_day)
                break;
        status = calendar_put_day(context, &context->list.items[i], next - i);
    }
    calendar_close(context->out);
    return status;
}

static enum status
calendar_write_body(struct call *call, void *with)
{
    struct calendar_context *context = with;
    enum status status = open_feed(context);

    context->list = (struct notice_list){ 0 };
    if (status)
        return status;
    struct calendar_ends_in in = {
        .organization_id = context->feed.organization_id,
        .after = zone_day_start(context->ledger.zone, context->today - CALENDAR_PAST_DAYS),
        .most = CALENDAR_MOST_LICENSES,
    };
    status = calendar_ends(&call->db, &in, calendar_add_row, context);
    if (status)
        return status;
    status = notice_list_decide(call, &context->ledger, &context->list);
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
             (long long)context.today, zone_name(context.ledger.zone), context.feed.name,
             call->public_url);
    hash_bytes(hash, facts, strlen(facts), NULL);
    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", hash[i]);
    return STATUS_OK;
}
