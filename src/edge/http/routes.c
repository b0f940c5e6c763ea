#include <assert.h>
#include <string.h>

#include "edge/http/route.h"

const struct http_route *const http_routes[] = {
    system_routes,   people_routes,   member_routes,   password_reset_routes, organization_routes,
    code_routes,     license_routes,  sensor_routes,   import_routes,         assignment_routes,
    reading_routes,  operator_routes, forecast_routes, audit_routes,          notice_routes,
    calendar_routes, webhook_routes,  alarm_routes,    device_routes,         NULL,
};

static const char *const method_words[] = {
    [HTTP_GET] = "GET",     [HTTP_POST] = "POST",     [HTTP_PUT] = "PUT",
    [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE", [HTTP_OTHER] = "",
};

_Static_assert(sizeof method_words / sizeof method_words[0] == HTTP_METHOD_COUNT,
               "every method has a word");

const char *
http_method_word(enum http_method method)
{
    assert((unsigned)method < HTTP_METHOD_COUNT);
    return method_words[method];
}

enum http_method
http_method_parse(const char *word)
{
    for (unsigned i = 0; i < HTTP_OTHER; i++) {
        if (!strcmp(method_words[i], word))
            return (enum http_method)i;
    }
    return HTTP_OTHER;
}
