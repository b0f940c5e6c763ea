/* calendar_routes.c - the calendar feed and its secret link. */
#include <stdio.h>
#include <string.h>

#include "edge/http/answer.h"
#include "edge/http/route.h"
#include "service/notice/calendar.h"

enum { URL_MOST_BYTES = 512 };

static void
calendar_write_link(struct json_writer *json, const struct calendar_link *link)
{
    json_put_time(json, "made_at", link->made_at);
    json_put_text(json, "made_by", link->made_by);
}

/* GET /organizations/{org}/calendar-feed */
static enum status
get_feed(struct http_request *http, struct call *call)
{
    struct calendar_links links;
    struct json_writer json;
    enum status status = calendar_links_find(call, http->organization_id, &links);

    if (status)
        return status;
    answer_open(http, &json, 200);
    calendar_write_link(&json, &links.own);
    if (links.nobody.is) {
        json_put_object_open(&json, "older");
        calendar_write_link(&json, &links.nobody);
        json_object_close(&json);
    }
    return answer_close(http, &json);
}

/* POST /organizations/{org}/calendar-feed */
static enum status
post_feed(struct http_request *http, struct call *call)
{
    char token[TOKEN_TEXT_SIZE], url[URL_MOST_BYTES];
    struct json_writer json;
    enum status status = calendar_link_make(call, http->organization_id, token);

    if (status)
        return status;
    snprintf(url, sizeof url, "%s/calendar/%s.ics", call->public_url, token);
    answer_open(http, &json, 201);
    json_put_text(&json, "url", url);
    json_put_time(&json, "made_at", call->now);
    json_put_text(&json, "made_by", call->actor->name);
    return answer_close(http, &json);
}

/* DELETE /organizations/{org}/calendar-feed */
static enum status
delete_feed(struct http_request *http, struct call *call)
{
    return calendar_link_revoke(call, http->organization_id);
}

/* The text before ".ics"; NULL: another suffix. */
static const char *
token_of(struct http_request *http)
{
    static const char suffix[] = ".ics";
    const char *name = http_path_value(http, "token");
    size_t length = strlen(name);

    if (length < sizeof suffix || strcmp(name + length - (sizeof suffix - 1), suffix) != 0)
        return NULL;
    return arena_text(&http->arena, name, length - (sizeof suffix - 1));
}

/* GET /calendar/{token}.ics: calendar programs cannot sign in. */
static enum status
get_calendar(struct http_request *http, struct call *call)
{
    struct http_answer *answer = &http->answer;
    const char *token = token_of(http);
    char version[HASH_BYTES * 2 + 1], tag[HASH_BYTES * 2 + 5];

    if (!token)
        return call_fail(call, STATUS_NOT_FOUND, "", "", "no calendar has this link");
    enum status status = calendar_version(call, token, version);
    if (status)
        return status;
    snprintf(tag, sizeof tag, "W/\"%s\"", version);
    answer_header(http, "ETag", tag);
    answer->cache = "private, no-cache";
    if (http->headers.if_none_match && strstr(http->headers.if_none_match, version)) {
        answer->code = 304;
        return STATUS_OK;
    }
    answer->code = 200;
    answer->content_type = "text/calendar; charset=utf-8";
    answer_header(http, "Content-Disposition", "inline; filename=\"licenses.ics\"");
    return calendar_write(call, token, &answer->body);
}

const struct http_route calendar_routes[] = {
    { MEMBER_ROUTE(HTTP_GET, "/calendar-feed", PERMISSION_SEE_STAFF, WORK_READ),
      .handler = get_feed },
    { MEMBER_ROUTE(HTTP_POST, "/calendar-feed", PERMISSION_SENSORS, WORK_WRITE),
      .handler = post_feed },
    { MEMBER_ROUTE(HTTP_DELETE, "/calendar-feed", PERMISSION_SENSORS, WORK_WRITE),
      .handler = delete_feed },
    { ROUTE(HTTP_GET, "/calendar/{token}.ics", ACCESS_PUBLIC, WORK_READ), .any_query = true,
      .handler = get_calendar },
    { .path = NULL },
};
