/*
 * idempotency.h - a write that is sent again with the same key is answered as the
 * first time, and acts once.
 *
 * Both run inside the transaction of the write: its facts and its answer are
 * kept together or not at all. A failed write keeps nothing: it has changed nothing.
 */
#ifndef SERVICE_CORE_IDEMPOTENCY_H
#define SERVICE_CORE_IDEMPOTENCY_H

#include "service/core/call.h"

enum {
    IDEMPOTENCY_SECONDS = 86400,
    IDEMPOTENCY_KEY_MOST_BYTES = 255,
};

struct idempotent_request {
    int64_t user_id;
    const char *key;     /* 1 to IDEMPOTENCY_KEY_MOST_BYTES */
    const uint8_t *hash; /* HASH_BYTES, over all that makes it the same request */
};

struct idempotent_answer {
    int64_t code;
    const void *bytes;
    size_t size;
};

/* *found false: the first time. The answer lives in the arena.
 *   STATUS_INVALID  idempotency_key_reused: the key came with another request */
enum status idempotency_find(struct call *call, const struct idempotent_request *request,
                             struct idempotent_answer *out, bool *found);

/* The write has failed with `status`. While it waited for a lock, another server may have answered
 * the same request: then all of it has to run again, and finds that answer.
 *   STATUS_BUSY  another server has
 *   otherwise `status`, with call->db.fault as it was */
enum status idempotency_look_again(struct call *call, const struct idempotent_request *request,
                                   enum status status);

/* Keeps the answer, sealed; forgets those that are older than IDEMPOTENCY_SECONDS.
 *   STATUS_BUSY  somebody else answers the same request just now: do all of it again */
enum status idempotency_keep(struct call *call, const struct idempotent_request *request,
                             const struct idempotent_answer *answer);

#endif
