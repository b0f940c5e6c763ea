#include "edge/http/submit.h"

#include <assert.h>
#include <string.h>

#include "edge/http/answer.h"
#include "service/core/idempotency.h"

/* A key belongs to its user: nobody gets the answer of another user. */
static bool
submit_has_key(const struct http_request *http)
{
    return http->headers.idempotency_key && http->who.user.id != 0 && !http->dry_run;
}

enum status
submit_check_key(struct http_request *http)
{
    const char *key = http->headers.idempotency_key;
    size_t length = key ? strlen(key) : 0;
    struct buffer all;

    for (size_t i = 0; i < length; i++) {
        if (key[i] <= ' ' || key[i] > '~')
            length = IDEMPOTENCY_KEY_MOST_BYTES + 1;
    }
    if (key && (length == 0 || length > IDEMPOTENCY_KEY_MOST_BYTES))
        return call_fail(&http->call, STATUS_MALFORMED, "", "",
                         "the Idempotency-Key has to have 1 to %d visible characters",
                         IDEMPOTENCY_KEY_MOST_BYTES);
    if (!submit_has_key(http))
        return STATUS_OK;

    buffer_init(&all, http->body.size + HTTP_TARGET_MOST_BYTES + 64);
    buffer_printf(&all, "%s %s\n", http_method_word(http->method), http->target);
    buffer_append(&all, http->body.bytes, http->body.size);
    assert(!all.overflow);
    hash_bytes(http->request_hash, all.bytes, all.size, NULL);
    buffer_clear(&all);
    return STATUS_OK;
}

static void
submit_prepare(struct write_job *job, struct call *call)
{
    struct http_request *http = job->owner;

    call->db.arena = &http->arena;
    call->actor = &http->actor;
    call->dry_run = http->dry_run;
    call->any_clock = http->route->any_clock;
}

static enum status
submit_run_handler(struct http_request *http, struct call *call)
{
    answer_restart(http);
    enum status status = http->route->handler(http, call);
    return !status && http->answer.body.overflow ? call_too_large(call) : status;
}

static enum status
submit_run(struct write_job *job, struct call *call)
{
    struct http_request *http = job->owner;
    struct idempotent_request request = { http->who.user.id, http->headers.idempotency_key,
                                          http->request_hash };
    struct idempotent_answer answer;
    bool found = false;
    enum status status;

    if (!submit_has_key(http))
        return submit_run_handler(http, call);
    status = idempotency_find(call, &request, &answer, &found);
    if (status)
        return status;
    if (found) {
        answer_restart(http);
        http->answer.code = (int)answer.code;
        http->answer.content_type = answer.size > 0 ? "application/json" : NULL;
        buffer_append(&http->answer.body, answer.bytes, answer.size);
        return STATUS_OK;
    }
    status = submit_run_handler(http, call);
    if (status)
        return idempotency_recheck(call, &request, status);
    answer = (struct idempotent_answer){ http->answer.code, http->answer.body.bytes,
                                         http->answer.body.size };
    return idempotency_keep(call, &request, &answer);
}

/* Gives the request back to its connection. */
static void
submit_resume(struct http_request *http, enum status status, const struct fault *fault)
{
    http->status = status;
    if (status && fault && fault->status == status)
        http->call.db.fault = *fault;
    else if (status)
        http->status = call_fail(&http->call, status, "", "", "nothing was changed");
    http->context->resume(http);
}

static void
submit_done(struct write_job *job, enum status status, const struct fault *fault)
{
    submit_resume(job->owner, status, fault);
}

static void
submit_refuse(struct http_request *http, const char *why)
{
    struct fault fault;
    enum status status = fail(&fault, STATUS_BUSY, "", "", "%s", why);

    submit_resume(http, status, &fault);
}

static void
submit_to_writer(struct http_request *http)
{
    http->job = (struct write_job){ .place.source = http_source(http),
                                    .prepare = submit_prepare,
                                    .run = submit_run,
                                    .done = submit_done,
                                    .owner = http };
    if (!writer_put_job(http->context->writer, &http->job))
        submit_refuse(http, "the server is overloaded; try again");
}

static void
submit_hash(struct work_item *item)
{
    struct http_request *http = item->owner;

    if (atomic_load(http->context->stopping)) {
        submit_refuse(http, "the server is stopping");
        return;
    }
    http->route->hash(http);
    submit_to_writer(http);
}

bool
submit_request(struct http_request *http)
{
    if (!http->context->suspend(http))
        return false;
    if (http->route->work != WORK_PASSWORD) {
        submit_to_writer(http);
        return true;
    }
    http->work =
        (struct work_item){ .place.source = http_source(http), .run = submit_hash, .owner = http };
    if (!workers_put(http->context->workers, &http->work))
        submit_refuse(http, "the server is overloaded; try again");
    return true;
}
