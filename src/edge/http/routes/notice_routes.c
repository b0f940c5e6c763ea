/* notice_routes.c - the Notification Manager and sent notices. */
#include "edge/http/answer.h"
#include "edge/http/route.h"
#include "edge/http/routes/page_query.h"
#include "service/notice/mail_check.h"
#include "service/notice/notice_settings.h"
#include "service/notice/notices_list.h"

static void
write_recipient(struct json_writer *json, const void *item)
{
    const struct notice_recipient *recipient = item;

    json_put_id(json, "user_id", recipient->user_id);
    json_put_bool(json, "only_what_stops", recipient->only_what_stops);
}

static void
write_recipients(struct json_writer *json, const void *item)
{
    const struct notice_recipients *recipients = item;

    answer_array(json, "recipients",
                 ANSWER_ITEMS(recipients->items, recipients->count, write_recipient));
}

/* GET /organizations/{org}/notifications/license-expiration */
static enum status
get_recipients(struct http_request *http, struct call *call)
{
    struct notice_recipients recipients;
    enum status status = notice_recipients_get(call, http->organization_id, &recipients);

    return status ? status : answer_item(http, 200, &recipients, write_recipients);
}

static const struct input_field recipient_fields[] = {
    { INPUT_MEMBER(struct notice_recipient, user_id), .kind = INPUT_ID, .required = true },
    { INPUT_MEMBER(struct notice_recipient, only_what_stops), .kind = INPUT_BOOL },
    INPUT_END,
};

struct recipients_input {
    struct input_objects recipients;
};

static const struct input_field recipients_body[] = {
    { INPUT_MEMBER(struct recipients_input, recipients), .kind = INPUT_OBJECTS, .required = true,
      .fields = recipient_fields, .item_size = sizeof(struct notice_recipient),
      .most_items = NOTICE_MOST_RECIPIENTS },
    INPUT_END,
};

/* PUT /organizations/{org}/notifications/license-expiration */
static enum status
notice_put_recipients(struct http_request *http, struct call *call)
{
    const struct recipients_input *input = http->input;
    struct notice_recipients wanted = { input->recipients.items, input->recipients.count }, now;
    enum status status = notice_recipients_put(call, http->organization_id, &wanted, &now);

    return status ? status : answer_item(http, 200, &now, write_recipients);
}

static const struct input_field notices_query[] = {
    { INPUT_MEMBER(struct notice_query, serial), .kind = INPUT_TEXT, .least = 1, .most = 100,
      .pasted = true },
    { INPUT_AT("alert", struct notice_query, alert_id), .kind = INPUT_ID },
    PAGE_FIELDS(struct notice_query, page),
    INPUT_END,
};

static void
write_notice(struct json_writer *json, const void *item)
{
    const struct notice *notice = item;

    json_put_id(json, "id", notice->id);
    json_put_text(json, "kind", notice->kind);
    json_put_text(json, "recipient", notice->recipient);
    json_put_array_open(json, "serials");
    for (size_t i = 0; i < notice->serial_count; i++)
        json_text(json, notice->serials[i]);
    json_array_close(json);
    json_put_date(json, "due_on", notice->due_on);
    write_delivery(json, &notice->delivery);
}

/* GET /organizations/{org}/notices */
static enum status
get_notices(struct http_request *http, struct call *call)
{
    struct notice_page page;
    enum status status = notices_list(call, http->organization_id, http->input, &page);

    return status ? status : answer_list(http, ANSWER_PAGE(page, write_notice));
}

/* POST /organizations/{org}/notifications/test-mail */
static enum status
post_test_mail(struct http_request *http, struct call *call)
{
    struct json_writer json;
    int64_t id;
    enum status status = test_mail_queue(call, http->organization_id, http->who.user.email, &id);

    if (status)
        return status;
    answer_open(http, &json, 201);
    json_put_id(&json, "id", id);
    json_put_text(&json, "recipient", http->who.user.email);
    return answer_close(http, &json);
}

/* GET /organizations/{org}/notifications/test-mail/{id} */
static enum status
get_test_mail(struct http_request *http, struct call *call)
{
    struct test_mail mail;
    struct json_writer json;
    int64_t id = http_path_id(http, "id");
    enum status status = test_mail_find(call, http->organization_id, id, &mail);

    if (status)
        return status;
    answer_open(http, &json, 200);
    json_put_id(&json, "id", id);
    json_put_text(&json, "recipient", mail.recipient);
    write_delivery(&json, &mail.delivery);
    return answer_close(http, &json);
}

const struct http_route notice_routes[] = {
    { MEMBER_ROUTE(HTTP_GET, "/notifications/license-expiration", PERMISSION_SEE_STAFF, WORK_READ),
      .handler = get_recipients },
    { MEMBER_ROUTE(HTTP_PUT, "/notifications/license-expiration", PERMISSION_SENSORS, WORK_WRITE),
      ROUTE_BODY(recipients_body, struct recipients_input), .handler = notice_put_recipients },
    { MEMBER_ROUTE(HTTP_GET, "/notices", PERMISSION_SEE_STAFF, WORK_READ),
      ROUTE_QUERY(notices_query, struct notice_query), .handler = get_notices },
    { MEMBER_ROUTE(HTTP_POST, "/notifications/test-mail", PERMISSION_SENSORS, WORK_WRITE),
      .handler = post_test_mail },
    { MEMBER_ROUTE(HTTP_GET, "/notifications/test-mail/{id}", PERMISSION_SENSORS, WORK_READ),
      .handler = get_test_mail },
    { .path = NULL },
};
