/* system_routes.c - health, readiness, and the pages of problem codes. */
#include "edge/http/answer.h"
#include "edge/http/problem_page.h"
#include "edge/http/route.h"
#include "service/core/job.h"

/* GET /healthz */
static enum status
get_health(struct http_request *http, struct call *call)
{
    struct json_writer json;

    (void)call;
    answer_open(http, &json, 200);
    json_put_text(&json, "status", "ok");
    return answer_close(http, &json);
}

/* *count: of the jobs that leave out organizations. */
static bool
store_answers(const struct http_context *context, struct call *call, struct job_isolation **jobs,
              size_t *count)
{
    if (store_pool_borrow(context->stores, &call->db.store, &call->db.fault))
        return false;
    enum status status = job_count_left_out(call, jobs, count);
    store_pool_give_back(context->stores, call->db.store, status);
    call->db.store = NULL;
    return !status;
}

static const char *const clock_words[] = { "ok", "behind", "differs" };
_Static_assert(sizeof clock_words / sizeof *clock_words == CLOCK_STATE_COUNT,
               "a state of the clock has no word");

/* Writes the warnings, with which the server is ready nevertheless. They name no organization,
 * because anyone may read them. */
static void
put_warnings(struct json_writer *json, const struct job_isolation *jobs, size_t count)
{
    json_put_array_open(json, "warnings");
    if (utc_is_unsynchronized())
        json_text(json, "clock_unsynchronized");
    if (count > 0)
        json_text(json, "organizations_left_out");
    json_array_close(json);
    json_put_array_open(json, "left_out");
    for (size_t i = 0; i < count; i++) {
        json_object_open(json);
        json_put_text(json, "job", jobs[i].job);
        json_put_int64(json, "organizations", jobs[i].organizations);
        json_object_close(json);
    }
    json_array_close(json);
}

/* GET /readyz: reads the store, and checks the last commit and the clock. */
static enum status
get_readiness(struct http_request *http, struct call *call)
{
    const struct http_context *context = http->context;
    struct job_isolation *jobs;
    size_t job_count = 0;
    bool store = store_answers(context, call, &jobs, &job_count)
                 && writer_counts(context->writer).store_available;
    enum clock_state clock = clock_state(context->clock, utc_now());
    bool ready = store && clock == CLOCK_RIGHT;
    struct json_writer json;

    if (!ready)
        problem_put_retry_after(http, &(struct fault){ .status = STATUS_BUSY }, 0);
    answer_open(http, &json, ready ? 200 : 503);
    json_put_text(&json, "status", ready ? "ready" : "not_ready");
    json_put_text(&json, "store", store ? "ok" : "unavailable");
    json_put_text(&json, "clock", clock_words[clock]);
    json_put_text(&json, "mail", context->mail_is_set ? "set" : "not_set");
    put_warnings(&json, jobs, store ? job_count : 0);
    return answer_close(http, &json);
}

/* GET /problems/{code} */
static enum status
get_problem(struct http_request *http, struct call *call)
{
    const struct problem_code *row = problem_code_find(http_path_value(http, "code"));

    if (!row)
        return call_fail(call, STATUS_NOT_FOUND, "", "", "there is no problem with this name");
    problem_page_answer(http, 200, row, NULL);
    http->answer.cache = "no-cache";
    return STATUS_OK;
}

const struct http_route system_routes[] = {
    { ROUTE(HTTP_GET, "/healthz", ACCESS_PUBLIC, WORK_ALONE), .handler = get_health },
    { ROUTE(HTTP_GET, "/readyz", ACCESS_PUBLIC, WORK_CHECK), .handler = get_readiness },
    { ROUTE(HTTP_GET, "/problems/{code}", ACCESS_PUBLIC, WORK_ALONE), .handler = get_problem },
    { .path = NULL },
};
