#include "service/core/text_check.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "base/unicode.h"

static enum status
text_check_bad_length(struct call *call, const char *field, size_t least, size_t most)
{
    return call_fail(call, STATUS_INVALID, "", field, "it must have %zu to %zu bytes", least, most);
}

enum status
input_text(struct call *call, const char *field, size_t least, size_t most, const char **text)
{
    char normal[INPUT_TEXT_MOST_BYTES * UNICODE_GROWTH + 1];
    const char *at = *text ? *text : "";
    size_t length = strlen(at);

    assert(most <= INPUT_TEXT_MOST_BYTES);
    text_trim(&at, &length);
    if (length < least && length == 0)
        return call_fail(call, STATUS_INVALID, "", field, "it must not be empty");
    if (length > INPUT_TEXT_MOST_BYTES)
        return text_check_bad_length(call, field, least, most);
    if (!utf8_valid(at, length) || text_has_control(at, length))
        return call_fail(call, STATUS_INVALID, "", field,
                         "it must be one line of text without control characters");
    length = unicode_nfc(normal, at, length);
    if (length < least || length > most)
        return text_check_bad_length(call, field, least, most);
    enum unicode_flaw flaw = length > 0 ? unicode_check(normal, length) : UNICODE_OK;
    if (flaw)
        return call_fail(call, STATUS_INVALID, "", field, "it %s", unicode_flaw_sentence(flaw));
    return call_keep_text(call, normal, text);
}

enum status
input_fold(struct call *call, const char *text, const char **out)
{
    char folded[UNICODE_FOLDED_SIZE];

    unicode_fold(folded, text, strlen(text));
    return call_keep_text(call, folded, out);
}
