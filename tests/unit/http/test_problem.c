#include "edge/http/problem.h"

#include <string.h>

#include "edge/http/answer.h"
#include "support/check.h"

TEST(every_status_has_a_code_that_the_table_explains)
{
    for (unsigned i = STATUS_OK + 1; i < STATUS_COUNT; i++) {
        check_row(problem_word((enum status)i));
        check(problem_code_find(problem_word((enum status)i)) != NULL);
    }
}

TEST(the_table_is_sorted_and_whole)
{
    for (const struct problem_code *row = problem_codes; row->code; row++) {
        check_row(row->code);
        check(row == problem_codes || strcmp(row[-1].code, row->code) < 0);
        check(strlen(row->code) < sizeof(((struct fault *)0)->code));
        check(row->http == 0 || (row->http >= 400 && row->http < 600));
        check(*row->title && row->title[strlen(row->title) - 1] != '.');
        check(*row->advice && row->advice[strlen(row->advice) - 1] == '.');
        check(!strpbrk(row->title, "<>&") && !strpbrk(row->advice, "<>&"));
    }
    check(!problem_code_find("no_such_code"));
}

TEST(a_fault_becomes_its_http_status)
{
    static const struct {
        enum status status;
        const char *code;
        int http;
    } rows[] = {
        { STATUS_MALFORMED, "", 400 },
        { STATUS_MALFORMED, "unknown_field", 400 },
        { STATUS_MALFORMED, "method_not_allowed", 405 },
        { STATUS_MALFORMED, "unsupported_media_type", 415 },
        { STATUS_MALFORMED, "target_too_long", 414 },
        { STATUS_INVALID, "", 422 },
        { STATUS_INVALID, "code_malformed", 422 },
        { STATUS_TOO_LARGE, "", 413 },
        { STATUS_UNAUTHORIZED, "sign_in_failed", 401 },
        { STATUS_SLOW_DOWN, "sign_in_failed", 429 },
        { STATUS_FORBIDDEN, "wrong_origin", 403 },
        { STATUS_NOT_FOUND, "code_not_accepted", 404 },
        { STATUS_CONFLICT, "no_licenses_left", 409 },
        { STATUS_SLOW_DOWN, "too_many_codes", 429 },
        { STATUS_BUSY, "clock_behind", 503 },
        { STATUS_BROKEN, "", 500 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fault fault;
        enum status status = fail(&fault, rows[i].status, rows[i].code, "", "x");

        check_row(rows[i].code);
        check_int(problem_http_code(&fault), rows[i].http);
        check_int(status, rows[i].status);
    }
}

static void
check_answer(const struct fault *fault, const char *body, const char *retry_after)
{
    struct http_request http = { .id = "0000000000001" };

    arena_init(&http.arena, 65536);
    problem_answer(&http, fault, 1000);
    check_text(http.answer.body.bytes, body);
    check_text(http.answer.content_type, "application/problem+json");
    check_int(http.answer.header_count, retry_after ? 2 : 1); /* Vary, too */
    if (retry_after) {
        check_text(http.answer.headers[0].name, "Retry-After");
        check_text(http.answer.headers[0].value, retry_after);
    }
    buffer_clear(&http.answer.body);
    arena_clear(&http.arena);
}

TEST(a_problem_says_all_that_it_knows)
{
    struct fault fault;
    enum status status;

    status = fail(&fault, STATUS_INVALID, "", "name", "name is empty");
    check_int(status, STATUS_INVALID);
    check_answer(
        &fault,
        "{\"type\":\"/problems/invalid\",\"title\":\"A value breaks a rule\",\"status\":422,"
        "\"detail\":\"Name is empty.\",\"code\":\"invalid\",\"field\":\"name\","
        "\"request_id\":\"0000000000001\"}",
        NULL);
    status = fail(&fault, STATUS_SLOW_DOWN, "too_many_codes", "", "wait until noon");
    check_int(status, STATUS_SLOW_DOWN);
    fault.until = 1030;
    check_answer(
        &fault,
        "{\"type\":\"/problems/too_many_codes\",\"title\":\"Too many wrong activation codes\","
        "\"status\":429,\"detail\":\"Wait until noon.\",\"code\":\"too_many_codes\","
        "\"until\":\"1970-01-01T00:17:10Z\",\"request_id\":\"0000000000001\"}",
        "30");
    status = fail(&fault, STATUS_BUSY, "", "", "the queue is full");
    check_int(status, STATUS_BUSY);
    check_answer(
        &fault,
        "{\"type\":\"/problems/busy\",\"title\":\"The server is busy\",\"status\":503,"
        "\"detail\":\"The queue is full.\",\"code\":\"busy\",\"request_id\":\"0000000000001\"}",
        "2");
}
