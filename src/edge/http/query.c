#include "edge/http/query.h"

#include <assert.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

enum { LINK_MOST_BYTES = 8192 };

const char *
percent_decode(struct arena *arena, const char *text, size_t length, bool form)
{
    char *out = arena_text(arena, text, length);
    size_t size = 0;

    for (size_t i = 0; out && i < length; i++) {
        char c = text[i];
        if (c == '%') {
            int high = i + 2 < length ? text_hex_digit(text[i + 1]) : -1;
            int low = i + 2 < length ? text_hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return NULL;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (form && c == '+') {
            c = ' ';
        }
        if (c == '\0')
            return NULL;
        out[size++] = c;
    }
    if (!out || !utf8_valid(out, size))
        return NULL;
    out[size] = '\0';
    return out;
}

static enum status
read_pair(const char *name, const char *value, const struct input_place *places, size_t count,
          uint32_t *seen, struct arena *arena, struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        const struct input_field *field = input_find(places[i].fields, name, strlen(name));
        if (!field)
            continue;
        ptrdiff_t row = field - places[i].fields;
        assert(row < INPUT_MOST_FIELDS);
        if (seen[i] & 1U << row)
            return fail(fault, STATUS_MALFORMED, "", field->name, "%s appears twice in the address",
                        field->name);
        seen[i] |= 1U << row;
        return input_put_text(field, places[i].record, value, strlen(value), INPUT_QUERY, arena,
                              fault);
    }
    if (strlen(name) >= sizeof fault->field || text_has_control(name, strlen(name)))
        return fail(fault, STATUS_MALFORMED, "unknown_parameter", "",
                    "there is no such parameter in the address");
    return fail(fault, STATUS_MALFORMED, "unknown_parameter", name,
                "there is no parameter \"%s\" at this address", name);
}

enum status
query_read(const char *query, const struct input_place *places, size_t count, struct arena *arena,
           struct fault *fault)
{
    uint32_t seen[4] = { 0 };

    assert(count <= sizeof seen / sizeof seen[0]);
    for (const char *pair = query ? query : ""; *pair;) {
        size_t length = strcspn(pair, "&");
        size_t name_length = strcspn(pair, "=&");
        size_t value_at = name_length < length ? name_length + 1 : length;
        const char *name = percent_decode(arena, pair, name_length, true);
        const char *value = percent_decode(arena, pair + value_at, length - value_at, true);

        if (!name || !value)
            return fail(fault, STATUS_MALFORMED, "", "",
                        "the address is not percent-encoded UTF-8");
        if (length > 0) {
            enum status status = read_pair(name, value, places, count, seen, arena, fault);
            if (status)
                return status;
        }
        pair += length + (pair[length] == '&');
    }
    return STATUS_OK;
}

/* Lets through what may stand in an address, except what is in `also`. */
static void
append_encoded(struct buffer *out, const char *text, size_t length, const char *also)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c > 0x20 && c < 0x7F && !strchr("<>\"\\^`{|}", c) && !strchr(also, c))
            buffer_append(out, &text[i], 1);
        else
            buffer_printf(out, "%%%02X", c);
    }
}

const char *
query_with_cursor(struct arena *arena, const char *target, const char *cursor)
{
    size_t path = strcspn(target, "?");
    struct buffer out;

    buffer_init(&out, LINK_MOST_BYTES);
    append_encoded(&out, target, path, "");
    buffer_text(&out, "?");
    for (const char *pair = target + path + (target[path] == '?'); *pair;) {
        size_t length = strcspn(pair, "&");
        if (length > 0 && strncmp(pair, "cursor=", 7) != 0) {
            append_encoded(&out, pair, length, "");
            buffer_text(&out, "&");
        }
        pair += length + (pair[length] == '&');
    }
    buffer_text(&out, "cursor=");
    append_encoded(&out, cursor, strlen(cursor), "%&+=#;");
    const char *copy = out.overflow ? NULL : arena_text(arena, out.bytes, out.size);
    buffer_clear(&out);
    return copy;
}
