#include "service/core/text_check.h"

#include <string.h>

#include "base/text.h"

enum status
input_text(struct call *call, const char *field, const char *text, size_t least, size_t most,
           const char **out)
{
    const char *at = text ? text : "";
    size_t length = strlen(at);

    text_trim(&at, &length);
    if (length < least && length == 0)
        return call_fail(call, STATUS_INVALID, "", field, "it must not be empty");
    if (length < least || length > most)
        return call_fail(call, STATUS_INVALID, "", field, "it must have %zu to %zu bytes", least,
                         most);
    if (!utf8_valid(at, length) || text_has_control(at, length))
        return call_fail(call, STATUS_INVALID, "", field,
                         "it must be one line of text without control characters");
    *out = arena_text(call->db.arena, at, length);
    return *out ? STATUS_OK : call_too_large(call);
}

enum status
input_fold(struct call *call, const char *text, const char **out)
{
    char *folded = call_new(call, strlen(text) + 1);

    if (!folded)
        return STATUS_TOO_LARGE;
    text_fold(folded, text, strlen(text));
    *out = folded;
    return STATUS_OK;
}
