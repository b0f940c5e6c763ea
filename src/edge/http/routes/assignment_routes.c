/* assignment_routes.c - licenses for many sensors at once. */
#include "service/manager/assignments.h"

#include "edge/http/answer.h"
#include "edge/http/route.h"

enum {
    SEARCH_MOST_BYTES = 100,
    KEY_MOST_BYTES = 200,
    SERIAL_MOST_BYTES = 100,
};

struct assignment_input {
    struct input_texts serials;
    bool has_filter;
    struct manager_query filter;
    int64_t count;
    const char *key;
};

static const struct input_field filter_fields[] = {
    { INPUT_MEMBER(struct manager_query, state), .kind = INPUT_CHOICE, .words = manager_state_words,
      .word_count = MANAGER_STATE_COUNT },
    { INPUT_MEMBER(struct manager_query, expires_before), .kind = INPUT_TIME },
    { INPUT_MEMBER(struct manager_query, q), .kind = INPUT_TEXT, .most = SEARCH_MOST_BYTES,
      .pasted = true },
    INPUT_END,
};

static const struct input_field body[] = {
    { INPUT_MEMBER(struct assignment_input, serials), .kind = INPUT_TEXTS, .least = 1,
      .most = SERIAL_MOST_BYTES, .pasted = true, .refused = "serial_malformed", .least_items = 1,
      .most_items = ASSIGNMENT_MOST_LICENSES },
    { INPUT_MEMBER(struct assignment_input, filter), .kind = INPUT_OBJECT, .fields = filter_fields,
      .has = offsetof(struct assignment_input, has_filter) },
    { INPUT_MEMBER(struct assignment_input, count), .kind = INPUT_INT64, .required = true,
      .least = 1, .most = ASSIGNMENT_MOST_EACH },
    { INPUT_MEMBER(struct assignment_input, key), .kind = INPUT_TEXT, .least = 1,
      .most = KEY_MOST_BYTES, .pasted = true },
    INPUT_END,
};

static void
write_assigned(struct json_writer *json, const void *item)
{
    const struct assigned_sensor *assigned = item;

    json_put_text(json, "serial", assigned->serial);
    answer_array(json, "licenses",
                 ANSWER_ITEMS(assigned->licenses, assigned->count, write_license));
}

/* POST /organizations/{org}/assignments */
static enum status
post_assignments(struct http_request *http, struct call *call)
{
    const struct assignment_input *input = http->input;
    struct assignments made;
    struct json_writer json;

    if (input->has_filter == (input->serials.items != NULL))
        return call_fail(call, STATUS_INVALID, input->has_filter ? "" : "field_missing", "serials",
                         "the request needs either serials or a filter");
    enum status status = assignments_make(call, http->organization_id,
                                          &(struct assignment_request){
                                              .serials = input->serials.items,
                                              .serial_count = input->serials.count,
                                              .filter = input->filter,
                                              .count = input->count,
                                              .key = input->key,
                                          },
                                          &made);
    if (status)
        return status;
    answer_open(http, &json, 201);
    json_put_int64(&json, "licenses_left", made.licenses_left);
    answer_array(&json, "results", ANSWER_ITEMS(made.items, made.count, write_assigned));
    return answer_close(http, &json);
}

const struct http_route assignment_routes[] = {
    { MEMBER_ROUTE(HTTP_POST, "/assignments", PERMISSION_LICENSES, WORK_WRITE),
      ROUTE_BODY(body, struct assignment_input), .dry_run = true, .bulk = true,
      .handler = post_assignments },
    { .path = NULL },
};
