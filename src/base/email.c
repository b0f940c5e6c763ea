#include "base/email.h"

#include <string.h>

#include "base/text.h"

bool
email_valid(const char *text)
{
    const char *at = strchr(text, '@');
    size_t length = strlen(text);

    return length <= EMAIL_MOST_BYTES && at && at > text && at[1] && !strchr(at + 1, '@')
           && !strpbrk(text, " ()<>[]:;\\,\"") && utf8_valid(text, length)
           && !text_has_control(text, length);
}
