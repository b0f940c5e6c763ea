/* code_routes.c - the activation codes of an organization. */
#include "service/code/codes.h"

#include "edge/http/answer.h"
#include "edge/http/route.h"
#include "edge/http/routes/page_query.h"

enum { CODE_MOST_BYTES = 200 };

struct redeem_input {
    const char *code;
};

static const struct input_field redeem_body[] = {
    { INPUT_MEMBER(struct redeem_input, code), .kind = INPUT_TEXT, .required = true, .least = 1,
      .most = CODE_MOST_BYTES, .pasted = true, .refused = "code_malformed" },
    INPUT_END,
};

static void
code_write_renewed(struct json_writer *json, const void *item)
{
    const struct renewed_sensor *renewed = item;

    json_put_text(json, "serial", renewed->serial);
    json_put_time(json, "expires_at", renewed->expires_at);
}

/* POST /organizations/{org}/activation-codes */
static enum status
code_post_code(struct http_request *http, struct call *call)
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
    answer_array(&json, "renewed",
                 ANSWER_ITEMS(redemption.renewed, redemption.renewed_count, code_write_renewed));
    return answer_close(http, &json);
}

static void
code_write_key(struct json_writer *json, const void *item)
{
    const struct key_item *key = item;

    json_put_text(json, "key", key->key);
    json_put_int64(json, "quantity", key->quantity);
    json_put_int64(json, "assigned", key->assigned);
    json_put_int64(json, "left", key->left);
    json_put_text(json, "term", key->term);
    json_put_time(json, "redeemed_at", key->redeemed_at);
    json_put_text(json, "redeemed_by", key->redeemed_by);
}

/* GET /organizations/{org}/activation-codes */
static enum status
get_keys(struct http_request *http, struct call *call)
{
    const struct page_request *asked = http->input;
    struct key_page page;
    enum status status = key_list(call, http->organization_id, *asked, &page);

    return status ? status : answer_list(http, ANSWER_PAGE(page, code_write_key));
}

const struct http_route code_routes[] = {
    { MEMBER_ROUTE(HTTP_POST, "/activation-codes", PERMISSION_LICENSES, WORK_WRITE),
      ROUTE_BODY(redeem_body, struct redeem_input), .dry_run = true, .handler = code_post_code },
    { MEMBER_ROUTE(HTTP_GET, "/activation-codes", PERMISSION_LICENSES, WORK_READ),
      ROUTE_QUERY(page_query, struct page_request), .handler = get_keys },
    { .path = NULL },
};
