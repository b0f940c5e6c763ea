/*
 * idempotency.h - a write that is repeated with the same key acts once and gets the same answer.
 *
 * These functions run inside the transaction of the write: its facts and its answer are stored
 * together or not at all. A failed write stores nothing.
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
    const uint8_t *hash; /* HASH_BYTES, over everything that identifies the request */
};

struct idempotent_answer {
    int64_t code;
    const void *bytes;
    size_t size;
};

/* *found false: no answer yet. The answer lives in the arena.
 *   STATUS_INVALID  idempotency_key_reused: the key came with another request */
enum status idempotency_find(struct call *call, const struct idempotent_request *request,
                             struct idempotent_answer *out, bool *found);

/* The write has failed with `status`. While it waited for a lock, another server may have answered
 * the same request: then the whole write has to run again, and finds that answer.
 *   STATUS_BUSY  another server has answered
 *   otherwise `status`, with call->db.fault as it was */
enum status idempotency_recheck(struct call *call, const struct idempotent_request *request,
                                enum status status);

/* Stores the answer, sealed; deletes answers older than IDEMPOTENCY_SECONDS.
 *   STATUS_BUSY  another server is answering the same request: run the whole write again */
enum status idempotency_keep(struct call *call, const struct idempotent_request *request,
                             const struct idempotent_answer *answer);

#endif
