#include "domain/webhook_signature.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
webhook_secret_format(char out[WEBHOOK_SECRET_TEXT_SIZE],
                      const uint8_t secret[WEBHOOK_SECRET_BYTES])
{
    memcpy(out, WEBHOOK_SECRET_PREFIX, sizeof WEBHOOK_SECRET_PREFIX);
    base64_encode(out + sizeof WEBHOOK_SECRET_PREFIX - 1, secret, WEBHOOK_SECRET_BYTES);
}

void
webhook_sign(char out[WEBHOOK_SIGNATURE_SIZE], const struct webhook_message *message,
             const void *secret, size_t secret_size)
{
    uint8_t hash[HMAC_BYTES];
    char when[32];
    int length = snprintf(when, sizeof when, ".%" PRId64 ".", message->sent_at);
    const struct hmac_part parts[] = {
        { message->id, strlen(message->id) },
        { when, (size_t)length },
        { message->payload, message->size },
    };

    hmac_sha256(hash, secret, secret_size, parts, sizeof parts / sizeof parts[0]);
    memcpy(out, WEBHOOK_SIGNATURE_PREFIX, sizeof WEBHOOK_SIGNATURE_PREFIX);
    base64_encode(out + sizeof WEBHOOK_SIGNATURE_PREFIX - 1, hash, sizeof hash);
}
