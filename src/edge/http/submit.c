#include "edge/http/submit.h"

#include <assert.h>
#include <string.h>

#include "edge/http/answer.h"
#include "edge/http/places.h"
#include "edge/http/run.h"
#include "edge/http/submit_key.h"
#include "service/core/idempotency.h"

enum { PLACE_RETRY_SECONDS = 5 };

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

/* Fails the request as busy. */
static void
submit_refuse(struct http_request *http)
{
    bool stops = atomic_load(http->context->stopping);
    struct fault fault;
    enum status status =
        fail(&fault, STATUS_BUSY, "", "", "%s",
             stops ? "the server is stopping" : "the server is overloaded; try again");

    submit_resume(http, status, &fault);
}

static void
submit_refuse_item(struct work_item *item)
{
    submit_refuse(item->owner);
}

static void
submit_to_workers(struct http_request *http, struct workers *workers, int64_t source,
                  void (*run)(struct work_item *item))
{
    http->work = (struct work_item){
        .place.source = source, .run = run, .refuse = submit_refuse_item, .owner = http
    };
    if (!workers_put(workers, &http->work))
        submit_refuse(http);
}

static void
submit_to_writer(struct http_request *http)
{
    http->job = (struct write_job){ .place.source = http_source(http),
                                    .prepare = submit_prepare,
                                    .run = submit_run,
                                    .done = submit_done,
                                    .owner = http };
    if (atomic_load(http->context->stopping) || !writer_put_job(http->context->writer, &http->job))
        submit_refuse(http);
}

static void
submit_hash(struct work_item *item)
{
    struct http_request *http = item->owner;

    http->route->hash(http);
    submit_to_writer(http);
}

static enum status
submit_fail_place(struct http_request *http, enum places_answer why)
{
    if (http->route->bulk)
        return call_fail(&http->call, STATUS_BUSY, "", "",
                         "other requests with many rows are running; try again");
    if (why == PLACES_FULL)
        return call_fail(&http->call, STATUS_BUSY, "", "",
                         "other long requests are running; try again");
    enum status status = call_fail(&http->call, STATUS_SLOW_DOWN, "too_many_long_requests", "",
                                   "your other long requests are still running");
    http->call.db.fault.until = http->call.now + PLACE_RETRY_SECONDS;
    return status;
}

/* Takes the place of a long request, which http_clear() gives back. */
static enum status
submit_take_place(struct http_request *http)
{
    bool bulk = http->route->bulk;
    struct places *places = bulk ? http->context->bulk_places : http->context->long_places;
    int64_t source = bulk ? http_source(http) : http_person(http);
    enum places_answer answer = places_enter(places, source);

    if (answer != PLACES_ENTERED)
        return submit_fail_place(http, answer);
    http->places = places;
    http->place_source = source;
    return STATUS_OK;
}

static void submit_ended(struct http_request *http, enum run_end end);

static void
submit_run_long(struct work_item *item)
{
    struct http_request *http = item->owner;

    submit_ended(http, run_request(http));
}

static void
submit_long(struct http_request *http)
{
    enum status status = submit_take_place(http);

    if (status) {
        submit_resume(http, status, &http->call.db.fault);
        return;
    }
    http->is_long = true;
    submit_to_workers(http, http->context->long_runners, http_person(http), submit_run_long);
}

/* Passes the request on after it has run on a reader or a long runner. */
static void
submit_ended(struct http_request *http, enum run_end end)
{
    switch (end) {
    case RUN_ANSWERED:
        http->context->resume(http);
        break;
    case RUN_IS_LONG:
        submit_long(http);
        break;
    case RUN_WRITES:
        if (http->route->work == WORK_PASSWORD)
            submit_to_workers(http, http->context->hashers, http_client_source(http), submit_hash);
        else
            submit_to_writer(http);
        break;
    }
}

static void
submit_read(struct work_item *item)
{
    struct http_request *http = item->owner;

    submit_ended(http, run_request(http));
}

static void
submit_admit(struct work_item *item)
{
    struct http_request *http = item->owner;

    run_admission(http);
    http->context->resume(http);
}

bool
submit_request(struct http_request *http)
{
    const struct http_context *context = http->context;

    if (!context->suspend(http))
        return false;
    submit_to_workers(http, http->route->work == WORK_CHECK ? context->checkers : context->readers,
                      http_client_source(http), submit_read);
    return true;
}

bool
submit_admission(struct http_request *http)
{
    if (!http->context->suspend(http))
        return false;
    submit_to_workers(http, http->context->readers, http_client_source(http), submit_admit);
    return true;
}
