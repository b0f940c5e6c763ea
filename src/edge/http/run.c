#include "edge/http/run.h"

#include <string.h>

#include "edge/http/access.h"
#include "edge/http/answer.h"
#include "edge/http/json_read.h"
#include "edge/http/query.h"
#include "edge/http/route.h"
#include "edge/http/submit_key.h"
#include "service/core/clock.h"

static enum status
run_read_body(struct http_request *http)
{
    struct fault *fault = &http->call.db.fault;

    if (http->method == HTTP_GET || http->route->reads_body)
        return STATUS_OK;
    if (http->body.size > 0 && !http_content_is(http, "application/json"))
        return fail(fault, STATUS_MALFORMED, "unsupported_media_type", "",
                    "the body has to be JSON, with the header Content-Type: application/json");
    return json_read((struct span){ http->body.bytes, http->body.size }, http->route->body,
                     http->input, &http->arena, fault);
}

static enum status
run_read_input(struct http_request *http)
{
    static const struct input_field dry_run[] = {
        { INPUT_MEMBER(struct http_request, dry_run), .kind = INPUT_BOOL },
        INPUT_END,
    };
    const struct http_route *route = http->route;
    const char *query = http->target + strcspn(http->target, "?");
    struct input_place places[] = { { route->query, NULL }, { dry_run, http } };

    if (route->input_size > 0) {
        http->input = arena_new(&http->arena, route->input_size);
        if (!http->input)
            return call_too_large(&http->call);
    }
    places[0].record = http->input;
    if (route->any_query)
        return run_read_body(http);
    enum status status = query_read(*query ? query + 1 : "", places, route->dry_run ? 2 : 1,
                                    &http->arena, &http->call.db.fault);
    return status ? status : run_read_body(http);
}

static bool
run_is_write(const struct http_request *http)
{
    return http->route->work == WORK_WRITE || http->route->work == WORK_PASSWORD;
}

/* The clock comes before the checks of the route: a link that looks old may be a good one. */
static enum status
run_check_write(struct http_request *http)
{
    enum status status = submit_check_key(http);

    if (!status && !http->route->any_clock)
        status = clock_check(&http->call, http->context->clock);
    if (status || !http->route->before)
        return status;
    return http->route->before(http, &http->call);
}

static enum status
run_handler(struct http_request *http)
{
    enum status status = http->route->handler(http, &http->call);

    if (status || !http->answer.body.overflow)
        return status;
    return call_fail(&http->call, STATUS_TOO_LARGE, "", "",
                     "the answer is too large: request less at a time");
}

/* Checks that need no store come first, so that their failures show even without one. */
static enum status
run_steps(struct http_request *http, enum run_end *end)
{
    const struct http_route *route = http->route;
    struct call *call = &http->call;
    enum status status = access_check(http, call); /* sessions follow the clock, */

    if (status)
        return status;
    if (route->bulk && !http->is_long) { /* its body may take long to read, too */
        *end = RUN_IS_LONG;
        return STATUS_OK;
    }
    if (!route->any_clock) /* but a clock set back revives no license */
        call->now = clock_shown(http->context->clock, call->now);
    status = run_read_input(http);
    if (status)
        return status;
    if (!http->is_long && route->is_long && route->is_long(http)) {
        *end = RUN_IS_LONG;
        return STATUS_OK;
    }
    if (!run_is_write(http))
        return run_handler(http);
    *end = RUN_WRITES;
    return run_check_write(http);
}

/* What a store that has run out of time means. A server that stops gives no more time at all. */
static enum status
run_judge_late(struct http_request *http, enum status status, enum run_end *end)
{
    if (atomic_load(http->context->stopping))
        return call_fail(&http->call, STATUS_BUSY, "", "", "the server is stopping");
    if (!http->is_long) {
        *end = RUN_IS_LONG;
        return STATUS_OK;
    }
    return status == STATUS_BUSY
               ? call_fail(&http->call, STATUS_BUSY, "took_too_long", "",
                           "the request took longer than %d seconds: request less at a time",
                           RUN_LONG_MS / 1000)
               : status;
}

static enum status
run_with_store(struct http_request *http,
               enum status (*steps)(struct http_request *, enum run_end *), enum run_end *end)
{
    struct call *call = &http->call;
    enum status status = store_pool_borrow(http->context->stores, &call->db.store, &call->db.fault);

    if (status)
        return status;
    deadline_set(&http->budget, http->is_long ? RUN_LONG_MS : RUN_SHORT_MS);
    store_set_budget(call->db.store, &http->budget);
    status = steps(http, end);
    bool is_late = status == STATUS_BUSY && store_is_late(call->db.store);
    store_set_budget(call->db.store, NULL);
    store_pool_give_back(http->context->stores, call->db.store, is_late ? STATUS_OK : status);
    call->db.store = NULL;
    return is_late ? run_judge_late(http, status, end) : status;
}

enum run_end
run_request(struct http_request *http)
{
    enum run_end end = RUN_ANSWERED;

    if (http->is_long)
        answer_restart(http);
    if (http->is_long && http->route->bulk)
        http->arena.limit = HTTP_BULK_ARENA_MOST_BYTES;
    if (http->route->work == WORK_ALONE || http->route->work == WORK_CHECK)
        http->status = run_steps(http, &end);
    else
        http->status = run_with_store(http, run_steps, &end);
    return http->status ? RUN_ANSWERED : end;
}

static enum status
run_check_access(struct http_request *http, enum run_end *end)
{
    (void)end;
    return access_check(http, &http->call);
}

void
run_admission(struct http_request *http)
{
    enum run_end end = RUN_ANSWERED;

    http->status = run_with_store(http, run_check_access, &end);
    if (end == RUN_IS_LONG)
        http->status = call_fail(&http->call, STATUS_BUSY, "", "", "the store is busy");
}
