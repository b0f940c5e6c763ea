/* fuzz_unicode.c - names, searches and addresses from the network: no text may crash what
 * normalizes it, and the laws of the forms hold for all of them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/domain_name.h"
#include "base/email.h"
#include "base/text.h"
#include "base/unicode.h"
#include "base/web_origin.h"

enum { TEXT_MOST_BYTES = 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
    if (!truth)
        abort();
}

static void
try_folded(const char *text, size_t size)
{
    static char nfc[TEXT_MOST_BYTES * UNICODE_GROWTH + 1];
    static char again[sizeof nfc * UNICODE_GROWTH];
    char folded[UNICODE_FOLDED_SIZE], folded_again[UNICODE_FOLDED_SIZE];
    size_t length = unicode_nfc(nfc, text, size);

    must(utf8_valid(nfc, length));
    must(unicode_nfc(again, nfc, length) == length && !strcmp(again, nfc));
    unicode_fold(folded, text, size);
    must(utf8_valid(folded, strlen(folded)));
    unicode_fold(folded_again, folded, strlen(folded));
    must(!strcmp(folded, folded_again));
    unicode_fold(folded_again, nfc, length);
    must(!strcmp(folded, folded_again));
    must(!unicode_all_visible(text, size) || size == 0
         || unicode_check(text, size) != UNICODE_HIDDEN);
}

static void
try_names(const char *text, size_t size)
{
    char form[EMAIL_SIZE], again[EMAIL_SIZE], ascii[DOMAIN_NAME_SIZE], origin[WEB_ORIGIN_SIZE],
        shown[DOMAIN_NAME_SHOWN_SIZE], back[DOMAIN_NAME_SIZE];

    if (email_normalize(form, text)) {
        must(email_normalize(again, form) && !strcmp(again, form));
        email_for_mail(again, form);
        must(email_valid(again));
    }
    if (domain_name_to_ascii(ascii, text, size)) {
        must(strspn(ascii, "abcdefghijklmnopqrstuvwxyz0123456789-.") == strlen(ascii));
        domain_name_to_shown(shown, ascii);
        must(domain_name_to_ascii(back, shown, strlen(shown)) && !strcmp(back, ascii));
    }
    if (web_origin_read(origin, text))
        must(web_origin_read(origin, origin));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[TEXT_MOST_BYTES + 1];

    if (size > TEXT_MOST_BYTES || memchr(data, '\0', size))
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (!utf8_valid(text, size))
        return 0;
    try_folded(text, size);
    try_names(text, size);
    return 0;
}
