#include "edge/http/dispatch.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/text.h"
#include "edge/http/access.h"
#include "edge/http/answer.h"
#include "edge/http/bulk_places.h"
#include "edge/http/json_read.h"
#include "edge/http/problem.h"
#include "edge/http/query.h"
#include "edge/http/route.h"
#include "edge/http/static_files.h"
#include "edge/http/submit.h"
#include "service/core/clock.h"

void
http_init(struct http_request *http, const struct http_context *context)
{
    *http = (struct http_request){
        .context = context, .method = HTTP_OTHER, .client = "", .target = "/", .actor = actor_system
    };
    arena_init(&http->arena, HTTP_ARENA_MOST_BYTES);
    buffer_init(&http->body, HTTP_BODY_MOST_BYTES);
    id_format(http->id, id_random());
    http->call = (struct call){ .db.arena = &http->arena,
                                .actor = &http->actor,
                                .secret = context->secret,
                                .journal_index = context->journal_index,
                                .ledger_cache = context->ledger_cache,
                                .public_url = context->link_url,
                                .mail_is_set = context->mail_is_set,
                                .claim = context->claim,
                                .now = utc_now() };
    answer_restart(http);
}

void
http_set_target(struct http_request *http, const char *target)
{
    if (!strncasecmp(target, "http://", 7) || !strncasecmp(target, "https://", 8)) {
        const char *host = strstr(target, "//") + 2;
        target = host + strcspn(host, "/?");
        target = *target ? target : "/";
    }
    http->target_too_long = strlen(target) > HTTP_TARGET_MOST_BYTES;
    http->target = http->target_too_long ? "/" : arena_text(&http->arena, target, strlen(target));
}

void
http_clear(struct http_request *http)
{
    if (http->bulk)
        bulk_places_leave(http->context->bulk, http->bulk_source);
    http->bulk = false;
    if (http->body.bytes) /* it may hold a password */
        explicit_bzero(http->body.bytes, http->body.room);
    buffer_clear(&http->body);
    buffer_clear(&http->answer.body);
    arena_clear(&http->arena);
}

static void
answer_fault(struct http_request *http)
{
    const struct fault *fault = &http->call.db.fault;

    if (fault->status == STATUS_BROKEN)
        log_often(LOG_ERROR, "http.broken", fault->reason, "request=%s route=\"%s\" reason=\"%s\"",
                  http->id, http->route ? http->route->path : "", fault->reason);
    problem_answer(http, fault, http->call.now);
}

void
http_refuse(struct http_request *http, enum status status, const char *code, const char *reason)
{
    http->status = call_fail(&http->call, status, code, "", "%s", reason);
    answer_fault(http);
}

/* "GET, HEAD, POST" */
static void
answer_allow(struct http_request *http, unsigned allowed)
{
    struct buffer text;

    buffer_init(&text, 64);
    for (unsigned i = 0; i < HTTP_OTHER; i++) {
        if (allowed & 1U << i)
            buffer_printf(&text, "%s%s%s", text.size > 0 ? ", " : "",
                          http_method_word((enum http_method)i), i == HTTP_GET ? ", HEAD" : "");
    }
    answer_header(http, "Allow", text.bytes);
    buffer_clear(&text);
}

/* An address without a route may be a page or a file. */
static void
answer_without_route(struct http_request *http, enum status status, unsigned allowed)
{
    if (status == STATUS_NOT_FOUND && static_files_serve(http))
        return;
    answer_fault(http);
    if (allowed)
        answer_allow(http, allowed);
}

struct client
http_client(const struct http_request *http)
{
    return (struct client){ http->client, http->headers.browsers };
}

bool
http_content_is(const struct http_request *http, const char *type)
{
    const char *text = http->headers.content_type ? http->headers.content_type : "";

    return text_equal_nocase(text, strcspn(text, "; \t"), type);
}

/* RFC 9110, section 8.3: parameters stand behind semicolons, their values may be quoted. */
const char *
http_content_charset(struct http_request *http)
{
    static const char name[] = "charset=";
    const char *text = http->headers.content_type ? http->headers.content_type : "";

    while ((text = strchr(text, ';')) != NULL) {
        text += 1 + strspn(text + 1, " \t");
        if (!text_equal_nocase(text, strnlen(text, sizeof name - 1), name))
            continue;
        text += sizeof name - 1;
        text += *text == '"';
        return arena_text(&http->arena, text, strcspn(text, "\"; \t"));
    }
    return NULL;
}

