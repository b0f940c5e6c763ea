/* operator_routes.c - what whoever sells licenses does. */
#include "edge/http/answer.h"
#include "edge/http/page_query.h"
#include "edge/http/route.h"
#include "service/codes.h"

enum { TERM_MOST_BYTES = 16 };

static void
write_order(struct json_writer *json, const struct code_order *order)
{
    json_put_id(json, "id", order->id);
    if (*order->code)
        json_put_text(json, "code", order->code);
    json_put_int64(json, "quantity", order->quantity);
    json_put_text(json, "term", order->term);
    if (order->has_redeem_by)
        json_put_date(json, "redeem_by", order->redeem_by);
    else
        json_put_null(json, "redeem_by");
    /* The one that alone may redeem it is the one that did. */
    json_put_id(json, "organization_id",
                order->organization_id ? order->organization_id : order->bound_organization_id);
    json_put_text(json, "reference", order->reference);
    json_put_text(json, "state", order->state);
    json_put_time(json, "issued_at", order->issued_at);
    json_put_text(json, "issued_by", order->issued_by);
    json_put_time(json, "redeemed_at", order->redeemed_at);
}

static const struct input_field issue_body[] = {
    { INPUT_MEMBER(struct code_request, quantity), .kind = INPUT_INT64, .required = true,
      .least = 1, .most = CODE_MOST_LICENSES },
    { INPUT_MEMBER(struct code_request, term), .kind = INPUT_TEXT, .required = true, .least = 1,
      .most = TERM_MOST_BYTES },
    { INPUT_MEMBER(struct code_request, redeem_by), .kind = INPUT_DATE,
      .has = offsetof(struct code_request, has_redeem_by) },
    { INPUT_MEMBER(struct code_request, organization_id), .kind = INPUT_ID },
    { INPUT_MEMBER(struct code_request, reference), .kind = INPUT_TEXT,
      .most = REFERENCE_MOST_BYTES },
    INPUT_END,
};

/* POST /operator/activation-codes */
static enum status
post_code(struct http_request *http, struct call *call)
{
    struct code_order order;
    struct json_writer json;
    enum status status = code_issue(call, http->input, &order);

    if (status)
        return status;
    answer_open(http, &json, 201);
    write_order(&json, &order);
    return answer_close(http, &json);
}

static const char *const states[] = { "issued", "redeemed", "expired", "revoked" };

static const struct input_field list_query[] = {
    { INPUT_MEMBER(struct code_query, reference), .kind = INPUT_TEXT,
      .most = REFERENCE_MOST_BYTES },
    { INPUT_MEMBER(struct code_query, state), .kind = INPUT_WORD, .words = states,
      .word_count = sizeof states / sizeof states[0] },
    PAGE_FIELDS(struct code_query, page),
    INPUT_END,
};

/* GET /operator/activation-codes */
static enum status
get_codes(struct http_request *http, struct call *call)
{
    struct code_query *query = http->input;
    struct code_page page;
    struct json_writer json;

    query->page = page_or_default(query->page);
    enum status status = code_list(call, query, &page);
    if (status)
        return status;
    answer_open(http, &json, 200);
    answer_items_open(&json);
    for (size_t i = 0; i < page.count; i++) {
        json_object_open(&json);
        write_order(&json, &page.items[i]);
        json_object_close(&json);
    }
    answer_items_close(http, &json, page.next);
    return answer_close(http, &json);
}

const struct http_route operator_routes[] = {
    { .method = HTTP_POST,
      .path = API "/operator/activation-codes",
      .access = ACCESS_OPERATOR,
      .work = WORK_WRITE,
      .body = issue_body,
      .input_size = sizeof(struct code_request),
      .handler = post_code },
    { .method = HTTP_GET,
      .path = API "/operator/activation-codes",
      .access = ACCESS_OPERATOR,
      .work = WORK_READ,
      .query = list_query,
      .input_size = sizeof(struct code_query),
      .handler = get_codes },
    { .path = NULL },
};
