/*
 * transfer.h - sends a mail to a relay (SMTP) or a request to a web server (HTTP), by libcurl.
 *
 * A failure of another server is no fault of the program. The functions fill a result instead of
 * returning an enum status.
 */
#ifndef EDGE_OUTGOING_TRANSFER_H
#define EDGE_OUTGOING_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/address.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/utc.h"

enum transfer_end {
    TRANSFER_DONE,      /* accepted */
    TRANSFER_LATER,     /* the server did not accept it this time */
    TRANSFER_REFUSED,   /* the server will never accept it */
    TRANSFER_UNREACHED, /* no connection, or the server does not serve us: all messages wait */
    TRANSFER_STOPPED,   /* `stop` ended it */
    TRANSFER_END_COUNT
};

/* The last step of a mail that began. */
enum smtp_step {
    SMTP_GREETING,
    SMTP_HELLO, /* EHLO, HELO, STARTTLS */
    SMTP_SIGN_IN,
    SMTP_SENDER,
    SMTP_RECIPIENT,
    SMTP_CONTENT
};

enum {
    TRANSFER_WORDS_SIZE = 320,
    TRANSFER_MOST_SECONDS = 60, /* for a mail; a post sets its own */
};

struct transfer_result {
    enum transfer_end end;
    int code;                        /* the last code of SMTP or HTTP; 0: none */
    char words[TRANSFER_WORDS_SIZE]; /* the reason in one line; "" after TRANSFER_DONE */
    utc_seconds retry_at; /* Retry-After of TRANSFER_LATER: the server asks for nothing before; 0:
                             it does not say */
};

/* Asks about once a second, and before it connects, whether to end. */
struct transfer_stop {
    bool (*asked)(void *with); /* NULL: never */
    void *with;
};

/* Once, before any thread starts. */
void transfer_start(void);

/* A relay and its open connections: one for each thread that sends, kept a few seconds for the next
 * mail. */
struct relay;

struct relay_options {
    const char *url;  /* checked by relay_url.h */
    const char *user; /* "": no sign-in; otherwise TLS is required */
    const char *password;
    const char *from;    /* the sender of the envelope */
    const char *ca_file; /* trusted in addition to the system's; "": none */
    const char *hello;   /* the EHLO name, as smtp_hello_read() makes it; "": smtp_hello_find() */
    bool plain;          /* never tries TLS */
};

/* Copies what it needs. */
struct relay *relay_open(const struct relay_options *options);
void relay_close(struct relay *relay); /* after the last transfer; NULL is allowed */

/* Sends one mail to one recipient; the lines of `message` end with CRLF. Any thread may call it.
 * smtp_reply.h says which refusal has which result. If the relay took a mail within the last
 * minutes, a refusal of RCPT is TRANSFER_LATER instead of TRANSFER_UNREACHED. */
void transfer_mail(struct relay *relay, const char *recipient, const struct buffer *message,
                   struct transfer_stop stop, struct transfer_result *out);

/* Checks whether the relay takes our mails, and sends none: EHLO, STARTTLS and AUTH as for a mail,
 * then MAIL and RCPT with the sender's own address, and RSET. Returns the step at which it ended:
 * SMTP_RECIPIENT if all went well. */
enum smtp_step transfer_mail_check(struct relay *relay, struct transfer_result *out);

/* A thread that runs many posts at a time, and its connections, kept a few seconds for the next
 * post to the same server. */
struct transfer_loop;

/* STATUS_BROKEN: the system gives no thread */
enum status transfer_loop_start(struct transfer_loop **out, struct fault *fault);
/* Ends all posts now, and those that start later, with TRANSFER_STOPPED. Does not wait. */
void transfer_loop_interrupt(struct transfer_loop *loop);
void transfer_loop_stop(struct transfer_loop *loop); /* after the last post; NULL is allowed */

struct transfer_post {
    const char *url;            /* http or https; no user in it */
    const char *const *headers; /* "name: value" without line breaks; NULL at the end */
    const void *body;
    size_t body_size;
    int most_seconds; /* for the whole transfer */
    /* Checks each address after the name is resolved, before it connects. NULL: any is allowed.
     * Redirects and proxies are not followed. */
    bool (*admits)(const struct address *address);
    const char *ca_file; /* as for a relay */
    /* Called once, on the thread of the loop. */
    void (*done)(void *with, const struct transfer_result *result);
    void *with;
};

/* Starts a post; does not wait. *order, with all that it names, lives until `done`. Any thread may
 * call it.
 *
 * The status of the answer decides as soon as it arrives. Done: 2xx. Refused: 410, or no address
 * that `admits` allows. Later: any other status. The rest of the answer gets 2 seconds and 64 KiB;
 * however it ends, the result stays. */
void transfer_post(struct transfer_loop *loop, const struct transfer_post *order);

#endif
