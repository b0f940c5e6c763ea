#include "base/email.h"

#include <string.h>

#include "base/text.h"

/* Words that single dots part. */
static bool
is_dotted(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == '.' && (i == 0 || i + 1 == length || text[i + 1] == '.'))
            return false;
    return length > 0;
}

bool
email_valid(const char *text)
{
    const char *at = strchr(text, '@');
    size_t length = strlen(text);

    return length <= EMAIL_MOST_BYTES && at && is_dotted(text, (size_t)(at - text))
           && is_dotted(at + 1, strlen(at + 1)) && !strchr(at + 1, '@')
           && !strpbrk(text, " ()<>[]:;\\,\"") && utf8_valid(text, length)
           && !text_has_control(text, length);
}
