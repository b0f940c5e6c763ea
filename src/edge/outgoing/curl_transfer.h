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
    bool admitted, not_admitted; /* an address so far */
    enum smtp_step step;
    char line[SMTP_REPLY_SIZE]; /* the relay's last refusal */
    bool needs_utf8;            /* an address that only SMTPUTF8 (RFC 6531) can carry */
    bool lacks_utf8;            /* the relay does not offer it */
    bool said_hello;            /* this transfer did, and no open connection served it: */
    bool hello_offers_utf8;     /* the answer to it does */
    atomic_bool *offers_utf8;   /* the relay's last whole answer to EHLO did, on any connection */
};

/* Sets the options of every transfer on a new or used handle. */
void transfer_prepare(CURL *handle, struct curl_transfer *transfer, const char *ca_file);

/* Sets out->words: one line of printable ASCII, cut to its size. */
void transfer_set_words(struct transfer_result *out, const char *text);

/* A transfer on the thread of a loop. */
struct loop_transfer {
    CURL *handle;
    int64_t end_at; /* monotonic nanoseconds: the loop ends it then; 0: never. Set on the thread */
    /* Called once, on the thread; owns the transfer from then on. CURLE_OPERATION_TIMEDOUT: at
     * end_at. CURLE_ABORTED_BY_CALLBACK: the loop was interrupted. */
    void (*ended)(struct loop_transfer *transfer, CURLcode code);
    struct loop_transfer *next; /* the loop's */
};

/* Starts a transfer whose handle is prepared. Any thread. */
void transfer_loop_add(struct transfer_loop *loop, struct loop_transfer *transfer);

#endif
