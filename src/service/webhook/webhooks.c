/* webhooks.c - made, listed, deleted. */
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

enum { WEBHOOKS_CURSOR = 'h' };

struct creating {
    int64_t organization_id;
    const struct webhook_request *request;
    uint8_t secret[WEBHOOK_SECRET_BYTES];
    struct webhook *out;
};

static enum status
check_url(struct call *call, const struct webhook_request *request)
{
    struct web_url url;
    enum web_url_flaw flaw = web_url_parse(&url, request->url, strlen(request->url));

    if (flaw)
        return fail(&call->fault, STATUS_INVALID, "url_malformed", "url", "%s",
                    web_url_flaw_sentence(flaw));
    if (!url.numeric || request->private_is_allowed)
        return STATUS_OK;
    enum address_class kind = address_class_of((const struct sockaddr *)&url.address.storage);
    if (kind != ADDRESS_PUBLIC)
        return fail(&call->fault, STATUS_INVALID, "url_not_allowed", "url",
                    "%s is %s: this server sends only to the internet", url.host,
                    address_class_words(kind));
    return STATUS_OK;
}

static enum status
read_events(struct call *call, const struct webhook_request *request, bool events[EVENT_COUNT])
{
    memset(events, 0, EVENT_COUNT * sizeof *events);
    if (request->event_count == 0)
        return fail(&call->fault, STATUS_INVALID, "event_missing", "events",
                    "name an event, or several");
    for (size_t i = 0; i < request->event_count; i++) {
        size_t event = 0;
        while (event < EVENT_COUNT && strcmp(event_words[event], request->events[i]) != 0)
            event++;
        if (event == EVENT_COUNT)
            return fail(&call->fault, STATUS_INVALID, "event_unknown", "events",
                        "there is no event %.60s", request->events[i]);
        if (events[event])
            return fail(&call->fault, STATUS_INVALID, "event_repeated", "events", "%s stands twice",
                        request->events[i]);
        events[event] = true;
    }
    return STATUS_OK;
}

/* What is told of expired licenses follows from the webhooks that there are. */
static enum status
follow(struct call *call, int64_t organization_id)
{
    bool wanted;
    enum status status = events_wanted(call, organization_id, EVENT_LICENSE_EXPIRED, &wanted);

    return status ? status : expiry_watch_set(call, organization_id, wanted);
}

static enum status
record(struct call *call, int64_t organization_id, const char *action,
       const struct webhook *webhook, bool made)
{
    const char *facts;
    char id[ID_TEXT_SIZE];
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
    enum status status = audit_json_close(&json, call, &facts);
    if (status)
        return status;
    return audit_append(call, organization_id,
                        &(struct audit_fact){
                            .action = action,
                            .object_kind = "webhook",
                            .object_id = id,
                            .before = made ? NULL : facts,
                            .after = made ? facts : NULL,
                        });
}

static enum status
put(struct call *call, const struct creating *creating)
{
    const struct webhook *webhook = creating->out;
    struct webhook_event_insert_in events[EVENT_COUNT];
    uint8_t sealed[WEBHOOK_SECRET_BYTES + SEAL_BYTES];
    size_t count = 0;

    secret_seal(sealed, creating->secret, sizeof creating->secret, call->secret);
    enum status status = webhook_insert(call->store, call->arena,
                                        &(struct webhook_insert_in){
                                            .organization_id = creating->organization_id,
                                            .id = webhook->id,
                                            .url = webhook->url,
                                            .secret = { sealed, sizeof sealed },
                                            .created_at = webhook->created_at,
                                            .created_by = webhook->created_by,
                                        },
                                        NULL, &call->fault);
    for (size_t event = 0; event < EVENT_COUNT; event++)
        if (webhook->events[event])
            events[count++] = (struct webhook_event_insert_in){
                creating->organization_id,
                event_words[event],
                webhook->id,
            };
    if (!status)
        status = webhook_event_insert(call->store, call->arena, events, count, NULL, &call->fault);
    return status;
}

static enum status
create_body(struct call *call, void *with)
{
    struct creating *creating = with;
    struct organization_lock lock;
    struct webhook *others;
    size_t count;
    enum status status = ledger_begin(call, creating->organization_id, &lock);

    if (!status)
        status = webhook_list(call, creating->organization_id, &others, &count);
    if (!status && count >= WEBHOOKS_MOST)
        status = fail(&call->fault, STATUS_CONFLICT, "too_many_webhooks", "",
                      "an organization has at most %d webhooks", WEBHOOKS_MOST);
    creating->out->created_at = call->now;
    if (!status)
        status = put(call, creating);
    if (!status)
        status = follow(call, creating->organization_id);
    return status ? status
                  : record(call, creating->organization_id, "webhook.create", creating->out, true);
}

