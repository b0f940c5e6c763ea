#include "service/core/cursor.h"

#include <string.h>

#include "support/check.h"

static const struct {
    const char *row, *text;
    bool is_read;
} rows[] = {
    { "a number and two texts", "AWYKAWECYmM", true },
    { "another list", "AWcKAWECYmM", false },
    { "another version", "AmYKAWECYmM", false },
    { "a number in more bytes than it needs", "AWaKAAFhAmJj", false },
    { "a text that is no UTF-8", "AWYKAf8CYmM", false },
    { "a text longer than the rest", "AWYKAWEDYmM", false },
    { "something behind the end", "AWYKAWECYmMA", false },
    { "nothing", "", false },
    { "padding", "AWYKAWECYmM=", false },
};

TEST(cursor_read_takes_only_what_cursor_write_makes)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cursor_place place = { .number = 7, .text = "x", .text_2 = "y" };
        struct arena arena;
        struct call call = { .db.arena = &arena };

        arena_init(&arena, 65536);
        check_row(rows[i].row);
        check_int(cursor_read(&call, 'f', rows[i].text, &place),
                  rows[i].is_read ? STATUS_OK : STATUS_MALFORMED);
        check_int(place.number, rows[i].is_read ? 5 : 7);
        check_text(place.text, rows[i].is_read ? "a" : "x");
        check_text(place.text_2, rows[i].is_read ? "bc" : "y");
        check_text(call.db.fault.field, rows[i].is_read ? "" : "cursor");
        if (rows[i].is_read)
            check_text(cursor_write(&call, 'f', &place), rows[i].text);
        arena_clear(&arena);
    }
}
