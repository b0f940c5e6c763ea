#include "edge/http/route.h"

#include <string.h>

#include "support/check.h"

static const struct http_route first[] = {
    { .method = HTTP_GET, .path = "/api/things" },
    { .method = HTTP_POST, .path = "/api/things" },
    { .method = HTTP_GET, .path = "/api/things/{id}" },
    { .path = NULL },
};
static const struct http_route second[] = {
    { .method = HTTP_DELETE, .path = "/api/things/{id}/parts/{part}" },
    { .method = HTTP_GET, .path = "/" },
    { .path = NULL },
};
static const struct http_route *const tables[] = { first, second, NULL };

static enum status
find(struct http_request *http, enum http_method method, const char *target, unsigned *allowed)
{
    *http = (struct http_request){ .method = method, .target = target };
    arena_init(&http->arena, 65536);
    return router_find(http, tables, allowed, &http->call.db.fault);
}

TEST(a_path_finds_its_route_and_its_values)
{
    static const struct {
        enum http_method method;
        const char *target;
        const struct http_route *route;
        const char *id, *part;
    } rows[] = {
        { HTTP_GET, "/api/things", &first[0], NULL, NULL },
        { HTTP_GET, "/api/things?a=b/c", &first[0], NULL, NULL },
        { HTTP_POST, "/api/things", &first[1], NULL, NULL },
        { HTTP_GET, "/api/thin%67s", &first[0], NULL, NULL },
        { HTTP_GET, "/api/things/7", &first[2], "7", NULL },
        { HTTP_GET, "/api/things/a%2Fb", &first[2], "a/b", NULL },
        { HTTP_GET, "/api/things/a+b", &first[2], "a+b", NULL },
        { HTTP_GET, "/api/things/..", &first[2], "..", NULL },
        { HTTP_GET, "/api/things/%C3%A9", &first[2], "\xc3\xa9", NULL },
        { HTTP_DELETE, "/api/things/7/parts/8", &second[0], "7", "8" },
        { HTTP_GET, "/", &second[1], NULL, NULL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_request http;
        unsigned allowed;

        check_row(rows[i].target);
        check_int(find(&http, rows[i].method, rows[i].target, &allowed), STATUS_OK);
        check(http.route == rows[i].route);
        const char *id = http_path_value(&http, "id"), *part = http_path_value(&http, "part");
        check(!id == !rows[i].id && !part == !rows[i].part);
        if (id && rows[i].id)
            check_text(id, rows[i].id);
        if (part && rows[i].part)
            check_text(part, rows[i].part);
        arena_clear(&http.arena);
    }
}

TEST(every_other_path_is_refused)
{
    static const struct {
        enum http_method method;
        const char *target;
        enum status status;
        unsigned allowed;
    } rows[] = {
        { HTTP_DELETE, "/api/things", STATUS_MALFORMED, 1U << HTTP_GET | 1U << HTTP_POST },
        { HTTP_OTHER, "/api/things/7", STATUS_MALFORMED, 1U << HTTP_GET },
        { HTTP_GET, "/api/things/", STATUS_NOT_FOUND, 0 },
        { HTTP_GET, "//api/things", STATUS_NOT_FOUND, 0 },
        { HTTP_GET, "/api//things", STATUS_NOT_FOUND, 0 },
        { HTTP_GET, "/API/things", STATUS_NOT_FOUND, 0 },
        { HTTP_GET, "/api", STATUS_NOT_FOUND, 0 },
        { HTTP_GET, "/api/things/7/parts", STATUS_NOT_FOUND, 0 },
        { HTTP_GET, "/api/../api/things", STATUS_NOT_FOUND, 0 },
        { HTTP_GET, "/api%2Fthings", STATUS_NOT_FOUND, 0 },
        { HTTP_GET, "/1/2/3/4/5/6/7/8/9/10/11/12/13", STATUS_NOT_FOUND, 0 },
        { HTTP_GET, "/api/things/%00", STATUS_MALFORMED, 0 },
        { HTTP_GET, "/api/things/%", STATUS_MALFORMED, 0 },
        { HTTP_GET, "/api/things/%ff", STATUS_MALFORMED, 0 },
        { HTTP_GET, "/api/things/%C0%AE", STATUS_MALFORMED, 0 },
        { HTTP_GET, "*", STATUS_MALFORMED, 0 },
        { HTTP_GET, "http://host/api/things", STATUS_MALFORMED, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_request http;
        unsigned allowed;

        check_row(rows[i].target);
        check_int(find(&http, rows[i].method, rows[i].target, &allowed), rows[i].status);
        check_int(allowed, rows[i].allowed);
        check(!http.route);
        arena_clear(&http.arena);
    }
}
