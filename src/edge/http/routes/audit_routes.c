/* audit_routes.c - the audit log. */
#include "edge/http/answer.h"
#include "edge/http/route.h"
#include "edge/http/routes/page_query.h"
#include "service/audit/audit_log.h"

enum { FILTER_MOST_BYTES = 254 };

static const struct input_field log_query[] = {
    { INPUT_MEMBER(struct audit_query, user), .kind = INPUT_TEXT, .most = FILTER_MOST_BYTES },
    { INPUT_MEMBER(struct audit_query, object), .kind = INPUT_TEXT, .most = FILTER_MOST_BYTES,
      .pasted = true },
    { INPUT_MEMBER(struct audit_query, action), .kind = INPUT_TEXT, .most = FILTER_MOST_BYTES },
    { INPUT_MEMBER(struct audit_query, from), .kind = INPUT_TIME },
    { INPUT_MEMBER(struct audit_query, to), .kind = INPUT_TIME },
    PAGE_FIELDS(struct audit_query, page),
    INPUT_END,
};

/* The id is the number of the entry in its chain. */
static void
write_entry(struct json_writer *json, const void *item)
{
    const struct audit_entry *entry = item;

    json_put_id(json, "id", entry->sequence);
    json_put_time(json, "at", entry->at);
    json_put_object_open(json, "actor");
    json_put_text(json, "kind", entry->actor_kind);
    json_put_id(json, "id", entry->actor_id);
    json_put_text(json, "name", entry->actor_name);
    json_object_close(json);
    json_put_text(json, "action", entry->fact.action);
    json_put_object_open(json, "object");
    json_put_text(json, "kind", entry->fact.object_kind);
    json_put_text(json, "id", entry->fact.object_id);
    json_object_close(json);
    json_key(json, "before");
    json_raw(json, entry->fact.before);
    json_key(json, "after");
    json_raw(json, entry->fact.after);
}

/* GET /organizations/{org}/audit-log */
static enum status
get_log(struct http_request *http, struct call *call)
{
    struct audit_page page;
    enum status status = audit_list(call, http->organization_id, http->input, &page);

    return status ? status : answer_list(http, ANSWER_PAGE(page, write_entry));
}

const struct http_route audit_routes[] = {
    { MEMBER_ROUTE(HTTP_GET, "/audit-log", PERMISSION_ADMINISTER, WORK_READ),
      ROUTE_QUERY(log_query, struct audit_query), .handler = get_log },
    { .path = NULL },
};
