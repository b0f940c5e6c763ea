#include "domain/webhook_signature.h"

#include <string.h>

#include "support/check.h"

/* The example of the Standard Webhooks libraries: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw. */
TEST(webhook_signature_matches_the_published_example)
{
    static const uint8_t secret[] = {
        0x31, 0xf2, 0x90, 0xf6, 0xbf, 0x06, 0x29, 0x8a, 0xab, 0x4f, 0x08, 0xd4,
        0x3c, 0x3f, 0x08, 0x2c, 0xf6, 0x48, 0xa3, 0x62, 0xda, 0x2d, 0xa4, 0xb0,
    };
    static const char payload[] = "{\"test\": 2432232314}";
    struct webhook_message message = { "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, payload,
                                       sizeof payload - 1 };
    char signature[WEBHOOK_SIGNATURE_SIZE], text[BASE64_SIZE(sizeof secret)];

    base64_encode(text, secret, sizeof secret);
    check_text(text, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    webhook_sign(signature, &message, secret, sizeof secret);
    check_text(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    message.sent_at++;
    webhook_sign(signature, &message, secret, sizeof secret);
    check(strcmp(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=") != 0);
}

TEST(webhook_secret_is_shown_with_its_prefix)
{
    uint8_t secret[WEBHOOK_SECRET_BYTES] = { 0 };
    char text[WEBHOOK_SECRET_TEXT_SIZE];

    webhook_secret_format(text, secret);
    check_text(text, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    check_int(strlen(text) + 1, sizeof text);
}
