#include "service/core/text_check.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "base/unicode.h"

static enum status
no_room(struct call *call)
{
    return fail(&call->fault, STATUS_TOO_LARGE, "", "", "the request is too large");
}

static enum status
bad_length(struct call *call, const char *field, size_t least, size_t most)
{
    return fail(&call->fault, STATUS_INVALID, "", field, "it must have %zu to %zu bytes", least,
                most);
}

enum status
input_text(struct call *call, const char *field, const char *text, size_t least, size_t most,
           const char **out)
{
    char normal[INPUT_TEXT_MOST_BYTES * UNICODE_GROWTH + 1];
    const char *at = text ? text : "";
    size_t length = strlen(at);

    assert(most <= INPUT_TEXT_MOST_BYTES);
    text_trim(&at, &length);
    if (length < least && length == 0)
        return fail(&call->fault, STATUS_INVALID, "", field, "it must not be empty");
    if (length > INPUT_TEXT_MOST_BYTES)
        return bad_length(call, field, least, most);
    if (!utf8_valid(at, length) || text_has_control(at, length))
        return fail(&call->fault, STATUS_INVALID, "", field,
                    "it must be one line of text without control characters");
    length = unicode_nfc(normal, at, length);
    if (length < least || length > most)
        return bad_length(call, field, least, most);
    enum unicode_flaw flaw = length > 0 ? unicode_check(normal, length) : UNICODE_OK;
    if (flaw)
        return fail(&call->fault, STATUS_INVALID, "", field, "it %s", unicode_flaw_sentence(flaw));
    *out = arena_text(call->arena, normal, length);
    return *out ? STATUS_OK : no_room(call);
}

enum status
input_nfc(struct call *call, const char *text, const char **out)
{
    size_t length = strlen(text);
    char *normal = arena_new(call->arena, length * UNICODE_GROWTH + 1);

    if (!normal)
        return no_room(call);
    unicode_nfc(normal, text, length);
    *out = normal;
    return STATUS_OK;
}

enum status
input_fold(struct call *call, const char *text, const char **out)
{
    char folded[UNICODE_FOLDED_SIZE];

    unicode_fold(folded, text, strlen(text));
    *out = arena_text(call->arena, folded, strlen(folded));
    return *out ? STATUS_OK : no_room(call);
}
