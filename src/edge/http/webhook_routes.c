/* webhook_routes.c - where events are sent, and what came of it. */
#include <string.h>

#include "edge/http/answer.h"
#include "edge/http/page_query.h"
#include "edge/http/route.h"
#include "service/webhooks.h"

enum { EVENT_MOST_BYTES = 40 };

struct webhook_input {
    const char *url;
    struct input_texts events;
};

static const struct input_field create_body[] = {
    { INPUT_MEMBER(struct webhook_input, url), .kind = INPUT_TEXT, .required = true, .least = 1,
      .most = WEB_URL_MOST_BYTES },
    { INPUT_MEMBER(struct webhook_input, events), .kind = INPUT_TEXTS, .required = true, .least = 1,
      .most = EVENT_MOST_BYTES, .most_items = EVENT_COUNT },
    INPUT_END,
};

static void
write_webhook(struct json_writer *json, const struct webhook *webhook)
{
    json_put_id(json, "id", webhook->id);
    json_put_text(json, "url", webhook->url);
    json_key(json, "events");
    json_array_open(json);
    for (size_t event = 0; event < EVENT_COUNT; event++)
        if (webhook->events[event])
            json_text(json, event_words[event]);
    json_array_close(json);
    json_put_time(json, "created_at", webhook->created_at);
    json_put_text(json, "created_by", webhook->created_by);
    json_put_time(json, "gone_at", webhook->gone_at);
    if (*webhook->secret)
        json_put_text(json, "secret", webhook->secret);
}

static void
write_delivery(struct json_writer *json, const struct webhook_delivery *delivery)
{
    json_put_id(json, "id", delivery->id);
    json_put_text(json, "event", delivery->event);
    json_put_text(json, "message_id", delivery->message_id);
    json_put_text(json, "state", delivery->state);
    json_put_time(json, "queued_at", delivery->queued_at);
    json_put_int64(json, "attempts", delivery->attempts);
    json_put_time(json, "next_try_at", delivery->next_try_at);
    json_put_time(json, "sent_at", delivery->sent_at);
    if (delivery->answer_code)
        json_put_int64(json, "answer_code", delivery->answer_code);
    else
        json_put_null(json, "answer_code");
    json_put_text(json, "last_error", *delivery->last_error ? delivery->last_error : NULL);
}

static enum status
path_id(struct http_request *http, struct call *call, const char *name, int64_t *out)
{
    const char *text = http_path_value(http, name);

    return id_parse(out, text, strlen(text))
               ? STATUS_OK
               : fail(&call->fault, STATUS_NOT_FOUND, "", "", "there is no such %s",
                      *name == 'i' ? "webhook" : "delivery");
}

/* GET /organizations/{org}/webhooks */
static enum status
get_webhooks(struct http_request *http, struct call *call)
{
    struct webhook *webhooks;
    struct json_writer json;
    size_t count;
    enum status status = webhook_list(call, http->organization_id, &webhooks, &count);

    if (status)
        return status;
    answer_open(http, &json, 200);
    answer_items_open(&json);
    for (size_t i = 0; i < count; i++) {
        json_object_open(&json);
        write_webhook(&json, &webhooks[i]);
        json_object_close(&json);
    }
    answer_items_close(http, &json, NULL);
    return answer_close(http, &json);
}

/* POST /organizations/{org}/webhooks */
static enum status
post_webhook(struct http_request *http, struct call *call)
{
    const struct webhook_input *input = http->input;
    const struct webhook_request request = {
        input->url,
        input->events.items,
        input->events.count,
        http->context->webhook_private,
    };
    struct webhook webhook;
    struct json_writer json;
    enum status status = webhook_create(call, http->organization_id, &request, &webhook);

    if (status)
        return status;
    answer_open(http, &json, 201);
    write_webhook(&json, &webhook);
    return answer_close(http, &json);
}

/* DELETE /organizations/{org}/webhooks/{id} */
static enum status
delete_webhook(struct http_request *http, struct call *call)
{
    int64_t id;
    enum status status = path_id(http, call, "id", &id);

    if (!status)
        status = webhook_delete(call, http->organization_id, id);
    return status ? status : answer_empty(http, 204);
}

