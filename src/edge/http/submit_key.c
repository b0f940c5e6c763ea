#include "edge/http/submit_key.h"

#include <assert.h>
#include <string.h>

#include "edge/http/route.h"
#include "service/core/idempotency.h"

bool
submit_has_key(const struct http_request *http)
{
    return http->headers.idempotency_key && http->who.user.id != 0 && !http->dry_run;
}

enum status
submit_check_key(struct http_request *http)
{
    const char *key = http->headers.idempotency_key;
    size_t length = key ? strlen(key) : 0;
    struct buffer all;

    for (size_t i = 0; i < length; i++) {
        if (key[i] <= ' ' || key[i] > '~')
            length = IDEMPOTENCY_KEY_MOST_BYTES + 1;
    }
    if (key && (length == 0 || length > IDEMPOTENCY_KEY_MOST_BYTES))
        return call_fail(&http->call, STATUS_MALFORMED, "", "",
                         "the Idempotency-Key has to have 1 to %d visible characters",
                         IDEMPOTENCY_KEY_MOST_BYTES);
    if (!submit_has_key(http))
        return STATUS_OK;

    buffer_init(&all, http->body.size + HTTP_TARGET_MOST_BYTES + 64);
    buffer_printf(&all, "%s %s\n", http_method_word(http->method), http->target);
    buffer_append(&all, http->body.bytes, http->body.size);
    assert(!all.overflow);
    hash_bytes(http->request_hash, all.bytes, all.size, NULL);
    buffer_clear(&all);
    return STATUS_OK;
}
