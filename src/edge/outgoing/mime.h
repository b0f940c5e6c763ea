/*
 * mime.h - a mail as the bytes that go over the wire (RFC 5322, RFC 2045 to 2047): text and
 * HTML as alternatives, perhaps an attachment behind them.
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

/* Appends it; lines end with CRLF. Whatever the texts hold, a header stays the one line that it
 * is: control characters become spaces. out->overflow: too large. The same mail has the same
 * bytes each time. */
void mime_write(struct buffer *out, const struct mime_mail *mail);

#endif
