/* relay_url.h - parses the setting `smtp`, the address of a relay. */
#ifndef EDGE_OUTGOING_RELAY_URL_H
#define EDGE_OUTGOING_RELAY_URL_H

#include <stdbool.h>

#include "base/status.h"

enum { RELAY_URL_SIZE = 320, RELAY_USER_SIZE = 256 };

struct relay_url {
    char url[RELAY_URL_SIZE];   /* "smtp://host:25" or "smtps://host:465", without the user */
    char user[RELAY_USER_SIZE]; /* "": no sign-in */
    bool plain;                 /* never TLS */
};

/* Reads
 *     smtps://[USER@]HOST[:PORT]     TLS from the first byte, port 465
 *     smtp://[USER@]HOST[:PORT]      STARTTLS if the relay offers it, always with a USER;
 *                                    port 25, with a USER 587
 *     smtp+plain://HOST[:PORT]       never TLS, port 25
 * A USER may contain escapes such as %40; a "@" needs none.
 *   STATUS_INVALID  field: "smtp". The reason does not repeat the text, which may contain a
 * password by mistake */
enum status relay_url_read(struct relay_url *out, const char *text, struct fault *fault);

#endif
