#include "service/core/input.h"

#include <string.h>

#include "base/text.h"

static enum status
no_room(struct call *call)
{
    return fail(&call->fault, STATUS_TOO_LARGE, "", "", "the request is too large");
}

enum status
input_text(struct call *call, const char *field, const char *text, size_t least, size_t most,
           const char **out)
{
    const char *at = text ? text : "";
    size_t length = strlen(at);

    text_trim(&at, &length);
    if (length < least && length == 0)
        return fail(&call->fault, STATUS_INVALID, "", field, "it must not be empty");
    if (length < least || length > most)
        return fail(&call->fault, STATUS_INVALID, "", field, "it must have %zu to %zu bytes", least,
                    most);
    if (!utf8_valid(at, length) || text_has_control(at, length))
        return fail(&call->fault, STATUS_INVALID, "", field,
                    "it must be one line of text without control characters");
    *out = arena_text(call->arena, at, length);
    return *out ? STATUS_OK : no_room(call);
}

enum status
input_fold(struct call *call, const char *text, const char **out)
{
    char *folded = arena_new(call->arena, strlen(text) + 1);

    if (!folded)
        return no_room(call);
    text_fold(folded, text, strlen(text));
    *out = folded;
    return STATUS_OK;
}
