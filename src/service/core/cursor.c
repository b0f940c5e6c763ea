#include "service/core/cursor.h"

#include <string.h>

#include "base/base64.h"
#include "base/id.h"
#include "base/text.h"
#include "base/utc.h"
#include "base/varint.h"
#include "domain/serial.h"

enum { CURSOR_VERSION = 1 };

/* Later than each sample: times of the API end with the year 9999. A place of a measurement is a
 * time with a channel: service/measurement/readings.c. */
#define MEASUREMENT_MOST (INT64_C(253402300800) * 8)

enum cursor_text { TEXT_NONE, TEXT_ID, TEXT_SERIAL, TEXT_ANY };

/* What the places of a list hold. */
struct cursor_shape {
    int64_t least, most; /* the number */
    enum cursor_text text, text_2;
};

/* The compiler refuses two lists with the same letter. */
static bool
cursor_find_shape(struct cursor_shape *out, enum cursor_list list)
{
    static const struct cursor_shape by_time = { 0, INT64_MAX, TEXT_ID, TEXT_NONE };
    static const struct cursor_shape by_number = { 1, INT64_MAX, TEXT_NONE, TEXT_NONE };
    static const struct cursor_shape of_manager = { 0, INT64_MAX, TEXT_SERIAL, TEXT_ANY };

    switch (list) {
    case CURSOR_ALERTS:
    case CURSOR_CODES:
    case CURSOR_DELIVERIES:
    case CURSOR_KEYS:
    case CURSOR_NOTICES:
    case CURSOR_ORGANIZATIONS:
    case CURSOR_WEBHOOKS:
        *out = by_time;
        return true;
    case CURSOR_ALARM_RULES:
    case CURSOR_AUDIT:
        *out = by_number;
        return true;
    case CURSOR_MANAGER_BY_END:
    case CURSOR_MANAGER_BY_NAME:
    case CURSOR_MANAGER_BY_SERIAL:
    case CURSOR_MANAGER_BY_START:
        *out = of_manager;
        return true;
    case CURSOR_MEASUREMENTS:
        *out = (struct cursor_shape){ 0, MEASUREMENT_MOST, TEXT_NONE, TEXT_NONE };
        return true;
    case CURSOR_MEMBERS:
        *out = (struct cursor_shape){ 0, 1, TEXT_ANY, TEXT_NONE };
        return true;
    case CURSOR_DEVICES:
    case CURSOR_SENSORS:
        *out = (struct cursor_shape){ 0, 0, TEXT_SERIAL, TEXT_NONE };
        return true;
    }
    return false;
}

static bool
cursor_text_fits(enum cursor_text kind, const char *text)
{
    char written[SERIAL_TEXT_SIZE];
    struct serial serial;
    int64_t id;

    switch (kind) {
    case TEXT_NONE:
        return !*text;
    case TEXT_ID:
        return id_parse(&id, text, strlen(text));
    case TEXT_SERIAL:
        if (!serial_parse(&serial, text, strlen(text)))
            return false;
        serial_format(written, serial);
        return !strcmp(written, text);
    case TEXT_ANY:
        return !text_has_control(text, strlen(text));
    }
    return false;
}

static bool
cursor_fits(enum cursor_list list, const struct cursor_place *place)
{
    struct cursor_shape shape;

    return cursor_find_shape(&shape, list) && place->number >= shape.least
           && place->number <= shape.most && cursor_text_fits(shape.text, place->text)
           && cursor_text_fits(shape.text_2, place->text_2);
}

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
cursor_write(struct call *call, enum cursor_list list, const struct cursor_place *place)
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
cursor_read(struct call *call, enum cursor_list list, const char *cursor, struct cursor_place *out)
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
    if (!cursor_fits(list, &place))
        return not_a_cursor(call);
    const char *again = cursor_write(call, list, &place); /* a number also has longer forms */
    if (!again)
        return call->db.fault.status;
    if (strcmp(again, cursor) != 0)
        return not_a_cursor(call);
    *out = place;
    return STATUS_OK;
}

const char *
cursor_write_id(struct call *call, enum cursor_list list, int64_t number, int64_t id)
{
    char text[ID_TEXT_SIZE];

    id_format(text, id);
    return cursor_write(call, list, &(struct cursor_place){ .number = number, .text = text });
}

enum status
cursor_read_id(struct call *call, enum cursor_list list, const char *cursor, int64_t *number,
               int64_t *id)
{
    struct cursor_place place = { .number = 0 };
    enum status status = cursor_read(call, list, cursor, &place);

    if (status || !cursor)
        return status;
    if (!id_parse(id, place.text, strlen(place.text)))
        return not_a_cursor(call);
    *number = place.number;
    return STATUS_OK;
}
