/* organization_routes.c - tenants and their settings. */
#include "service/organization/organizations.h"

#include "domain/pool.h"
#include "edge/http/answer.h"
#include "edge/http/route.h"

static enum status
answer_organization(struct http_request *http, int code, const struct organization *organization,
                    enum role role)
{
    struct json_writer json;

    answer_open(http, &json, code);
    json_put_id(&json, "id", organization->id);
    json_put_text(&json, "name", organization->name);
    json_put_text(&json, "time_zone", organization->time_zone);
    json_put_bool(&json, "time_zone_missing", organization->time_zone_missing);
    json_put_text(&json, "pool_order", organization->pool_order);
    json_put_text(&json, "notice_time", organization->notice_time);
    json_put_bool(&json, "device_token_required", organization->device_token_required);
    if (role >= ROLE_MANAGER)
        json_put_text(&json, "device_token", organization->device_token);
    json_put_time(&json, "created_at", organization->created_at);
    json_put_bool(&json, "mail_is_set", http->context->mail_is_set);
    return answer_close(http, &json);
}

struct create_input {
    const char *name, *time_zone;
};

static const struct input_field create_body[] = {
    { INPUT_MEMBER(struct create_input, name), .kind = INPUT_TEXT, .required = true, .least = 1,
      .most = NAME_MOST_BYTES },
    { INPUT_MEMBER(struct create_input, time_zone), .kind = INPUT_TEXT, .required = true,
      .least = 1, .most = 64 },
    INPUT_END,
};

/* POST /organizations */
static enum status
post_organization(struct http_request *http, struct call *call)
{
    const struct create_input *input = http->input;
    struct organization made;
    enum status status = organization_create(call, input->name, input->time_zone, &made);

    return status ? status : answer_organization(http, 201, &made, ROLE_ADMINISTRATOR);
}

/* GET /organizations/{org} */
static enum status
get_organization(struct http_request *http, struct call *call)
{
    struct organization found;
    enum status status = organization_get(call, http->organization_id, &found);

    return status ? status : answer_organization(http, 200, &found, http->role);
}

static const struct input_field change_body[] = {
    { INPUT_MEMBER(struct organization_change, name), .kind = INPUT_TEXT, .least = 1,
      .most = NAME_MOST_BYTES },
    { INPUT_MEMBER(struct organization_change, time_zone), .kind = INPUT_TEXT, .least = 1,
      .most = 64 },
    { INPUT_MEMBER(struct organization_change, pool_order), .kind = INPUT_WORD,
      .words = pool_order_words, .word_count = POOL_ORDER_COUNT },
    { INPUT_MEMBER(struct organization_change, notice_time), .kind = INPUT_TEXT, .least = 1,
      .most = 5 },
    { INPUT_MEMBER(struct organization_change, device_token_required), .kind = INPUT_BOOL,
      .has = offsetof(struct organization_change, has_device_token_required) },
    INPUT_END,
};

/* PATCH /organizations/{org} */
static enum status
patch_organization(struct http_request *http, struct call *call)
{
    struct organization changed;
    enum status status = organization_change(call, http->organization_id, http->input, &changed);

    return status ? status : answer_organization(http, 200, &changed, http->role);
}

/* POST /organizations/{org}/device-token */
static enum status
post_device_token(struct http_request *http, struct call *call)
{
    struct organization changed;
    enum status status = organization_renew_device_token(call, http->organization_id, &changed);

    return status ? status : answer_organization(http, 200, &changed, http->role);
}

const struct http_route organization_routes[] = {
    { ROUTE(HTTP_POST, API "/organizations", ACCESS_SIGNED_IN, WORK_WRITE),
      ROUTE_BODY(create_body, struct create_input), .handler = post_organization },
    { MEMBER_ROUTE(HTTP_GET, "", PERMISSION_SEE, WORK_READ), .has_secret = true,
      .handler = get_organization },
    { MEMBER_ROUTE(HTTP_PATCH, "", PERMISSION_ADMINISTER, WORK_WRITE),
      ROUTE_BODY(change_body, struct organization_change), .handler = patch_organization },
    { MEMBER_ROUTE(HTTP_POST, "/device-token", PERMISSION_ADMINISTER, WORK_WRITE),
      .handler = post_device_token },
    { .path = NULL },
};
