#include "service/core/cursor.h"

#include <string.h>

#include "support/check.h"

static const struct {
    const char *row, *text;
    bool is_read;
} rows[] = {
    { "a number and two texts", "AW4KDDI4MkMwMjQyNEVFRAJiYw", true },
    { "another list", "AWUKDDI4MkMwMjQyNEVFRAJiYw", false },
    { "a letter of no list", "ASEKDDI4MkMwMjQyNEVFRAJiYw", false },
    { "another version", "Am4KDDI4MkMwMjQyNEVFRAJiYw", false },
    { "a number in more bytes than it needs", "AW6KAAwyODJDMDI0MjRFRUQCYmM", false },
    { "a number below the list's", "AW4BDDI4MkMwMjQyNEVFRAJiYw", false },
    { "the least number of 64 bits", "AW7___________8BDDI4MkMwMjQyNEVFRAJiYw", false },
    { "a text that is no serial", "AW4KAWECYmM", false },
    { "a serial in another form", "AW4KDDI4MmMwMjQyNGVlZAJiYw", false },
    { "a text that is no UTF-8", "AW4KDDI4MkMwMjQyNEVFRAJi_w", false },
    { "a text with a zero byte", "AW4KDDI4MkMwMjQyNEVFRAJiAA", false },
    { "a text with a control character", "AW4KDDI4MkMwMjQyNEVFRAJiCg", false },
    { "a text longer than the rest", "AW4KDDI4MkMwMjQyNEVFRANiYw", false },
    { "something behind the end", "AW4KDDI4MkMwMjQyNEVFRAJiYwA", false },
    { "nothing", "", false },
    { "padding", "AW4KDDI4MkMwMjQyNEVFRAJiYw=", false },
};

TEST(cursor_read_takes_only_what_cursor_write_makes)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cursor_place place = { .number = 7, .text = "x", .text_2 = "y" };
        struct arena arena;
        struct call call = { .db.arena = &arena };

        arena_init(&arena, 65536);
        check_row(rows[i].row);
        check_int(cursor_read(&call, CURSOR_MANAGER_BY_NAME, rows[i].text, &place),
                  rows[i].is_read ? STATUS_OK : STATUS_MALFORMED);
        check_int(place.number, rows[i].is_read ? 5 : 7);
        check_text(place.text, rows[i].is_read ? "282C02424EED" : "x");
        check_text(place.text_2, rows[i].is_read ? "bc" : "y");
        check_text(call.db.fault.field, rows[i].is_read ? "" : "cursor");
        if (rows[i].is_read)
            check_text(cursor_write(&call, CURSOR_MANAGER_BY_NAME, &place), rows[i].text);
        arena_clear(&arena);
    }
}

TEST(a_place_has_the_kinds_and_limits_of_its_list)
{
    static const struct {
        enum cursor_list list;
        struct cursor_place place;
        bool fits;
    } places[] = {
        { CURSOR_ALERTS, { 5, "0000000000001", "" }, true },
        { CURSOR_ALERTS, { 5, "0000000000000", "" }, false },
        { CURSOR_ALERTS, { 5, "282C02424EED", "" }, false },
        { CURSOR_ALERTS, { -1, "0000000000001", "" }, false },
        { CURSOR_ALERTS, { 5, "0000000000001", "more" }, false },
        { CURSOR_AUDIT, { 1, "", "" }, true },
        { CURSOR_AUDIT, { 0, "", "" }, false },
        { CURSOR_AUDIT, { INT64_MIN, "", "" }, false },
        { CURSOR_AUDIT, { 1, "text", "" }, false },
        { CURSOR_MEASUREMENTS, { INT64_C(253402300799) * 8 + 7, "", "" }, true },
        { CURSOR_MEASUREMENTS, { INT64_MAX, "", "" }, false },
        { CURSOR_MEMBERS, { 1, "a@example.com", "" }, true },
        { CURSOR_MEMBERS, { 2, "a@example.com", "" }, false },
        { CURSOR_SENSORS, { 0, "282C02424EED", "" }, true },
        { CURSOR_DEVICES, { 0, "282C02424EED", "" }, true },
        { CURSOR_SENSORS, { 1, "282C02424EED", "" }, false },
        { CURSOR_SENSORS, { 0, "Z", "" }, false },
    };

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct cursor_place place = { .number = 0 };
        struct arena arena;
        struct call call = { .db.arena = &arena };

        arena_init(&arena, 65536);
        check_row(cursor_write(&call, places[i].list, &places[i].place));
        check_int(cursor_read(&call, places[i].list,
                              cursor_write(&call, places[i].list, &places[i].place), &place),
                  places[i].fits ? STATUS_OK : STATUS_MALFORMED);
        arena_clear(&arena);
    }
}
