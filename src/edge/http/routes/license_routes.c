/* license_routes.c - the License Manager, and the licenses of a sensor. */
#include "service/license/licensing.h"

#include <string.h>

#include "edge/http/answer.h"
#include "edge/http/route.h"
#include "edge/http/routes/page_query.h"
#include "service/license/license_queue.h"
#include "service/license/licensing_give.h"
#include "service/license/take_back.h"
#include "service/manager/manager.h"

enum { SEARCH_MOST_BYTES = 100, KEY_MOST_BYTES = 200, ID_MOST_BYTES = 100 };

static const char *const sorts[] = {
    [MANAGER_BY_EXPIRES_AT] = "expires_at",
    [MANAGER_BY_NAME] = "name",
    [MANAGER_BY_SERIAL] = "serial",
    [MANAGER_BY_ACTIVATED_AT] = "activated_at",
};

static const struct input_field manager_query_fields[] = {
    { INPUT_MEMBER(struct manager_query, state), .kind = INPUT_CHOICE, .words = manager_state_words,
      .word_count = MANAGER_STATE_COUNT },
    { INPUT_MEMBER(struct manager_query, q), .kind = INPUT_TEXT, .most = SEARCH_MOST_BYTES,
      .pasted = true },
    { INPUT_MEMBER(struct manager_query, key), .kind = INPUT_TEXT, .least = 1,
      .most = KEY_MOST_BYTES, .pasted = true },
    { INPUT_MEMBER(struct manager_query, expires_before), .kind = INPUT_TIME },
    { INPUT_MEMBER(struct manager_query, sort), .kind = INPUT_CHOICE, .words = sorts,
      .word_count = sizeof sorts / sizeof sorts[0] },
    PAGE_FIELDS(struct manager_query, page),
    INPUT_END,
};

/* GET /organizations/{org}/license-manager */
static enum status
get_manager(struct http_request *http, struct call *call)
{
    struct manager_page page;
    struct json_writer json;
    enum status status = manager_list(call, http->organization_id, http->input, &page);

    if (status)
        return status;
    answer_open(http, &json, 200);
    json_put_int64(&json, "licenses_left", page.licenses_left);
    answer_page(http, &json, ANSWER_ITEMS(page.rows, page.count, write_manager_row), page.next);
    json_put_object_open(&json, "counts");
    json_put_int64(&json, "active", page.active);
    json_put_int64(&json, "expiring", page.expiring);
    json_put_int64(&json, "stopping", page.stopping);
    json_put_int64(&json, "not_saving", page.not_saving);
    json_put_int64(&json, "expired", page.expired);
    json_put_int64(&json, "unlicensed", page.unlicensed);
    json_object_close(&json);
    return answer_close(http, &json);
}

struct assign_input {
    const char *key;
};

static const struct input_field assign_body[] = {
    { INPUT_MEMBER(struct assign_input, key), .kind = INPUT_TEXT, .least = 1,
      .most = KEY_MOST_BYTES, .pasted = true },
    INPUT_END,
};

/* POST /organizations/{org}/sensors/{serial}/licenses: "+" */
static enum status
post_license(struct http_request *http, struct call *call)
{
    const struct assign_input *input = http->input;
    struct license license;
    enum status status =
        license_assign(call, http->organization_id, http->serial, input->key, &license);

    return status ? status : answer_item(http, 201, &license, write_license);
}

/* The first license behind the cursor, which is the start of the last one shown: no two
 * licenses of a sensor start at once. */
static enum status
page_start(const struct license_list *list, const char *cursor, size_t *out, struct call *call)
{
    utc_seconds last;

    *out = 0;
    if (!cursor)
        return STATUS_OK;
    if (!id_parse(&last, cursor, strlen(cursor)))
        return call_fail(call, STATUS_MALFORMED, "", "cursor", "this is not a cursor");
    while (*out < list->count && list->items[*out].starts_at <= last)
        (*out)++;
    return STATUS_OK;
}

/* GET /organizations/{org}/sensors/{serial}/licenses */
static enum status
get_licenses(struct http_request *http, struct call *call)
{
    const struct page_request *asked = http->input, page = *asked;
    struct license_list list;
    char next[ID_TEXT_SIZE];
    size_t at;
    enum status status = license_history(call, http->organization_id, http->serial, &list);

    if (status)
        return status;
    status = page_start(&list, page.cursor, &at, call);
    if (status)
        return status;
    size_t end = list.count - at > (size_t)page.limit ? at + (size_t)page.limit : list.count;
    bool more = end < list.count;
    if (more)
        id_format(next, list.items[end - 1].starts_at);
    return answer_list(http, ANSWER_ITEMS(list.items + at, end - at, write_license),
                       more ? next : NULL);
}

/* DELETE /organizations/{org}/licenses/{id} */
static enum status
delete_license(struct http_request *http, struct call *call)
{
    return license_take_back(call, http->organization_id, http_path_id(http, "id"));
}

struct queue_input {
    struct input_texts licenses;
};

static const struct input_field queue_body[] = {
    { INPUT_MEMBER(struct queue_input, licenses), .kind = INPUT_TEXTS, .required = true,
      .most = ID_MOST_BYTES, .most_items = QUEUE_MOST },
    INPUT_END,
};

static void
write_queue(struct json_writer *json, const void *item)
{
    const struct license_list *queue = item;

    answer_array(json, "queue", ANSWER_ITEMS(queue->items, queue->count, write_license));
}

/* PUT /organizations/{org}/sensors/{serial}/queue. A text that is no id names no license. */
static enum status
put_queue(struct http_request *http, struct call *call)
{
    const struct queue_input *input = http->input;
    size_t count = input->licenses.count;
    int64_t *ids = call_new(call, (count + 1) * sizeof *ids);
    struct license_list queue;

    if (!ids)
        return call_too_large(call);
    for (size_t i = 0; i < count; i++)
        if (!id_parse(&ids[i], input->licenses.items[i], strlen(input->licenses.items[i])))
            ids[i] = 0;
    enum status status = license_queue_reorder(
        call, http->organization_id, &(struct license_order){ http->serial, ids, count }, &queue);
    return status ? status : answer_item(http, 200, &queue, write_queue);
}

const struct http_route license_routes[] = {
    { MEMBER_ROUTE(HTTP_GET, "/license-manager", PERMISSION_LICENSES, WORK_READ),
      ROUTE_QUERY(manager_query_fields, struct manager_query), .handler = get_manager },
    { MEMBER_ROUTE(HTTP_POST, "/sensors/{serial}/licenses", PERMISSION_LICENSES, WORK_WRITE),
      ROUTE_BODY(assign_body, struct assign_input), .dry_run = true, .handler = post_license },
    { MEMBER_ROUTE(HTTP_GET, "/sensors/{serial}/licenses", PERMISSION_LICENSES, WORK_READ),
      ROUTE_QUERY(page_query, struct page_request), .handler = get_licenses },
    { MEMBER_ROUTE(HTTP_DELETE, "/licenses/{id}", PERMISSION_LICENSES, WORK_WRITE),
      .handler = delete_license },
    { MEMBER_ROUTE(HTTP_PUT, "/sensors/{serial}/queue", PERMISSION_LICENSES, WORK_WRITE),
      ROUTE_BODY(queue_body, struct queue_input), .handler = put_queue },
    { .path = NULL },
};
