/*
 * outbox_try.h - one try to send a message, as the store sees it: claim, read, finish.
 * outbox_turn.h finds the messages.
 */
#ifndef SERVICE_OUTBOX_OUTBOX_TRY_H
#define SERVICE_OUTBOX_OUTBOX_TRY_H

#include "base/email.h"
#include "service/outbox/outbox_content.h"

/* How a try ended. */
enum outcome_end {
    OUTCOME_SENT,
    OUTCOME_LATER,     /* try again after a growing pause */
    OUTCOME_FAILED,    /* never again: the receiver refused it */
    OUTCOME_UNREACHED, /* as LATER; other messages to the same webhook wait for a minute */
    OUTCOME_STOPPED,   /* this process ends: as if it had not been tried */
    OUTCOME_END_COUNT
};

enum { OUTCOME_WORDS_SIZE = 320 };

struct outcome {
    enum outcome_end end;
    char words[OUTCOME_WORDS_SIZE]; /* stored and shown; no secret, no control characters */
    int answer_code;                /* of HTTP or SMTP; 0: none came */
    utc_seconds retry_at; /* the receiver asks for no message before; 0: it does not say */
};

/* A message that is due. Its texts live in call->db.arena. */
struct outbox_message {
    int64_t organization_id, id;
    const char *purpose;    /* of a webhook the event */
    const char *target;     /* the address; the id of the webhook */
    const char *message_id; /* the same at every try */
    utc_seconds queued_at;
    int64_t attempts; /* including this one */
    struct outbox_content content;
};

enum {
    OUTBOX_TARGET_SIZE = EMAIL_SIZE,
    OUTBOX_LEASE_SECONDS = 300, /* longer than any try takes */
    OUTBOX_TRIES_SECONDS = 3 * 86400,
    OUTBOX_FIRST_PAUSE_SECONDS = 60, /* then twice as long, ... */
    OUTBOX_LONGEST_PAUSE_SECONDS = 3 * 3600,
};

struct outbox_try {
    int64_t organization_id, id;
    utc_seconds seen; /* its next_try_at */
    const char *target;
};

struct outbox_try_list {
    struct outbox_try *items;
    size_t count;
};

/* Leases the message for OUTBOX_LEASE_SECONDS. *claimed false: another sender was faster. Inside a
 * transaction. */
enum status outbox_try_claim(struct call *call, const struct outbox_try *try, bool *claimed);

/* Reads a message after the claim.
 *   STATUS_NOT_FOUND  it no longer waits
 *   STATUS_BROKEN, STATUS_TOO_LARGE  with out->attempts 1 or more: its content cannot be opened;
 *                     else a failure of the store */
enum status outbox_try_read(struct call *call, const struct outbox_try *try,
                            struct outbox_message *out);

/* Records how this attempt ended. A webhook that was not reached, and a target that asked for a
 * pause (outcome->retry_at, but for at most OUTBOX_TRIES_SECONDS), get no message until it is over.
 * Inside a transaction. */
enum status outbox_try_finish(struct call *call, const struct outbox_try *try, int64_t attempt,
                              const struct outcome *outcome);

/* The pause after this many attempts, 1 or more. */
int64_t outbox_try_pause_seconds(int64_t attempts);

#endif
