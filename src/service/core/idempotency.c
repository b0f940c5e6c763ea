#include "service/core/idempotency.h"

#include <string.h>

#include "statements.h"
#include "store/store.h"

enum status
idempotency_find(struct call *call, const struct idempotent_request *request,
                 struct idempotent_answer *out, bool *found)
{
    struct idempotent_answer_get_in in = { request->user_id, request->key,
                                           call->now - IDEMPOTENCY_SECONDS };
    struct idempotent_answer_get_out row;
    enum status status = idempotent_answer_get(&call->db, &in, &row, found);

    if (status || !*found)
        return status;
    if (row.request_hash.size != HASH_BYTES
        || memcmp(row.request_hash.at, request->hash, HASH_BYTES))
        return call_fail(call, STATUS_INVALID, "idempotency_key_reused", "",
                         "this Idempotency-Key was used for another request");

    size_t size = row.answer.size > SEAL_BYTES ? row.answer.size - SEAL_BYTES : 0;
    void *bytes = call_new(call, size + 1);
    if (!bytes)
        return STATUS_TOO_LARGE;
    if (!secret_open(bytes, row.answer.at, row.answer.size, call->secret))
        return call_fail(call, STATUS_BROKEN, "", "",
                         "an answer was sealed with another secret file");
    *out = (struct idempotent_answer){ row.answer_code, bytes, size };
    return STATUS_OK;
}

/* After a failed statement the transaction accepts no more statements. */
static bool
may_recheck(const struct call *call, enum status status)
{
    bool statement_failed = status == STATUS_BROKEN
                            || (status == STATUS_CONFLICT && !*call->db.fault.code);

    return store_is_shared(call->db.store) && status != STATUS_BUSY && !statement_failed;
}

enum status
idempotency_recheck(struct call *call, const struct idempotent_request *request, enum status status)
{
    const struct fault why = call->db.fault;
    struct idempotent_answer answer;
    bool found = false;

    if (!may_recheck(call, status))
        return status;
    if (!idempotency_find(call, request, &answer, &found) && found)
        return call_fail(call, STATUS_BUSY, "", "", "the same request has just been answered");
    call->db.fault = why;
    return status;
}

enum status
idempotency_keep(struct call *call, const struct idempotent_request *request,
                 const struct idempotent_answer *answer)
{
    struct idempotent_answer_forget_in old = { call->now - IDEMPOTENCY_SECONDS };
    uint8_t *sealed = call_new(call, answer->size + SEAL_BYTES);

    if (!sealed)
        return STATUS_TOO_LARGE;
    secret_seal(sealed, answer->bytes, answer->size, call->secret);
    enum status status = idempotent_answer_forget(&call->db, &old, NULL);
    if (status)
        return status;

    struct idempotent_answer_put_in in = {
        .user_id = request->user_id,
        .key = request->key,
        .request_hash = { request->hash, HASH_BYTES },
        .answer_code = answer->code,
        .answer = { sealed, answer->size + SEAL_BYTES },
        .made_at = call->now,
    };
    status = idempotent_answer_put(&call->db, &in, NULL);
    if (status == STATUS_CONFLICT)
        return call_fail(call, STATUS_BUSY, "", "", "the same request is being answered");
    return status;
}
