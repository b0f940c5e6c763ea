/* fuzz_cursor.c - no text may crash cursor_read(); what it takes is what cursor_write() makes of
 * the place, and its texts are UTF-8, as a store wants them. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "service/core/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const enum cursor_list names = CURSOR_MANAGER_BY_NAME, ends = CURSOR_MANAGER_BY_END;

static void
must(bool truth)
{
    if (!truth)
        abort();
}

static void
check_text(const char *text)
{
    must(text && utf8_valid(text, strlen(text)));
}

/* Any text as a cursor. */
static void
read_text(struct call *call, const char *text)
{
    struct cursor_place place = { .number = 7, .text = "x", .text_2 = "y" };
    int64_t number, id;
    enum status status = cursor_read(call, names, text, &place);

    must(status == STATUS_OK || (status == STATUS_MALFORMED && call->db.fault.status == status));
    if (status) {
        must(place.number == 7 && !strcmp(place.text, "x") && !strcmp(place.text_2, "y"));
    } else {
        check_text(place.text);
        check_text(place.text_2);
        must(!strcmp(cursor_write(call, names, &place), text));
        must(cursor_read(call, ends, text, &place) == STATUS_MALFORMED);
    }
    if (!cursor_read_id(call, names, text, &number, &id))
        must(status == STATUS_OK && number == place.number);
}

/* Any number and texts as a place. */
static void
write_place(struct call *call, const char *text, size_t size)
{
    size_t first = size / 2;
    struct cursor_place place = { .number = 0 }, got;

    memcpy(&place.number, text, size < sizeof place.number ? size : sizeof place.number);
    place.text = arena_text(call->db.arena, text, first);
    place.text_2 = arena_text(call->db.arena, text + first, size - first);
    if (!utf8_valid(place.text, strlen(place.text))
        || !utf8_valid(place.text_2, strlen(place.text_2)))
        return;
    const char *cursor = cursor_write(call, names, &place);
    if (strlen(cursor) > CURSOR_MOST_BYTES)
        return;
    enum status status = cursor_read(call, names, cursor, &got);
    must(status == STATUS_OK || status == STATUS_MALFORMED); /* no place of this list */
    if (status)
        return;
    must(got.number == place.number && !strcmp(got.text, place.text)
         && !strcmp(got.text_2, place.text_2));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct call call = { .db.arena = &arena };

    arena_init(&arena, 1024 * 1024);
    if (size < 64 * 1024) {
        const char *text = arena_text(&arena, (const char *)data, size);
        read_text(&call, text);
        write_place(&call, text, size);
    }
    arena_clear(&arena);
    return 0;
}
