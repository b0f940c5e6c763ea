#include "base/base64.h"

#include <sodium.h>
#include <string.h>

void
base64_encode(char *out, const void *bytes, size_t size)
{
    sodium_bin2base64(out, BASE64_SIZE(size), bytes, size, sodium_base64_VARIANT_ORIGINAL);
}

void
base64url_encode(char *out, const void *bytes, size_t size)
{
    sodium_bin2base64(out, BASE64URL_SIZE(size), bytes, size,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool
base64url_decode(void *out, size_t room, size_t *size, const char *text)
{
    return sodium_base642bin(out, room, text, strlen(text), NULL, size, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING)
           == 0;
}
