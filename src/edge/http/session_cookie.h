/* session_cookie.h - the name of the cookie that holds a session. */
#ifndef EDGE_HTTP_SESSION_COOKIE_H
#define EDGE_HTTP_SESSION_COOKIE_H

#include "edge/http/request.h"

/* Every server had this name before; sessions of that time go on. */
#define SESSION_COOKIE_OLD "tenure_session"

/* A browser sends cookies to all ports of a host. So the name holds the port at which people reach
 * this server, unless it is the scheme's own: "tenure_session_8080". With https it begins with
 * "__Host-": browsers then take it only from this very host (RFC 6265bis, section 4.1.3.2). `host`
 * is the header of the request, or NULL. */
void session_cookie_name(char out[SESSION_COOKIE_NAME_SIZE], const struct http_context *context,
                         const char *host);

/* Does a cookie of this name hold a session, of any port? */
bool session_cookie_is_one(const char *name);

#endif
