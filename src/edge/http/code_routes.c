/* code_routes.c - activation codes as an organization sees them. */
#include "service/codes.h"

#include "edge/http/answer.h"
#include "edge/http/page_query.h"
#include "edge/http/route.h"

struct redeem_input {
    const char *code;
};

static const struct input_field redeem_body[] = {
    { INPUT_MEMBER(struct redeem_input, code), .kind = INPUT_TEXT, .required = true, .least = 1,
      .most = 100 },
    INPUT_END,
};

/* POST /organizations/{org}/activation-codes */
static enum status
post_code(struct http_request *http, struct call *call)
{
    const struct redeem_input *input = http->input;
    struct redemption redemption;
    struct json_writer json;
    enum status status = code_redeem(call, http->organization_id, input->code, &redemption);

    if (status)
        return status;
    answer_open(http, &json, redemption.again ? 200 : 201);
    json_put_text(&json, "key", redemption.key);
    json_put_int64(&json, "quantity", redemption.quantity);
    json_put_text(&json, "term", redemption.term);
    json_put_time(&json, "redeemed_at", redemption.redeemed_at);
    json_put_int64(&json, "licenses_left", redemption.licenses_left);
    json_key(&json, "renewed");
    json_array_open(&json);
    for (size_t i = 0; i < redemption.renewed_count; i++) {
        json_object_open(&json);
        json_put_text(&json, "serial", redemption.renewed[i].serial);
        json_put_time(&json, "expires_at", redemption.renewed[i].expires_at);
        json_object_close(&json);
    }
    json_array_close(&json);
    return answer_close(http, &json);
}

struct keys_input {
    struct page_request page;
};

static const struct input_field keys_query[] = {
    PAGE_FIELDS(struct keys_input, page),
    INPUT_END,
};

/* GET /organizations/{org}/activation-codes */
static enum status
get_keys(struct http_request *http, struct call *call)
{
    const struct keys_input *input = http->input;
    struct key_page page;
    struct json_writer json;
    enum status status = key_list(call, http->organization_id, page_or_default(input->page), &page);

    if (status)
        return status;
    answer_open(http, &json, 200);
    answer_items_open(&json);
    for (size_t i = 0; i < page.count; i++) {
        const struct key_item *item = &page.items[i];
        json_object_open(&json);
        json_put_text(&json, "key", item->key);
        json_put_int64(&json, "quantity", item->quantity);
        json_put_int64(&json, "assigned", item->assigned);
        json_put_int64(&json, "left", item->left);
        json_put_text(&json, "term", item->term);
        json_put_time(&json, "redeemed_at", item->redeemed_at);
        json_put_text(&json, "redeemed_by", item->redeemed_by);
        json_object_close(&json);
    }
    answer_items_close(http, &json, page.next);
    return answer_close(http, &json);
}

const struct http_route code_routes[] = {
    { .method = HTTP_POST,
      .path = API "/organizations/{org}/activation-codes",
      .access = ACCESS_MEMBER,
      .permission = PERMISSION_LICENSES,
      .work = WORK_WRITE,
      .dry_run = true,
      .body = redeem_body,
      .input_size = sizeof(struct redeem_input),
      .handler = post_code },
    { .method = HTTP_GET,
      .path = API "/organizations/{org}/activation-codes",
      .access = ACCESS_MEMBER,
      .permission = PERMISSION_LICENSES,
      .work = WORK_READ,
      .query = keys_query,
      .input_size = sizeof(struct keys_input),
      .handler = get_keys },
    { .path = NULL },
};
