#include "edge/http/problem_page.h"

#include <string.h>

#include "base/text.h"
#include "edge/http/answer.h"
#include "edge/http/static_files.h"

/* The weight of a media type in thousandths; 0: it is not named. */
static int
page_weight(const char *accept, const char *type)
{
    for (const char *at = accept; at && *at;) {
        size_t length = strcspn(at, ","), name = strcspn(at, ",;");
        const char *word = at, *q = memchr(at + name, '=', length - name);
        int weight = 1000, digit = 1000;

        text_trim(&word, &name);
        if (q && q > at && (q[-1] == 'q' || q[-1] == 'Q')) {
            weight = 0;
            for (q++; (*q >= '0' && *q <= '9') || *q == '.'; q++) {
                weight += *q == '.' ? 0 : (*q - '0') * digit;
                digit = *q == '.' ? digit : digit / 10;
            }
        }
        if (text_equal_nocase(word, name, type))
            return weight;
        at += length + (at[length] == ',');
    }
    return 0;
}

bool
problem_page_wanted(const struct http_request *http)
{
    const char *accept = http->headers.accept;
    int html = page_weight(accept, "text/html");

    return http->method == HTTP_GET && html > 0 && html >= page_weight(accept, "application/json")
           && html >= page_weight(accept, "application/problem+json");
}

static void
page_put(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '<')
            buffer_text(out, "&lt;");
        else if (*text == '&')
            buffer_text(out, "&amp;");
        else if (*text == '"')
            buffer_text(out, "&quot;");
        else
            buffer_append(out, text, 1);
    }
}

static void
page_put_element(struct buffer *out, const char *name, const char *text)
{
    buffer_printf(out, "<%s>", name);
    page_put(out, text);
    buffer_printf(out, "</%s>\n", name);
}

static void
page_put_head(struct buffer *out, const char *title)
{
    const char *style = static_files_asset("style-"), *mark = static_files_asset("mark-");

    buffer_text(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    page_put(out, title);
    buffer_text(out, " · Tenure</title>\n");
    if (style)
        buffer_printf(out, "<link rel=\"stylesheet\" href=\"%s\">\n", style);
    if (mark)
        buffer_printf(out, "<link rel=\"icon\" href=\"%s\" type=\"image/svg+xml\">\n", mark);
    buffer_text(out, "</head>\n<body>\n<div id=\"app\">\n<div class=\"alone\">\n"
                     "<header class=\"alone-head\"><span class=\"wordmark\">");
    if (mark)
        buffer_printf(out, "<img src=\"%s\" alt=\"\" width=\"24\" height=\"24\">", mark);
    buffer_text(out, "Tenure</span></header>\n<main class=\"alone-body\">\n");
}

void
problem_page_answer(struct http_request *http, int http_code, const struct problem_code *row,
                    const char *detail)
{
    struct buffer *out = &http->answer.body;

    answer_restart(http);
    http->answer.code = http_code;
    http->answer.content_type = "text/html; charset=utf-8";
    page_put_head(out, row->title);
    page_put_element(out, "h1", row->title);
    if (detail)
        page_put_element(out, "p", detail);
    page_put_element(out, "p", row->advice);
    buffer_text(out, "<p><a href=\"/\">Open Tenure</a></p>\n<p class=\"alone-foot\">"
                     "Programs recognize this by the code <code>");
    page_put(out, row->code);
    buffer_printf(out, "</code>.%s%s</p>\n</main>\n</div>\n</div>\n</body>\n</html>\n",
                  detail ? " Request: " : "", detail ? http->id : "");
}
