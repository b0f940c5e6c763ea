/*
 * outbox_try.h - one try to send a message of the outbox, as the store sees it: found, claimed,
 * read, and noted afterwards.
 */
#ifndef SERVICE_OUTBOX_OUTBOX_TRY_H
#define SERVICE_OUTBOX_OUTBOX_TRY_H

#include "service/outbox/outbox_content.h"

struct sender;

/* How a try ended. */
enum outcome_end {
    OUTCOME_SENT,
    OUTCOME_LATER,     /* again after a pause that grows */
    OUTCOME_FAILED,    /* never again: they will not take it */
    OUTCOME_UNREACHED, /* as LATER; what else goes to the same target rests for a minute, and what
                          goes the same way (below) at most so long */
    OUTCOME_STOPPED,   /* we are ending: as if it had not been tried */
    OUTCOME_END_COUNT
};

enum { OUTCOME_WORDS_SIZE = 200 };

struct outcome {
    enum outcome_end end;
    char words[OUTCOME_WORDS_SIZE]; /* kept and shown; no secret, no control characters */
    int answer_code;                /* of HTTP or SMTP; 0: none came */
};

/* A message that is due. Texts live in call->db.arena. */
struct outbox_message {
    int64_t organization_id, id;
    const char *purpose;    /* of a webhook the event */
    const char *target;     /* the address; the id of the webhook */
    const char *message_id; /* at every try the same */
    utc_seconds queued_at;
    int64_t attempts; /* this one counted: 1 for the first */
    struct outbox_content content;
    struct sender *sender; /* for sender_stop_asked() */
};

enum {
    OUTBOX_LEASE_SECONDS = 300, /* longer than any try takes */
    OUTBOX_TRIES_SECONDS = 3 * 86400,
    OUTBOX_FIRST_PAUSE_SECONDS = 60, /* then twice as long, ... */
    OUTBOX_LONGEST_PAUSE_SECONDS = 3 * 3600,
};

struct outbox_try {
    int64_t organization_id, id;
    utc_seconds seen; /* its next_try_at */
};

enum { OUTBOX_TRY_MOST = 16 };

/* What is due of a kind, the longest waiting first. A read. */
enum status outbox_try_find(struct call *call, const char *kind,
                            struct outbox_try out[OUTBOX_TRY_MOST], size_t *count);

/* Takes it for OUTBOX_LEASE_SECONDS, unless somebody else has: *claimed. Inside a transaction. */
enum status outbox_try_claim(struct call *call, const struct outbox_try *try, bool *claimed);

/* What is to be sent, after the claim. A read.
 *   STATUS_NOT_FOUND  it waits no more
 *   STATUS_BROKEN, STATUS_TOO_LARGE  with out->attempts 1 or more: what it says cannot be opened;
 *                     else the store's own */
enum status outbox_try_read(struct call *call, const struct outbox_try *try,
                            struct outbox_message *out);

/* How the try with this number went. Inside a transaction. */
enum status outbox_try_note(struct call *call, const struct outbox_try *try, int64_t attempt,
                            const struct outcome *outcome);

/* How long to wait after so many tries, 1 or more. */
int64_t outbox_try_pause_seconds(int64_t attempts);

#endif
