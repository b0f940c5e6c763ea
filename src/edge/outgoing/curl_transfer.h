/* curl_transfer.h - a transfer by libcurl. For edge/outgoing/transfer*.c only. */
#ifndef EDGE_OUTGOING_CURL_TRANSFER_H
#define EDGE_OUTGOING_CURL_TRANSFER_H

#include <curl/curl.h>

#include <stdatomic.h>

#include "edge/outgoing/smtp_reply.h"
#include "edge/outgoing/transfer.h"

/* One transfer in progress. */
struct curl_transfer {
    const struct buffer *out; /* the bytes to send */
    size_t sent;
    struct transfer_stop stop;
    bool (*admits)(const struct address *address);
    bool not_admitted;
    struct buffer *answer;
    enum smtp_step step;
    char line[SMTP_REPLY_SIZE]; /* the relay's last refusal */
    bool needs_utf8;            /* an address that only SMTPUTF8 (RFC 6531) can carry */
    bool lacks_utf8;            /* the relay does not offer it */
    atomic_bool *offers_utf8;   /* the relay's last answer to EHLO did */
};

/* Sets the options of every transfer on a new or used handle. */
void transfer_prepare(CURL *handle, struct curl_transfer *transfer, const char *ca_file);

/* Sets out->words: one line of printable ASCII, cut to its size. */
void transfer_set_words(struct transfer_result *out, const char *text);

#endif