struct deliveries_input {
    struct page_request page;
};

static const struct input_field deliveries_query[] = {
    PAGE_FIELDS(struct deliveries_input, page),
    INPUT_END,
};

/* GET /organizations/{org}/webhooks/{id}/deliveries */
static enum status
get_deliveries(struct http_request *http, struct call *call)
{
    const struct deliveries_input *input = http->input;
    struct webhook_delivery_page page;
    struct json_writer json;
    int64_t id;
    enum status status = path_id(http, call, "id", &id);

    if (!status)
        status = webhook_deliveries(call, http->organization_id, id, page_or_default(input->page),
                                    &page);
    if (status)
        return status;
    answer_open(http, &json, 200);
    answer_items_open(&json);
    for (size_t i = 0; i < page.count; i++) {
        json_object_open(&json);
        write_delivery(&json, &page.items[i]);
        json_object_close(&json);
    }
    answer_items_close(http, &json, page.next);
    return answer_close(http, &json);
}

static enum status
answer_delivery(struct http_request *http, int code, const struct webhook_delivery *delivery)
{
    struct json_writer json;

    answer_open(http, &json, code);
    write_delivery(&json, delivery);
    return answer_close(http, &json);
}

/* POST /organizations/{org}/webhooks/{id}/deliveries/{delivery}/redelivery */
static enum status
post_redelivery(struct http_request *http, struct call *call)
{
    struct webhook_delivery delivery;
    int64_t id, delivery_id;
    enum status status = path_id(http, call, "id", &id);

    if (!status)
        status = path_id(http, call, "delivery", &delivery_id);
    if (!status)
        status = webhook_redeliver(call, http->organization_id, id, delivery_id, &delivery);
    return status ? status : answer_delivery(http, 200, &delivery);
}

/* POST /organizations/{org}/webhooks/{id}/test */
static enum status
post_test(struct http_request *http, struct call *call)
{
    struct webhook_delivery delivery;
    int64_t id;
    enum status status = path_id(http, call, "id", &id);

    if (!status)
        status = webhook_test(call, http->organization_id, id, &delivery);
    return status ? status : answer_delivery(http, 201, &delivery);
}

const struct http_route webhook_routes[] = {
    { .method = HTTP_GET,
      .path = API "/organizations/{org}/webhooks",
      .access = ACCESS_MEMBER,
      .permission = PERMISSION_SEE_STAFF,
      .work = WORK_READ,
      .handler = get_webhooks },
    { .method = HTTP_POST,
      .path = API "/organizations/{org}/webhooks",
      .access = ACCESS_MEMBER,
      .permission = PERMISSION_ADMINISTER,
      .work = WORK_WRITE,
      .body = create_body,
      .input_size = sizeof(struct webhook_input),
      .handler = post_webhook },
    { .method = HTTP_DELETE,
      .path = API "/organizations/{org}/webhooks/{id}",
      .access = ACCESS_MEMBER,
      .permission = PERMISSION_ADMINISTER,
      .work = WORK_WRITE,
      .handler = delete_webhook },
    { .method = HTTP_GET,
      .path = API "/organizations/{org}/webhooks/{id}/deliveries",
      .access = ACCESS_MEMBER,
      .permission = PERMISSION_SEE_STAFF,
      .work = WORK_READ,
      .query = deliveries_query,
      .input_size = sizeof(struct deliveries_input),
      .handler = get_deliveries },
    { .method = HTTP_POST,
      .path = API "/organizations/{org}/webhooks/{id}/deliveries/{delivery}/redelivery",
      .access = ACCESS_MEMBER,
      .permission = PERMISSION_ADMINISTER,
      .work = WORK_WRITE,
      .handler = post_redelivery },
    { .method = HTTP_POST,
      .path = API "/organizations/{org}/webhooks/{id}/test",
      .access = ACCESS_MEMBER,
      .permission = PERMISSION_ADMINISTER,
      .work = WORK_WRITE,
      .handler = post_test },
    { .path = NULL },
};
