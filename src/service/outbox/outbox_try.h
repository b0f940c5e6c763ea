/*
 * outbox_try.h - one try to send a message of the outbox, as the store sees it: found, claimed,
 * read, and noted afterwards.
 */
#ifndef SERVICE_OUTBOX_OUTBOX_TRY_H
#define SERVICE_OUTBOX_OUTBOX_TRY_H

#include "service/threads/sender.h"

struct outbox_try {
    int64_t organization_id, id;
    utc_seconds seen; /* its next_try_at */
};

enum { OUTBOX_TRY_MOST = 16 };

/* What is due of a kind, the longest waiting first. A read. */
enum status outbox_try_find(struct call *call, const char *kind,
                            struct outbox_try out[OUTBOX_TRY_MOST], size_t *count);

/* Takes it for SENDER_LEASE_SECONDS, unless somebody else has: *claimed. Inside a transaction. */
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
