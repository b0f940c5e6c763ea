/*
 * mime.h - writes a mail (RFC 5322, RFC 2045 to 2047): text and HTML as alternatives, and an
 * optional attachment.
 */
#ifndef EDGE_OUTGOING_MIME_H
#define EDGE_OUTGOING_MIME_H

#include "base/buffer.h"
#include "base/utc.h"
#include "service/outbox/outbox_content.h"

struct mime_mail {
    const char *from, *to;  /* addresses */
    const char *message_id; /* "<...>" */
    utc_seconds date;
    const struct outbox_content *content;
};

/* Appends the mail; lines end with CRLF. Control characters in headers become spaces, so that no
 * text adds a header. The same mail gives the same bytes. out->overflow: it is too large. */
void mime_write(struct buffer *out, const struct mime_mail *mail);

#endif
