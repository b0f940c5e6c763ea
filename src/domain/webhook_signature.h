/*
 * webhook_signature.h - signs an event, so that the receiver can verify origin, content and age:
 * Standard Webhooks 1.0, symmetric signatures.
 */
#ifndef DOMAIN_WEBHOOK_SIGNATURE_H
#define DOMAIN_WEBHOOK_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/base64.h"
#include "base/secret.h"
#include "base/utc.h"

#define WEBHOOK_SECRET_PREFIX    "whsec_"
#define WEBHOOK_SIGNATURE_PREFIX "v1,"

enum {
    WEBHOOK_SECRET_BYTES = 32, /* the standard allows 24 to 64 */
    WEBHOOK_SECRET_TEXT_SIZE = sizeof WEBHOOK_SECRET_PREFIX - 1 + BASE64_SIZE(WEBHOOK_SECRET_BYTES),
    WEBHOOK_SIGNATURE_SIZE = sizeof WEBHOOK_SIGNATURE_PREFIX - 1 + BASE64_SIZE(HMAC_BYTES),
};

struct webhook_message {
    const char *id;      /* webhook-id: the same in each attempt */
    utc_seconds sent_at; /* webhook-timestamp: of this attempt */
    const void *payload;
    size_t size;
};

/* "whsec_" and base64. */
void webhook_secret_format(char out[WEBHOOK_SECRET_TEXT_SIZE],
                           const uint8_t secret[WEBHOOK_SECRET_BYTES]);

/* webhook-signature: "v1," and base64 of HMAC-SHA256 over "id.timestamp.payload". */
void webhook_sign(char out[WEBHOOK_SIGNATURE_SIZE], const struct webhook_message *message,
                  const void *secret, size_t secret_size);

#endif
