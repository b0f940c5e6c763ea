/* smtp_hello.h - the name by which this server greets a relay: RFC 5321, section 4.1.1.1. */
#ifndef EDGE_OUTGOING_SMTP_HELLO_H
#define EDGE_OUTGOING_SMTP_HELLO_H

#include <stdbool.h>

#include "base/status.h"

enum { SMTP_HELLO_SIZE = 256 };

/* Reads the setting `smtp-hello`: a domain name, written in ASCII, or an address literal such as
 * "[192.0.2.1]" or "[IPv6:2001:db8::1]". "" stays "".
 *   STATUS_INVALID  field: "smtp-hello" */
enum status smtp_hello_read(char out[SMTP_HELLO_SIZE], const char *text, struct fault *fault);

/* Finds a name: the fully qualified name of this host (true); else the address literal of the local
 * address that connects to the relay, or "[127.0.0.1]" (false: this name may change). `url` as
 * relay_url.h makes it. May ask a name server. */
bool smtp_hello_find(char out[SMTP_HELLO_SIZE], const char *url);

#endif