static enum status
read_body(struct http_request *http)
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
read_input(struct http_request *http)
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
    enum status status = query_read(*query ? query + 1 : "", places, route->dry_run ? 2 : 1,
                                    &http->arena, &http->call.db.fault);
    return status ? status : read_body(http);
}

int64_t
http_source(const struct http_request *http)
{
    uint8_t hash[HASH_BYTES];
    int64_t source;

    if (http->organization_id != 0)
        return http->organization_id;
    if (http->who.user.id != 0)
        return http->who.user.id;
    hash_bytes(hash, http->client, strlen(http->client), NULL);
    memcpy(&source, hash, sizeof source);
    return source ? source : 1;
}

static enum status
enter_bulk(struct http_request *http)
{
    if (http->bulk || !http->route->bulk)
        return STATUS_OK;
    http->bulk_source = http_source(http);
    if (!bulk_places_enter(http->context->bulk, http->bulk_source))
        return call_fail(&http->call, STATUS_BUSY, "", "",
                         "other requests with many rows are running; try again");
    http->bulk = true;
    http->arena.limit = HTTP_BULK_ARENA_MOST_BYTES;
    answer_restart(http);
    return STATUS_OK;
}

static enum status
check_and_enter(struct http_request *http)
{
    enum status status = access_check(http, &http->call);

    return status ? status : enter_bulk(http);
}

static bool
is_write(const struct http_route *route)
{
    return route->work == WORK_WRITE || route->work == WORK_PASSWORD;
}

/* The clock comes before the checks of the route: a link that looks old may be a good one. */
static enum status
check_write(struct http_request *http)
{
    enum status status = submit_check_key(http);

    if (!status && !http->route->any_clock)
        status = clock_check(&http->call, http->context->clock);
    if (status || !http->route->before)
        return status;
    return http->route->before(http, &http->call);
}

/* Checks that need no store come first, so that their failures show even without one. */
static enum status
run_here(struct http_request *http)
{
    struct call *call = &http->call;
    enum status status = check_and_enter(http); /* sessions follow the clock, */

    if (status)
        return status;
    if (!http->route->any_clock) /* but a clock set back revives no license */
        call->now = clock_shown(http->context->clock, call->now);
    status = read_input(http);
    if (status)
        return status;
    if (is_write(http->route))
        return check_write(http);
    status = http->route->handler(http, call);
    if (status || !http->answer.body.overflow)
        return status;
    return call_fail(call, STATUS_TOO_LARGE, "", "",
                     "the answer is too large: request less at a time");
}

static enum status
with_store(struct http_request *http, enum status (*run)(struct http_request *http))
{
    struct call *call = &http->call;
    enum status status = store_pool_borrow(http->context->stores, &call->db.store, &call->db.fault);

    if (status)
        return status;
    status = run(http);
    store_pool_give_back(http->context->stores, call->db.store, status);
    call->db.store = NULL;
    return status;
}

static enum status
run_with_store(struct http_request *http)
{
    return http->route->work == WORK_ALONE ? run_here(http) : with_store(http, run_here);
}

bool
http_admit_long_body(struct http_request *http)
{
    struct fault nowhere;
    unsigned allowed;

    if (http->target_too_long || router_find(http, http_routes, &allowed, &nowhere)
        || !http->route->bulk || !http->route->reads_body)
        return true; /* the common limit decides */
    http->status = with_store(http, check_and_enter);
    if (http->status) {
        answer_fault(http);
        return false;
    }
    http->body.limit = HTTP_BULK_BODY_MOST_BYTES;
    return true;
}

enum http_progress
http_begin(struct http_request *http)
{
    struct fault *fault = &http->call.db.fault;
    unsigned allowed = 0;
    enum status status;

    if (http->target_too_long) {
        http_refuse(http, STATUS_MALFORMED, "target_too_long", "the address is too long");
        return HTTP_ANSWERED;
    }
    status = router_find(http, http_routes, &allowed, fault);
    if (status) {
        answer_without_route(http, status, allowed);
        return HTTP_ANSWERED;
    }
    status = http->body_too_large ? fail(fault, STATUS_TOO_LARGE, "", "",
                                         "the body is larger than %zu KiB", http->body.limit / 1024)
                                  : run_with_store(http);
    if (status) {
        answer_fault(http);
        return HTTP_ANSWERED;
    }
    if (!is_write(http->route))
        return HTTP_ANSWERED;
    if (submit_request(http))
        return HTTP_WAITS;
    http_refuse(http, STATUS_BUSY, "", "the server is stopping");
    return HTTP_ANSWERED;
}

void
http_finish(struct http_request *http)
{
    if (http->status)
        answer_fault(http);
}
