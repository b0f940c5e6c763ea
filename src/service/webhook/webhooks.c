/* webhooks.c - creates, lists and deletes webhooks. */
#include "service/webhook/webhooks.h"

#include <string.h>

#include "base/address_class.h"
#include "base/id.h"
#include "service/audit/audit.h"
#include "service/core/cursor.h"
#include "service/core/transaction.h"
#include "service/ledger/expiry_watch.h"
#include "service/ledger/ledger.h"
#include "statements.h"
#include "store/store.h"

struct create_context {
    int64_t organization_id;
    uint8_t secret[WEBHOOK_SECRET_BYTES];
    struct webhook *out;
};

static enum status
check_url(struct call *call, const struct webhook_request *request)
{
    struct web_url url;
    enum web_url_flaw flaw = web_url_parse(&url, request->url, strlen(request->url));

    if (flaw)
        return call_fail(call, STATUS_INVALID, "url_malformed", "url", "%s",
                         web_url_flaw_sentence(flaw));
    if (!url.numeric || request->private_is_allowed)
        return STATUS_OK;
    enum address_class kind = address_class_of((const struct sockaddr *)&url.address.storage);
    if (kind != ADDRESS_PUBLIC)
        return call_fail(call, STATUS_INVALID, "url_not_allowed", "url",
                         "%s is %s: this server sends only to the internet", url.host,
                         address_class_words(kind));
    return STATUS_OK;
}

static enum status
read_events(struct call *call, const struct webhook_request *request, bool events[EVENT_COUNT])
{
    memset(events, 0, EVENT_COUNT * sizeof *events);
    if (request->event_count == 0)
        return call_fail(call, STATUS_INVALID, "event_missing", "events",
                         "name at least one event");
    for (size_t i = 0; i < request->event_count; i++) {
        size_t event = 0;
        while (event < EVENT_COUNT && strcmp(event_words[event], request->events[i]) != 0)
            event++;
        if (event == EVENT_COUNT)
            return call_fail(call, STATUS_INVALID, "event_unknown", "events",
                             "there is no event %.60s", request->events[i]);
        if (events[event])
            return call_fail(call, STATUS_INVALID, "event_repeated", "events", "%s is listed twice",
                             request->events[i]);
        events[event] = true;
    }
    return STATUS_OK;
}

/* Expired licenses are watched only while a webhook subscribes to that event. */
static enum status
update_expiry_watch(struct call *call, int64_t organization_id)
{
    bool wanted;
    enum status status = events_wanted(call, organization_id, EVENT_LICENSE_EXPIRED, &wanted);

    return status ? status : expiry_watch_set(call, organization_id, wanted);
}

static enum status
webhooks_record(struct call *call, int64_t organization_id, const char *action,
                const struct webhook *webhook, bool made)
{
    char id[ID_TEXT_SIZE];
    struct audit_fact fact = { action, "webhook", id, NULL, NULL };
    struct audit_json json;
    struct json_writer *writer = audit_json_open(&json);

    id_format(id, webhook->id);
    json_put_text(writer, "url", webhook->url);
    json_key(writer, "events");
    json_array_open(writer);
    for (size_t event = 0; event < EVENT_COUNT; event++)
        if (webhook->events[event])
            json_text(writer, event_words[event]);
    json_array_close(writer);
    enum status status = audit_json_close(&json, call, made ? &fact.after : &fact.before);
    return status ? status : audit_append(call, organization_id, &fact);
}

static enum status
webhooks_put(struct call *call, const struct create_context *context)
{
    const struct webhook *webhook = context->out;
    struct webhook_event_insert_in events[EVENT_COUNT];
    uint8_t sealed[WEBHOOK_SECRET_BYTES + SEAL_BYTES];
    size_t count = 0;

    secret_seal(sealed, context->secret, sizeof context->secret, call->secret);
    struct webhook_insert_in in = {
        .organization_id = context->organization_id,
        .id = webhook->id,
        .url = webhook->url,
        .secret = { sealed, sizeof sealed },
        .created_at = webhook->created_at,
        .created_by = webhook->created_by,
    };
    enum status status = webhook_insert(&call->db, &in, NULL);
    for (size_t event = 0; event < EVENT_COUNT; event++)
        if (webhook->events[event])
            events[count++] = (struct webhook_event_insert_in){ context->organization_id,
                                                                event_words[event], webhook->id };
    return status ? status : webhook_event_insert(&call->db, events, count, NULL);
}

static enum status
webhooks_create_body(struct call *call, void *with)
{
    struct create_context *context = with;
    struct organization_lock lock;
    struct webhook *others;
    size_t count;
    enum status status = ledger_begin(call, context->organization_id, &lock);

    if (status)
        return status;
    status = webhook_list(call, context->organization_id, &others, &count);
    if (status)
        return status;
    if (count >= WEBHOOKS_MOST)
        return call_fail(call, STATUS_CONFLICT, "too_many_webhooks", "",
                         "an organization has at most %d webhooks", WEBHOOKS_MOST);
    context->out->created_at = call->now;
    status = webhooks_put(call, context);
    if (status)
        return status;
    status = update_expiry_watch(call, context->organization_id);
    if (status)
        return status;
    return webhooks_record(call, context->organization_id, "webhook.create", context->out, true);
}

