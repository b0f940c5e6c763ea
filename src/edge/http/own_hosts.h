/* own_hosts.h - the hosts by which a request may name this server. */
#ifndef EDGE_HTTP_OWN_HOSTS_H
#define EDGE_HTTP_OWN_HOSTS_H

#include <stdbool.h>

/* A page of another site can give its own name the address of this machine (DNS rebinding), and its
 * requests then count as its own. So a name counts only if it is the one of `public_url` (an
 * origin; NULL or "": none) with its port, a loopback name (RFC 6761, section 6.3), the machine's
 * host name, or one of its addresses. */
bool own_hosts_have(const char *host, const char *public_url);

#endif
