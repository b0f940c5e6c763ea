/* operator_routes.c - the routes of operators, who sell licenses. */
#include "edge/http/answer.h"
#include "edge/http/route.h"
#include "edge/http/routes/page_query.h"
#include "service/code/codes.h"
#include "service/code/codes_revoke.h"
#include "service/organization/organizations.h"

enum { TERM_MOST_BYTES = 16 };

static void
operator_write_order(struct json_writer *json, const void *item)
{
    const struct code_order *order = item;

    json_put_id(json, "id", order->id);
    if (*order->code)
        json_put_text(json, "code", order->code);
    json_put_int64(json, "quantity", order->quantity);
    json_put_text(json, "term", order->term);
    json_put_date(json, "redeem_by", order->has_redeem_by ? order->redeem_by : 0);
    /* A bound code is redeemed only by its own organization. */
    json_put_id(json, "organization_id",
                order->organization_id ? order->organization_id : order->bound_organization_id);
    json_put_text(json, "organization_name",
                  *order->organization_name ? order->organization_name : NULL);
    json_put_text(json, "reference", order->reference);
    json_put_text(json, "state", order->state);
    json_put_time(json, "issued_at", order->issued_at);
    json_put_text(json, "issued_by", order->issued_by);
    json_put_time(json, "redeemed_at", order->redeemed_at);
    json_put_time(json, "revoked_at", order->revoked_at);
    json_put_text(json, "revoked_by", order->revoked_at ? order->revoked_by : NULL);
    json_put_text(json, "revoke_reason", order->revoked_at ? order->revoke_reason : NULL);
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
operator_post_code(struct http_request *http, struct call *call)
{
    struct code_order order;
    enum status status = code_issue(call, http->input, &order);

    return status ? status : answer_item(http, 201, &order, operator_write_order);
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
    struct code_page page;
    enum status status = code_list(call, http->input, &page);

    return status ? status : answer_list(http, ANSWER_PAGE(page, operator_write_order));
}

static const struct input_field revoke_body[] = {
    { INPUT_MEMBER(struct code_revocation_request, reason), .kind = INPUT_TEXT, .required = true,
      .least = 1, .most = REVOKE_REASON_MOST_BYTES },
    { INPUT_MEMBER(struct code_revocation_request, effective_at), .kind = INPUT_TIME },
    INPUT_END,
};

/* POST /operator/activation-codes/{id}/revocation */
static enum status
post_revocation(struct http_request *http, struct call *call)
{
    struct code_revocation revocation;
    struct json_writer json;
    enum status status = code_revoke(call, http_path_id(http, "id"), http->input, &revocation);

    if (status)
        return status;
    answer_open(http, &json, 200);
    operator_write_order(&json, &revocation.order);
    json_put_time(&json, "effective_at", revocation.effective_at);
    json_put_int64(&json, "withdrawn_from_pool", revocation.withdrawn_from_pool);
    json_put_int64(&json, "withdrawn_waiting", revocation.withdrawn_waiting);
    json_put_int64(&json, "ended", revocation.ended);
    return answer_close(http, &json);
}

static void
write_organization(struct json_writer *json, const void *item)
{
    const struct organization_counts *organization = item;

    json_put_id(json, "id", organization->id);
    json_put_text(json, "name", organization->name);
    json_put_time(json, "created_at", organization->created_at);
    json_put_int64(json, "sensors", organization->sensors);
    json_put_int64(json, "active", organization->active);
    json_put_int64(json, "licenses_left", organization->licenses_left);
}

static const struct input_field organizations_query[] = {
    { INPUT_MEMBER(struct organization_query, q), .kind = INPUT_TEXT,
      .most = ORGANIZATION_Q_MOST_BYTES },
    PAGE_FIELDS(struct organization_query, page),
    INPUT_END,
};

/* GET /operator/organizations */
static enum status
get_organizations(struct http_request *http, struct call *call)
{
    struct organization_page page;
    enum status status = organization_list(call, http->input, &page);

    return status ? status : answer_list(http, ANSWER_PAGE(page, write_organization));
}

const struct http_route operator_routes[] = {
    { ROUTE(HTTP_POST, API "/operator/activation-codes", ACCESS_OPERATOR, WORK_WRITE),
      ROUTE_BODY(issue_body, struct code_request), .handler = operator_post_code },
    { ROUTE(HTTP_GET, API "/operator/activation-codes", ACCESS_OPERATOR, WORK_READ),
      ROUTE_QUERY(list_query, struct code_query), .handler = get_codes },
    { ROUTE(HTTP_POST, API "/operator/activation-codes/{id}/revocation", ACCESS_OPERATOR,
            WORK_WRITE),
      ROUTE_BODY(revoke_body, struct code_revocation_request), .dry_run = true,
      .handler = post_revocation },
    { ROUTE(HTTP_GET, API "/operator/organizations", ACCESS_OPERATOR, WORK_READ),
      ROUTE_QUERY(organizations_query, struct organization_query), .handler = get_organizations },
    { .path = NULL },
};