enum status
webhook_create(struct call *call, int64_t organization_id, const struct webhook_request *request,
               struct webhook *out)
{
    struct create_context context = { .organization_id = organization_id, .out = out };

    *out =
        (struct webhook){ .id = id_random(), .url = request->url, .created_by = call->actor->name };
    enum status status = check_url(call, request);
    if (status)
        return status;
    status = read_events(call, request, out->events);
    if (status)
        return status;
    random_bytes(context.secret, sizeof context.secret);
    webhook_secret_format(out->secret, context.secret);
    return transact(call, webhooks_create_body, &context);
}

enum status
webhook_list(struct call *call, int64_t organization_id, struct webhook **out, size_t *count)
{
    struct webhooks_of_in webhooks_in = { organization_id };
    struct webhook_events_of_in events_in = { organization_id };
    struct webhooks_of_out *rows;
    struct webhook_events_of_out *events;
    size_t event_count;
    enum status status = webhooks_of(&call->db, &webhooks_in, &rows, count);

    if (status)
        return status;
    status = webhook_events_of(&call->db, &events_in, &events, &event_count);
    if (status)
        return status;
    *out = call_new(call, (*count + 1) * sizeof **out);
    if (!*out)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < *count; i++) {
        struct webhook *webhook = &(*out)[i];
        *webhook = (struct webhook){
            .id = rows[i].id,
            .url = rows[i].url,
            .created_at = rows[i].created_at,
            .created_by = rows[i].created_by,
            .gone_at = rows[i].gone_at,
        };
        for (size_t k = 0; k < event_count; k++)
            for (size_t event = 0; event < EVENT_COUNT; event++)
                if (events[k].webhook_id == webhook->id
                    && !strcmp(events[k].event, event_words[event]))
                    webhook->events[event] = true;
    }
    return STATUS_OK;
}

/* Reads all, because there are few. */
enum status
webhook_list_page(struct call *call, int64_t organization_id, struct page_request page,
                  struct webhook_page *out)
{
    int64_t after_at = -1, after_id = 0;
    size_t count, first = 0, limit = (size_t)page.limit;
    struct webhook *all;
    enum status status = cursor_read_id(call, CURSOR_WEBHOOKS, page.cursor, &after_at, &after_id);

    if (status)
        return status;
    status = webhook_list(call, organization_id, &all, &count);
    if (status)
        return status;
    while (first < count
           && (all[first].created_at < after_at
               || (all[first].created_at == after_at && all[first].id <= after_id)))
        first++;
    *out = (struct webhook_page){ .items = all + first, .count = count - first };
    if (out->count <= limit)
        return STATUS_OK;
    out->count = limit;
    out->next = cursor_write_id(call, CURSOR_WEBHOOKS, out->items[limit - 1].created_at,
                                out->items[limit - 1].id);
    return out->next ? STATUS_OK : STATUS_TOO_LARGE;
}

struct remove_context {
    int64_t organization_id, id;
    bool gone; /* set aside instead of deleted */
};

static enum status
webhooks_find(struct call *call, const struct remove_context *context, struct webhook *out)
{
    struct webhook *all;
    size_t count;
    enum status status = webhook_list(call, context->organization_id, &all, &count);

    for (size_t i = 0; !status && i < count; i++)
        if (all[i].id == context->id) {
            *out = all[i];
            return STATUS_OK;
        }
    return status ? status : call_fail(call, STATUS_NOT_FOUND, "", "", "there is no such webhook");
}

static enum status
remove_rows(struct call *call, const struct remove_context *context)
{
    struct webhook_set_gone_in gone = { context->organization_id, context->id, call->now };
    struct webhook_events_delete_in events = { context->organization_id, context->id };
    struct webhook_delete_row_in row = { context->organization_id, context->id };

    if (context->gone)
        return webhook_set_gone(&call->db, &gone, NULL);
    enum status status = webhook_events_delete(&call->db, &events, NULL);
    return status ? status : webhook_delete_row(&call->db, &row, NULL);
}

static enum status
webhooks_remove_body(struct call *call, void *with)
{
    const struct remove_context *context = with;
    struct organization_lock lock;
    struct webhook webhook;
    enum status status = ledger_begin(call, context->organization_id, &lock);

    if (status)
        return status;
    status = webhooks_find(call, context, &webhook);
    if (status || (context->gone && webhook.gone_at))
        return status;
    status = remove_rows(call, context);
    if (status)
        return status;
    status = update_expiry_watch(call, context->organization_id);
    if (status)
        return status;
    return webhooks_record(call, context->organization_id,
                           context->gone ? "webhook.set_aside" : "webhook.delete", &webhook, false);
}

enum status
webhook_delete(struct call *call, int64_t organization_id, int64_t id)
{
    return transact(call, webhooks_remove_body,
                    &(struct remove_context){ .organization_id = organization_id, .id = id });
}

enum status
webhook_set_aside(struct call *call, int64_t organization_id, int64_t id)
{
    return transact(
        call, webhooks_remove_body,
        &(struct remove_context){ .organization_id = organization_id, .id = id, .gone = true });
}
