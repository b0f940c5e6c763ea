#include "edge/http/query.h"

#include <assert.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

enum { LINK_MOST_BYTES = 8192, MOST_PLACES = 4 };

const char *
percent_decode(struct arena *arena, const char *text, size_t length, bool form)
{
    char *out = arena_text(arena, text, length);
    size_t size = 0;

    for (size_t i = 0; out && i < length; i++) {
        char c = text[i];
        if (c == '%') {
            int byte = text_percent_byte(text + i, length - i);
            if (byte < 0)
                return NULL;
            c = (char)byte;
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

struct query_reader {
    const struct input_place *places;
    size_t count;
    uint32_t seen[MOST_PLACES]; /* a bit for each field of a place */
    struct arena *arena;
    struct fault *fault;
};

static enum status
read_pair(struct query_reader *reader, const char *name, const char *value)
{
    for (size_t i = 0; i < reader->count; i++) {
        const struct input_place *place = &reader->places[i];
        struct input_target to = { input_find(place->fields, name, strlen(name)), place->record,
                                   INPUT_QUERY, reader->arena, reader->fault };
        if (!to.field)
            continue;
        ptrdiff_t row = to.field - place->fields;
        assert(row < INPUT_MOST_FIELDS);
        if (reader->seen[i] & 1U << row)
            return fail(reader->fault, STATUS_MALFORMED, "", name,
                        "%s appears twice in the address", name);
        reader->seen[i] |= 1U << row;
        return input_put_text(&to, value, strlen(value));
    }
    if (strlen(name) >= sizeof reader->fault->field || text_has_control(name, strlen(name)))
        return fail(reader->fault, STATUS_MALFORMED, "unknown_parameter", "",
                    "there is no such parameter in the address");
    return fail(reader->fault, STATUS_MALFORMED, "unknown_parameter", name,
                "there is no parameter \"%s\" at this address", name);
}

static void
put_defaults(const struct input_place *place)
{
    for (const struct input_field *field = place->fields; field && field->name; field++) {
        if (field->otherwise)
            memcpy((char *)place->record + field->offset, &field->otherwise,
                   sizeof field->otherwise);
    }
}

enum status
query_read(const char *query, const struct input_place *places, size_t count, struct arena *arena,
           struct fault *fault)
{
    struct query_reader reader = { places, count, { 0 }, arena, fault };

    assert(count <= MOST_PLACES);
    for (size_t i = 0; i < count; i++)
        put_defaults(&places[i]);
    for (const char *pair = query ? query : ""; *pair;) {
        size_t length = strcspn(pair, "&");
        size_t name_length = strcspn(pair, "=&");
        size_t value_at = name_length < length ? name_length + 1 : length;
        const char *name = percent_decode(arena, pair, name_length, true);
        const char *value = percent_decode(arena, pair + value_at, length - value_at, true);

        if (!name || !value)
            return fail(fault, STATUS_MALFORMED, "", "",
                        "the address is not percent-encoded UTF-8");
        enum status status = length > 0 ? read_pair(&reader, name, value) : STATUS_OK;
        if (status)
            return status;
        pair += length + (pair[length] == '&');
    }
    return STATUS_OK;
}

/* Encodes characters that an address must not hold, and those of `also`. */
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
        const char *name = percent_decode(arena, pair, strcspn(pair, "=&"), true);
        if (length > 0 && !(name && !strcmp(name, "cursor"))) {
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
