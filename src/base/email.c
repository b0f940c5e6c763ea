#include "base/email.h"

#include <stdio.h>
#include <string.h>

#include "base/domain_name.h"
#include "base/text.h"
#include "base/unicode.h"

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

bool
email_normalize(char out[EMAIL_SIZE], const char *text)
{
    char ascii[DOMAIN_NAME_SIZE], shown[DOMAIN_NAME_SHOWN_SIZE];
    char local[EMAIL_MOST_BYTES * UNICODE_GROWTH + 1];

    if (!email_valid(text))
        return false;
    const char *at = strchr(text, '@');
    size_t length = (size_t)(at - text);
    if (!unicode_all_visible(text, length) || !domain_name_to_ascii(ascii, at + 1, strlen(at + 1)))
        return false;
    domain_name_to_shown(shown, ascii);
    length = unicode_lower(local, text, length);
    int size = snprintf(out, EMAIL_SIZE, "%s@%s", local, shown);
    return size <= EMAIL_MOST_BYTES && length + 1 + strlen(ascii) <= EMAIL_MOST_BYTES
           && email_valid(out);
}

void
email_for_mail(char out[EMAIL_SIZE], const char *text)
{
    char ascii[DOMAIN_NAME_SIZE];
    const char *at = strchr(text, '@');
    int before = at ? (int)(at - text) + 1 : 0;

    if (at && domain_name_to_ascii(ascii, at + 1, strlen(at + 1))
        && (size_t)before + strlen(ascii) <= EMAIL_MOST_BYTES)
        snprintf(out, EMAIL_SIZE, "%.*s%s", before, text, ascii);
    else
        snprintf(out, EMAIL_SIZE, "%s", text);
}