enum status
webhook_create(struct call *call, int64_t organization_id, const struct webhook_request *request,
               struct webhook *out)
{
    struct creating creating = { .organization_id = organization_id,
                                 .request = request,
                                 .out = out };

    *out =
        (struct webhook){ .id = id_random(), .url = request->url, .created_by = call->actor->name };
    enum status status = check_url(call, request);
    if (!status)
        status = read_events(call, request, out->events);
    if (status)
        return status;
    random_bytes(creating.secret, sizeof creating.secret);
    webhook_secret_format(out->secret, creating.secret);
    return transact(call, create_body, &creating);
}

enum status
webhook_list(struct call *call, int64_t organization_id, struct webhook **out, size_t *count)
{
    struct webhooks_of_out *rows;
    struct webhook_events_of_out *events;
    size_t event_count;
    enum status status = webhooks_of(call->store, call->arena,
                                     &(struct webhooks_of_in){ organization_id }, &rows, count,
                                     &call->fault);

    if (!status)
        status = webhook_events_of(call->store, call->arena,
                                   &(struct webhook_events_of_in){ organization_id }, &events,
                                   &event_count, &call->fault);
    if (status)
        return status;
    *out = arena_new(call->arena, (*count + 1) * sizeof **out);
    if (!*out)
        return fail(&call->fault, STATUS_TOO_LARGE, "", "", "the answer is too large");
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

/* There are few: all are read, whatever the page. */
enum status
webhook_list_page(struct call *call, int64_t organization_id, struct page_request page,
                  struct webhook_page *out)
{
    int64_t after_at = -1, after_id = 0;
    size_t count, first = 0, limit = (size_t)page.limit;
    struct webhook *all;
    enum status status = cursor_read_id(call, WEBHOOKS_CURSOR, page.cursor, &after_at, &after_id);

    if (!status)
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
    out->next = cursor_write_id(call, WEBHOOKS_CURSOR, out->items[limit - 1].created_at,
                                out->items[limit - 1].id);
    return out->next ? STATUS_OK : call->fault.status;
}

struct removing {
    int64_t organization_id, id;
    bool gone; /* not deleted: set aside */
};

static enum status
find(struct call *call, const struct removing *removing, struct webhook *out)
{
    struct webhook *all;
    size_t count;
    enum status status = webhook_list(call, removing->organization_id, &all, &count);

    for (size_t i = 0; !status && i < count; i++)
        if (all[i].id == removing->id) {
            *out = all[i];
            return STATUS_OK;
        }
    return status ? status
                  : fail(&call->fault, STATUS_NOT_FOUND, "", "", "there is no such webhook");
}

static enum status
take_away(struct call *call, const struct removing *removing)
{
    int64_t organization_id = removing->organization_id, id = removing->id;

    if (removing->gone)
        return webhook_set_gone(call->store, call->arena,
                                &(struct webhook_set_gone_in){ organization_id, id, call->now },
                                NULL, &call->fault);
    enum status status = webhook_events_delete(
        call->store, call->arena, &(struct webhook_events_delete_in){ organization_id, id }, NULL,
        &call->fault);
    return status ? status
                  : webhook_delete_row(call->store, call->arena,
                                       &(struct webhook_delete_row_in){ organization_id, id }, NULL,
                                       &call->fault);
}

static enum status
remove_body(struct call *call, void *with)
{
    const struct removing *removing = with;
    struct organization_lock lock;
    struct webhook webhook;
    enum status status = ledger_begin(call, removing->organization_id, &lock);

    if (!status)
        status = find(call, removing, &webhook);
    if (!status && removing->gone && webhook.gone_at)
        return STATUS_OK;
    if (!status)
        status = take_away(call, removing);
    if (!status)
        status = follow(call, removing->organization_id);
    return status
               ? status
               : record(call, removing->organization_id,
                        removing->gone ? "webhook.set_aside" : "webhook.delete", &webhook, false);
}

enum status
webhook_delete(struct call *call, int64_t organization_id, int64_t id)
{
    return transact(call, remove_body,
                    &(struct removing){ .organization_id = organization_id, .id = id });
}

enum status
webhook_set_aside(struct call *call, int64_t organization_id, int64_t id)
{
    return transact(
        call, remove_body,
        &(struct removing){ .organization_id = organization_id, .id = id, .gone = true });
}
