/*
 * relay_url.h - the address of a relay, as the setting `smtp` says it.
 */
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
 *     smtp://[USER@]HOST[:PORT]      STARTTLS where the relay offers it, with a USER always;
 *                                    port 25, with a USER 587
 *     smtp+plain://HOST[:PORT]       never TLS, port 25
 * A USER may have %40 and other escapes; a "@" in it needs none.
 *   STATUS_INVALID  what is wrong with it; field: "smtp". The reason does not repeat it: it may
 *                   hold a password by mistake */
enum status relay_url_read(struct relay_url *out, const char *text, struct fault *fault);

#endif
