#include "edge/http/dispatch.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/text.h"
#include "edge/http/answer.h"
#include "edge/http/places.h"
#include "edge/http/problem.h"
#include "edge/http/route.h"
#include "edge/http/run.h"
#include "edge/http/static_files.h"
#include "edge/http/submit.h"

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
    for (const char *at = target; *at; at++)
        http->target_malformed |= (unsigned char)*at <= 0x20 || *at == 0x7F;
    if (!strncasecmp(target, "http://", 7) || !strncasecmp(target, "https://", 8)) {
        const char *host = strstr(target, "//") + 2;
        target = host + strcspn(host, "/?");
        http->target_host = arena_text(&http->arena, host, (size_t)(target - host));
        target = *target ? target : "/";
    }
    http->target_too_long = strlen(target) > HTTP_TARGET_MOST_BYTES;
    http->target = http->target_too_long ? "/" : arena_text(&http->arena, target, strlen(target));
}

void
http_clear(struct http_request *http)
{
    http_leave_place(http);
    http_drop_request(http);
    buffer_clear(&http->answer.body);
}

void
http_leave_place(struct http_request *http)
{
    if (http->places)
        places_leave(http->places, http->place_source);
    http->places = NULL;
}

void
http_drop_request(struct http_request *http)
{
    if (http->body.bytes) /* it may hold a password */
        explicit_bzero(http->body.bytes, http->body.room);
    buffer_clear(&http->body);
    body_memory_give_back(http->context->body_memory, &http->body_share);
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

int64_t
http_source(const struct http_request *http)
{
    return http->organization_id ? http->organization_id : http_person(http);
}

int64_t
http_client_source(const struct http_request *http)
{
    uint8_t hash[HASH_BYTES];
    int64_t source;

    hash_bytes(hash, http->client, strlen(http->client), NULL);
    memcpy(&source, hash, sizeof source);
    return source ? source : 1;
}

int64_t
http_person(const struct http_request *http)
{
    return http->who.user.id ? http->who.user.id : http_client_source(http);
}

bool
http_is_bulk(const struct http_request *http)
{
    return http->route && http->route->bulk;
}

void
http_find_body_limit(struct http_request *http, bool is_long)
{
    struct fault nowhere;
    unsigned allowed;

    if (!is_long || http->target_too_long || router_find(http, http_routes, &allowed, &nowhere)
        || !http->route->bulk)
        return; /* the common limit decides */
    http->body.limit = HTTP_BULK_BODY_MOST_BYTES;
    http->awaits_admission = true;
}

bool
http_take_body(struct http_request *http, const char *bytes, size_t size)
{
    struct buffer *body = &http->body;

    if (body->limit > HTTP_BODY_MOST_BYTES && !body->overflow && !http->body_without_memory)
        http->body_without_memory = !body_memory_take(http->context->body_memory, &http->body_share,
                                                      http_person(http), size);
    if (!http->body_without_memory)
        buffer_append(body, bytes, size);
    if (!body->overflow && !http->body_without_memory)
        return true;
    buffer_clear(body);
    body->overflow = true; /* which buffer_clear() ends */
    body_memory_give_back(http->context->body_memory, &http->body_share);
    http->body_too_large = !http->body_without_memory;
    return false;
}

/* Fails a body that was not kept. */
static enum status
check_body(struct http_request *http)
{
    if (http->body_without_memory)
        return call_fail(&http->call, STATUS_BUSY, "", "",
                         "other large requests are arriving; try again");
    if (http->body_too_large)
        return call_fail(&http->call, STATUS_TOO_LARGE, "", "", "the body is larger than %zu KiB",
                         http->body.limit / 1024);
    return STATUS_OK;
}

enum http_progress
http_begin(struct http_request *http)
{
    unsigned allowed = 0;
    enum status status;

    if (http->target_too_long) {
        http_refuse(http, STATUS_MALFORMED, "target_too_long", "the address is too long");
        return HTTP_ANSWERED;
    }
    status = router_find(http, http_routes, &allowed, &http->call.db.fault);
    if (status) {
        answer_without_route(http, status, allowed);
        return HTTP_ANSWERED;
    }
    http->status = check_body(http);
    if (http->status || http->route->work == WORK_ALONE) {
        if (!http->status)
            run_request(http);
        http_finish(http);
        return HTTP_ANSWERED;
    }
    if (submit_request(http))
        return HTTP_WAITS;
    http_refuse(http, STATUS_BUSY, "", "the server is stopping");
    return HTTP_ANSWERED;
}

enum http_progress
http_admit(struct http_request *http)
{
    if (submit_admission(http))
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
