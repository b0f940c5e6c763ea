/* webhook_routes.c - webhooks and their deliveries. */
#include "edge/http/answer.h"
#include "edge/http/route.h"
#include "edge/http/routes/page_query.h"
#include "service/webhook/webhooks.h"

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
write_webhook(struct json_writer *json, const void *item)
{
    const struct webhook *webhook = item;

    json_put_id(json, "id", webhook->id);
    json_put_text(json, "url", webhook->url);
    json_put_array_open(json, "events");
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
write_call(struct json_writer *json, const void *item)
{
    const struct webhook_delivery *delivery = item;

    json_put_id(json, "id", delivery->id);
    json_put_text(json, "event", delivery->event);
    json_put_text(json, "message_id", delivery->message_id);
    write_delivery(json, &delivery->delivery);
    json_put_time(json, "next_try_at", delivery->next_try_at);
    json_put_int64_if(json, "answer_code", delivery->answer_code != 0, delivery->answer_code);
}

/* GET /organizations/{org}/webhooks */
static enum status
get_webhooks(struct http_request *http, struct call *call)
{
    const struct page_request *asked = http->input;
    struct webhook_page page;
    enum status status = webhook_list_page(call, http->organization_id, *asked, &page);

    return status ? status : answer_list(http, ANSWER_PAGE(page, write_webhook));
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
    enum status status = webhook_create(call, http->organization_id, &request, &webhook);

    return status ? status : answer_item(http, 201, &webhook, write_webhook);
}

/* DELETE /organizations/{org}/webhooks/{id} */
static enum status
delete_webhook(struct http_request *http, struct call *call)
{
    return webhook_delete(call, http->organization_id, http_path_id(http, "id"));
}

/* GET /organizations/{org}/webhooks/{id}/deliveries */
static enum status
get_deliveries(struct http_request *http, struct call *call)
{
    const struct page_request *asked = http->input;
    struct webhook_delivery_page page;
    enum status status =
        webhook_deliveries(call, http->organization_id, http_path_id(http, "id"), *asked, &page);

    return status ? status : answer_list(http, ANSWER_PAGE(page, write_call));
}

/* POST /organizations/{org}/webhooks/{id}/deliveries/{delivery}/redelivery */
static enum status
post_redelivery(struct http_request *http, struct call *call)
{
    struct webhook_delivery delivery;
    enum status status = webhook_redeliver(call, http->organization_id, http_path_id(http, "id"),
                                           http_path_id(http, "delivery"), &delivery);

    return status ? status : answer_item(http, 200, &delivery, write_call);
}

/* POST /organizations/{org}/webhooks/{id}/test */
static enum status
post_test(struct http_request *http, struct call *call)
{
    struct webhook_delivery delivery;
    enum status status =
        webhook_test(call, http->organization_id, http_path_id(http, "id"), &delivery);

    return status ? status : answer_item(http, 201, &delivery, write_call);
}

const struct http_route webhook_routes[] = {
    { MEMBER_ROUTE(HTTP_GET, "/webhooks", PERMISSION_SEE_STAFF, WORK_READ),
      ROUTE_QUERY(page_query, struct page_request), .handler = get_webhooks },
    { MEMBER_ROUTE(HTTP_POST, "/webhooks", PERMISSION_ADMINISTER, WORK_WRITE),
      ROUTE_BODY(create_body, struct webhook_input), .handler = post_webhook },
    { MEMBER_ROUTE(HTTP_DELETE, "/webhooks/{id}", PERMISSION_ADMINISTER, WORK_WRITE),
      .handler = delete_webhook },
    { MEMBER_ROUTE(HTTP_GET, "/webhooks/{id}/deliveries", PERMISSION_SEE_STAFF, WORK_READ),
      ROUTE_QUERY(page_query, struct page_request), .handler = get_deliveries },
    { MEMBER_ROUTE(HTTP_POST, "/webhooks/{id}/deliveries/{delivery}/redelivery",
                   PERMISSION_ADMINISTER, WORK_WRITE),
      .handler = post_redelivery },
    { MEMBER_ROUTE(HTTP_POST, "/webhooks/{id}/test", PERMISSION_ADMINISTER, WORK_WRITE),
      .handler = post_test },
    { .path = NULL },
};
