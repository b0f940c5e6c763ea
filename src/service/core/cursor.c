#include "service/core/cursor.h"

#include <string.h>

#include "base/base64.h"
#include "base/id.h"
#include "base/text.h"
#include "base/varint.h"

enum { CURSOR_VERSION = 1 };

static size_t
cursor_put_text(uint8_t *out, const char *text)
{
    size_t length = text ? strlen(text) : 0, size = varint_write(out, length);

    if (length > 0)
        memcpy(out + size, text, length);
    return size + length;
}

static size_t
text_room(const char *text)
{
    return VARINT_MOST_BYTES + (text ? strlen(text) : 0);
}

const char *
cursor_write(struct call *call, char list, const struct cursor_place *place)
{
    size_t room = 2 + VARINT_MOST_BYTES + text_room(place->text) + text_room(place->text_2);
    uint8_t *bytes = call_new(call, room);
    char *text = call_new(call, BASE64URL_SIZE(room));
    size_t size = 0;

    if (!bytes || !text)
        return NULL;
    bytes[size++] = CURSOR_VERSION;
    bytes[size++] = (uint8_t)list;
    size += varint_write(bytes + size, zigzag_encode(place->number));
    size += cursor_put_text(bytes + size, place->text);
    size += cursor_put_text(bytes + size, place->text_2);
    base64url_encode(text, bytes, size);
    return text;
}

static bool
cursor_read_text(struct call *call, const char **out, const uint8_t **at, const uint8_t *end)
{
    uint64_t length;

    if (!varint_read(&length, at, end) || length > (uint64_t)(end - *at)
        || memchr(*at, '\0', (size_t)length) || !utf8_valid((const char *)*at, (size_t)length))
        return false;
    *out = arena_text(call->db.arena, (const char *)*at, (size_t)length);
    *at += length;
    return *out;
}

static enum status
not_a_cursor(struct call *call)
{
    return call_fail(call, STATUS_MALFORMED, "", "cursor",
                     "this is not the cursor of a page of this list");
}

enum status
cursor_read(struct call *call, char list, const char *cursor, struct cursor_place *out)
{
    uint8_t bytes[CURSOR_MOST_BYTES];
    const uint8_t *at = bytes + 2;
    struct cursor_place place;
    uint64_t number;
    size_t size;

    if (!cursor)
        return STATUS_OK;
    if (strlen(cursor) > CURSOR_MOST_BYTES || !base64url_decode(bytes, sizeof bytes, &size, cursor)
        || size < 2 || bytes[0] != CURSOR_VERSION || bytes[1] != (uint8_t)list
        || !varint_read(&number, &at, bytes + size)
        || !cursor_read_text(call, &place.text, &at, bytes + size)
        || !cursor_read_text(call, &place.text_2, &at, bytes + size) || at != bytes + size)
        return not_a_cursor(call);
    place.number = zigzag_decode(number);
    const char *again = cursor_write(call, list, &place); /* a number also has longer forms */
    if (!again)
        return call->db.fault.status;
    if (strcmp(again, cursor) != 0)
        return not_a_cursor(call);
    *out = place;
    return STATUS_OK;
}

const char *
cursor_write_id(struct call *call, char list, int64_t number, int64_t id)
{
    char text[ID_TEXT_SIZE];

    id_format(text, id);
    return cursor_write(call, list, &(struct cursor_place){ .number = number, .text = text });
}

enum status
cursor_read_id(struct call *call, char list, const char *cursor, int64_t *number, int64_t *id)
{
    struct cursor_place place = { .number = 0 };
    enum status status = cursor_read(call, list, cursor, &place);

    if (status || !cursor)
        return status;
    *number = place.number;
    return id_parse(id, place.text, strlen(place.text)) ? STATUS_OK : not_a_cursor(call);
}
