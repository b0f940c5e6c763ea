#include "edge/http/access.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/web_host.h"
#include "base/web_origin.h"
#include "domain/serial.h"

enum { SCHEME_MOST = 8 };

bool
access_origin_accepted(const char *origin, const char *host, const char *public_url)
{
    char text[WEB_HOST_TEXT_SIZE + SCHEME_MOST], got[WEB_ORIGIN_SIZE], own[WEB_ORIGIN_SIZE];

    if (!origin)
        return true;
    if (!web_origin_read(got, origin))
        return false;
    if (public_url && *public_url)
        return web_origin_read(own, public_url) && !strcmp(got, own);
    if (!host)
        return false;
    /* a host without a port has that of the origin's scheme */
    int length = snprintf(text, sizeof text, "%.*s//%s", (int)strcspn(got, "/"), got, host);
    return length > 0 && (size_t)length < sizeof text && web_origin_read(own, text)
           && !strcmp(got, own);
}

/* A browser that sends no Origin says by Sec-Fetch-Site where a request comes from. */
static bool
is_cross_site(const char *fetch_site)
{
    return fetch_site && strcasestr(fetch_site, "cross-site") != NULL;
}

static enum status
access_not_found(struct call *call)
{
    return call_fail(call, STATUS_NOT_FOUND, "", "", "there is nothing at this address");
}

static enum status
find_user(struct http_request *http, struct call *call)
{
    bool found = false;

    if (http->headers.session) {
        enum status status = people_by_session(call, http->headers.session, &http->who, &found);
        if (status)
            return status;
    }
    if (!found && http->route->access == ACCESS_ANYBODY)
        return STATUS_OK;
    if (!found)
        return call_fail(call, STATUS_UNAUTHORIZED, "", "", "sign in first");
    http->actor = (struct actor){
        .kind = http->route->access == ACCESS_OPERATOR ? ACTOR_OPERATOR : ACTOR_USER,
        .id = http->who.user.id,
        .name = http->who.user.email,
    };
    return STATUS_OK;
}

/* Memberships were read together with the session. */
static bool
find_role(struct http_request *http)
{
    for (size_t i = 0; i < http->who.organization_count; i++) {
        if (http->who.organizations[i].organization_id != http->organization_id)
            continue;
        http->role = http->who.organizations[i].role;
        return true;
    }
    return false;
}

static enum status
check_member(struct http_request *http, struct call *call)
{
    const char *id = http_path_value(http, "org");

    if (!id || !id_parse(&http->organization_id, id, strlen(id)) || !find_role(http))
        return access_not_found(call);
    if (!role_may(http->role, http->route->permission))
        return call_fail(call, STATUS_FORBIDDEN, "", "", "your role does not allow this");
    return STATUS_OK;
}

/* A text that is no serial names no sensor: 404. */
static enum status
read_serial(struct http_request *http, struct call *call)
{
    const char *text = http_path_value(http, "serial");
    struct serial serial;
    char canonical[SERIAL_TEXT_SIZE];

    if (!text)
        return STATUS_OK;
    if (!serial_parse(&serial, text, strlen(text)))
        return access_not_found(call);
    serial_format(canonical, serial);
    http->serial = arena_text(&http->arena, canonical, strlen(canonical));
    return http->serial ? STATUS_OK : call_too_large(call);
}

enum status
access_check(struct http_request *http, struct call *call)
{
    const struct http_route *route = http->route;
    enum status status;

    if (http->method != HTTP_GET
        && (is_cross_site(http->headers.fetch_site)
            || !access_origin_accepted(http->headers.origin,
                                       http->target_host ? http->target_host : http->headers.host,
                                       http->context->public_url)))
        return call_fail(call, STATUS_FORBIDDEN, "wrong_origin", "",
                         "a page of another site sent this request");
    if (route->access == ACCESS_PUBLIC)
        return STATUS_OK;
    status = find_user(http, call);
    if (status)
        return status;
    if (route->access == ACCESS_OPERATOR && !http->who.user.operator_)
        return call_fail(call, STATUS_FORBIDDEN, "", "", "only an operator may do this");
    if (route->access == ACCESS_MEMBER) {
        status = check_member(http, call);
        if (status)
            return status;
    }
    return read_serial(http, call);
}
