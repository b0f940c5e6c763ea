#include "edge/http/answer.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "edge/http/query.h"
#include "edge/http/route.h"

static const struct http_header common_headers[] = {
    { "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
      "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
      "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'" },
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "no-referrer" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Permissions-Policy",
      "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
      "magnetometer=(), microphone=(), midi=(), payment=(), usb=()" },
};

static bool
by_https(const struct http_context *context)
{
    return context->public_url && !strncmp(context->public_url, "https:", 6);
}

void
answer_restart(struct http_request *http)
{
    struct http_answer *answer = &http->answer;

    buffer_clear(&answer->body);
    *answer = (struct http_answer){ .code = 204, .cache = "no-store" };
    buffer_init(&answer->body,
                http_is_bulk(http) ? HTTP_BULK_ANSWER_MOST_BYTES : HTTP_ANSWER_MOST_BYTES);
}

static void
answer_add(struct http_answer *answer, const char *name, const char *value)
{
    assert(answer->header_count < HTTP_MOST_ANSWER_HEADERS);
    answer->headers[answer->header_count++] = (struct http_header){ name, value };
}

void
answer_add_common_headers(struct http_request *http)
{
    struct http_answer *answer = &http->answer;

    for (size_t i = 0; i < sizeof common_headers / sizeof common_headers[0]; i++)
        answer_add(answer, common_headers[i].name, common_headers[i].value);
    if (by_https(http->context))
        answer_add(answer, "Strict-Transport-Security", "max-age=31536000");
    answer_add(answer, "X-Request-Id", http->id);
    answer_add(answer, "Cache-Control", answer->cache);
    if (answer->content_type)
        answer_add(answer, "Content-Type", answer->content_type);
}

/* When the arena is full, the answer is a failure already and goes without the header. */
void
answer_header(struct http_request *http, const char *name, const char *value)
{
    const char *copy = arena_text(&http->arena, value, strlen(value));

    if (copy)
        answer_add(&http->answer, name, copy);
}

void
answer_open(struct http_request *http, struct json_writer *json, int code)
{
    http->answer.code = http->dry_run ? 200 : code;
    http->answer.content_type = "application/json";
    json_begin(json, &http->answer.body);
    json_object_open(json);
}

enum status
answer_close(struct http_request *http, struct json_writer *json)
{
    if (http->dry_run)
        json_put_bool(json, "dry_run", true);
    json_object_close(json);
    return STATUS_OK;
}

enum status
answer_item(struct http_request *http, int code, const void *item, answer_writer *write)
{
    struct json_writer json;

    answer_open(http, &json, code);
    write(&json, item);
    return answer_close(http, &json);
}

enum status
answer_list(struct http_request *http, struct answer_items items, const char *next)
{
    struct json_writer json;

    answer_open(http, &json, 200);
    answer_page(http, &json, items, next);
    return answer_close(http, &json);
}

void
answer_page(struct http_request *http, struct json_writer *json, struct answer_items items,
            const char *next)
{
    answer_array(json, "items", items);
    json_put_text(json, "next", next);
    answer_link_next(http, next);
}

void
answer_array(struct json_writer *json, const char *key, struct answer_items items)
{
    json_put_array_open(json, key);
    for (size_t i = 0; i < items.count; i++) {
        json_object_open(json);
        items.write(json, (const char *)items.first + i * items.item_size);
        json_object_close(json);
    }
    json_array_close(json);
}

void
answer_link_next(struct http_request *http, const char *next)
{
    char link[HTTP_TARGET_MOST_BYTES * 2];
    const char *target = next ? query_with_cursor(&http->arena, http->target, next) : NULL;

    if (!target)
        return;
    int length = snprintf(link, sizeof link, "<%s>; rel=\"next\"", target);
    if (length > 0 && (size_t)length < sizeof link)
        answer_header(http, "Link", link);
}

void
answer_session(struct http_request *http, const char *token)
{
    char cookie[256];

    snprintf(cookie, sizeof cookie, "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s",
             http->cookie, token, *token ? SESSION_SECONDS : 0,
             by_https(http->context) ? "; Secure" : "");
    answer_header(http, "Set-Cookie", cookie);
}

void
answer_browsers(struct http_request *http, const char *browsers)
{
    char cookie[KNOWN_BROWSERS_SIZE + 128];

    snprintf(cookie, sizeof cookie,
             "tenure_browser=%s; Path=" API "; Max-Age=%d; HttpOnly; SameSite=Strict%s", browsers,
             KNOWN_BROWSER_SECONDS, by_https(http->context) ? "; Secure" : "");
    answer_header(http, "Set-Cookie", cookie);
}
