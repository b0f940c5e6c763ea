/*
 * transfer.h - carries bytes to a server of somebody else: a mail to a relay (SMTP), a request
 * to a web server (HTTP). libcurl.
 *
 * What may go wrong is not a fault of the program, so there is no enum status here: a result
 * says how it ended, and in short words why.
 */
#ifndef EDGE_OUTGOING_TRANSFER_H
#define EDGE_OUTGOING_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/address.h"
#include "base/buffer.h"

enum transfer_end {
    TRANSFER_DONE,      /* they have it */
    TRANSFER_LATER,     /* they were asked, and did not take it this time */
    TRANSFER_REFUSED,   /* they were asked, and will never take it */
    TRANSFER_UNREACHED, /* it did not come to asking: no connection, no TLS, no sign-in */
    TRANSFER_STOPPED,   /* `stop` said so */
    TRANSFER_END_COUNT
};

enum {
    TRANSFER_WORDS_SIZE = 200,
    TRANSFER_ANSWER_MOST_BYTES = 64 * 1024,
    TRANSFER_MOST_SECONDS = 60, /* for a mail; a post says it itself */
};

struct transfer_result {
    enum transfer_end end;
    int code;                        /* the last of SMTP or HTTP; 0: none came */
    char words[TRANSFER_WORDS_SIZE]; /* one line without control characters; "" when it is done */
};

/* Asked about once a second, and before a connection is made: is it to end now? */
struct transfer_stop {
    bool (*asked)(void *with); /* NULL: never */
    void *with;
};

/* Once, before any thread starts. */
void transfer_start(void);

/* A relay, and the connections to it that are open: one for each thread that sends, kept for
 * a few seconds for the next mail. */
struct relay;

struct relay_options {
    const char *url;  /* relay_url.h has let it through */
    const char *user; /* "": no sign-in; else never without TLS */
    const char *password;
    const char *from;    /* the envelope's sender */
    const char *ca_file; /* trusted beside the system's; "": none */
    bool plain;          /* TLS is not even tried */
};

/* Copies what it needs. */
struct relay *relay_open(const struct relay_options *options);
void relay_close(struct relay *relay); /* nobody is sending any more; NULL is allowed */

/* Gives the relay one mail for one recipient; `message` has lines that end with CRLF. Safe from
 * every thread. A refusal (5xx) of this recipient or of this message is TRANSFER_REFUSED; of the
 * sender it is UNREACHED, since that holds for every mail until somebody mends it. */
void transfer_mail(struct relay *relay, const char *recipient, const struct buffer *message,
                   struct transfer_stop stop, struct transfer_result *out);

/* Connects, says EHLO, STARTTLS and AUTH as for a mail, and leaves. */
void transfer_mail_check(struct relay *relay, struct transfer_result *out);

struct transfer_post {
    const char *url;            /* http or https; no user in it */
    const char *const *headers; /* "name: value"; NULL behind the last. No line breaks */
    const void *body;
    size_t body_size;
    int most_seconds; /* for all of it */
    /* Of the address that is about to be connected to, after the name was looked up: may it
     * be? NULL: any. Redirects and proxies are not followed. */
    bool (*admits)(const struct address *address);
    const char *ca_file; /* as of a relay */
    struct transfer_stop stop;
};

/* Done: an answer of 2xx. Refused: 410, or an address that `admits` does not want. Later: any other
 * answer. `answer` (NULL: not wanted) gets the answer's body, cut at TRANSFER_ANSWER_MOST_BYTES or
 * at its own limit. Safe from every thread. */
void transfer_post(const struct transfer_post *post, struct buffer *answer,
                   struct transfer_result *out);

#endif
