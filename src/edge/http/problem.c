/* problem.c - the one place where a failure becomes an HTTP status code. */
#include "edge/http/problem.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/json_write.h"
#include "edge/http/answer.h"
#include "edge/http/problem_page.h"

enum { BUSY_RETRY_SECONDS = 2 };

static const struct {
    int http;
    const char *word;
} of_status[] = {
    [STATUS_OK] = { 200, "ok" },
    [STATUS_MALFORMED] = { 400, "malformed" },
    [STATUS_INVALID] = { 422, "invalid" },
    [STATUS_TOO_LARGE] = { 413, "too_large" },
    [STATUS_UNAUTHORIZED] = { 401, "not_signed_in" },
    [STATUS_FORBIDDEN] = { 403, "forbidden" },
    [STATUS_NOT_FOUND] = { 404, "not_found" },
    [STATUS_CONFLICT] = { 409, "conflict" },
    [STATUS_SLOW_DOWN] = { 429, "slow_down" },
    [STATUS_BUSY] = { 503, "busy" },
    [STATUS_BROKEN] = { 500, "broken" },
};

_Static_assert(sizeof of_status / sizeof of_status[0] == STATUS_COUNT,
               "every status has a problem");

const struct problem_code *
problem_code_find(const char *code)
{
    for (const struct problem_code *row = problem_codes; row->code; row++) {
        if (!strcmp(row->code, code))
            return row;
    }
    return NULL;
}

const char *
problem_word(enum status status)
{
    assert((unsigned)status < STATUS_COUNT);
    return of_status[status].word;
}

int
problem_http_code(const struct fault *fault)
{
    const struct problem_code *row = problem_code_find(fault->code);

    assert((unsigned)fault->status < STATUS_COUNT);
    return row && row->http ? row->http : of_status[fault->status].http;
}

enum { DETAIL_SIZE = sizeof(((struct fault *)0)->reason) + 1 };

static void
problem_write_detail(char detail[DETAIL_SIZE], const char *reason)
{
    if (!*reason)
        reason = "the request could not be carried out";
    snprintf(detail, DETAIL_SIZE, "%s.", reason);
    if (detail[0] >= 'a' && detail[0] <= 'z')
        detail[0] = (char)(detail[0] - 'a' + 'A');
}

void
problem_put_detail(struct json_writer *json, const char *reason)
{
    char detail[DETAIL_SIZE];

    problem_write_detail(detail, reason);
    json_put_text(json, "detail", detail);
}

void
problem_put_retry_after(struct http_request *http, const struct fault *fault, utc_seconds now)
{
    int64_t seconds = fault->status == STATUS_BUSY ? BUSY_RETRY_SECONDS : fault->until - now;
    char text[24];

    if (fault->status != STATUS_BUSY && fault->status != STATUS_SLOW_DOWN)
        return;
    if (!strcmp(fault->code, "in_doubt"))
        return; /* a client that repeats the request could apply it twice */
    snprintf(text, sizeof text, "%lld", (long long)(seconds > 0 ? seconds : 1));
    answer_header(http, "Retry-After", text);
}

static void
problem_write(struct http_request *http, const struct fault *fault, const char *code)
{
    const struct problem_code *row = problem_code_find(code);
    struct json_writer json;
    char type[64];

    answer_restart(http);
    http->answer.code = problem_http_code(fault);
    http->answer.content_type = "application/problem+json";
    snprintf(type, sizeof type, "/problems/%s", code);
    json_begin(&json, &http->answer.body);
    json_object_open(&json);
    json_put_text(&json, "type", type);
    json_put_text(&json, "title", row ? row->title : "The request failed");
    json_put_int64(&json, "status", http->answer.code);
    problem_put_detail(&json, fault->reason);
    json_put_text(&json, "code", code);
    if (*fault->field)
        json_put_text(&json, "field", fault->field);
    for (size_t i = 0; i < FAULT_NUMBERS && *fault->numbers[i].name; i++)
        json_put_int64(&json, fault->numbers[i].name, fault->numbers[i].number);
    if (fault->status == STATUS_SLOW_DOWN && fault->until)
        json_put_time(&json, "until", fault->until);
    json_put_text(&json, "request_id", http->id);
    if (http->more_members)
        http->more_members(http, &json);
    json_object_close(&json);
}

void
problem_answer(struct http_request *http, const struct fault *fault, utc_seconds now)
{
    const char *code = *fault->code ? fault->code : problem_word(fault->status);
    const struct problem_code *row = problem_code_find(code);
    char detail[DETAIL_SIZE];

    assert(fault->status != STATUS_OK);
    if (row && problem_page_wanted(http)) {
        problem_write_detail(detail, fault->reason);
        problem_page_answer(http, problem_http_code(fault), row, detail);
    } else {
        problem_write(http, fault, code);
    }
    problem_put_retry_after(http, fault, now);
    if (http->method == HTTP_GET)
        answer_header(http, "Vary", "Accept");
}
