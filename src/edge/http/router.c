#include "edge/http/route.h"

#include <assert.h>
#include <string.h>

#include "edge/http/query.h"

/* Segments are decoded one by one: a "%2F" stays inside its segment. */
struct path {
    const char *segments[ROUTER_MOST_SEGMENTS];
    size_t count;
};

static enum status
split(struct path *path, struct http_request *http, struct fault *fault)
{
    const char *end = http->target + strcspn(http->target, "?");

    if (*http->target != '/')
        return fail(fault, STATUS_MALFORMED, "", "", "the address does not begin with a slash");
    for (const char *at = http->target; at < end;) {
        const char *from = at + (*at == '/');
        size_t length = strcspn(from, "/?");
        if (path->count == ROUTER_MOST_SEGMENTS)
            return fail(fault, STATUS_NOT_FOUND, "", "", "there is nothing at this address");
        const char *segment = percent_decode(&http->arena, from, length, false);
        if (!segment)
            return fail(fault, STATUS_MALFORMED, "", "",
                        "the address is not percent-encoded UTF-8");
        path->segments[path->count++] = segment;
        at = from + length;
    }
    return STATUS_OK;
}

/* Fills path_values, which are valid only if the whole pattern fits. */
static bool
router_fits(struct http_request *http, const struct path *path, const char *pattern)
{
    http->path_value_count = 0;
    for (size_t i = 0; i < path->count; i++) {
        if (*pattern++ != '/')
            return false;
        size_t length = strcspn(pattern, "/");
        const char *segment = path->segments[i];
        if (*pattern == '{') {
            if (!*segment)
                return false;
            assert(http->path_value_count < HTTP_MOST_PATH_VALUES);
            http->path_values[http->path_value_count++] =
                (struct http_header){ pattern + 1, segment };
        } else if (strlen(segment) != length || memcmp(segment, pattern, length) != 0) {
            return false;
        }
        pattern += length;
    }
    return !*pattern;
}

enum status
router_find(struct http_request *http, const struct http_route *const *tables, unsigned *allowed,
            struct fault *fault)
{
    struct path path = { .count = 0 };
    enum status status = split(&path, http, fault);

    *allowed = 0;
    if (status)
        return status;
    for (; *tables; tables++) {
        for (const struct http_route *route = *tables; route->path; route++) {
            if (!router_fits(http, &path, route->path))
                continue;
            *allowed |= 1U << route->method;
            if (route->method != http->method)
                continue;
            http->route = route;
            return STATUS_OK;
        }
    }
    http->path_value_count = 0;
    if (*allowed)
        return fail(fault, STATUS_MALFORMED, "method_not_allowed", "",
                    "this address does not accept this method");
    return fail(fault, STATUS_NOT_FOUND, "", "", "there is nothing at this address");
}

const char *
http_path_value(const struct http_request *http, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < http->path_value_count; i++) {
        const char *pattern = http->path_values[i].name; /* as in the route: "org}/sensors" */
        if (!strncmp(pattern, name, length) && pattern[length] == '}')
            return http->path_values[i].value;
    }
    return NULL;
}

int64_t
http_path_id(const struct http_request *http, const char *name)
{
    const char *text = http_path_value(http, name);
    int64_t id;

    return text && id_parse(&id, text, strlen(text)) ? id : 0;
}
