#include <string.h>

#include "base/arena.h"
#include "base/status.h"
#include "support/check.h"

TEST(arena_gives_zeroed_memory_up_to_its_limit)
{
    struct arena arena;

    arena_init(&arena, 100000);
    unsigned char *bytes = arena_new(&arena, 50000);
    check(bytes && bytes[0] == 0 && bytes[49999] == 0);
    check(arena_new(&arena, 50000) != NULL);
    check(arena_new(&arena, 1) == NULL);
    check(arena_new(&arena, SIZE_MAX) == NULL);
    arena_clear(&arena);
    check_text(arena_text(&arena, "abcdef", 3), "abc");
    arena_clear(&arena);
}

TEST(status_fills_the_fault_and_cuts_what_is_too_long)
{
    struct fault fault = { .until = 9 };
    char longer[400];

    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    check_int(fail(&fault, STATUS_CONFLICT, "no_licenses_left", "key", "the pool is %s", "empty"),
              STATUS_CONFLICT);
    check_int(fault.status, STATUS_CONFLICT);
    check_text(fault.code, "no_licenses_left");
    check_text(fault.field, "key");
    check_text(fault.reason, "the pool is empty");
    check_int(fault.until, 0);
    check_int(fail(&fault, STATUS_INVALID, longer, longer, "%s", longer), STATUS_INVALID);
    check_int(strlen(fault.reason), sizeof fault.reason - 1);
    fault_add_number(&fault, "needed", 5);
    fault_add_number(&fault, "left", 2);
    check_text(fault.numbers[1].name, "left");
    check_int(fault.numbers[1].number, 2);
    check_int(fail(&fault, STATUS_BUSY, "", "", "again"), STATUS_BUSY);
    check_text(fault.numbers[0].name, ""); /* they belong to the failure before */
    check_int(fail(NULL, STATUS_BUSY, "", "", "nobody asks"), STATUS_BUSY);
}

TEST(arena_grows_items_and_keeps_what_they_hold)
{
    struct arena arena;
    int64_t *items = NULL;
    size_t count = 0, room = 0;

    arena_init(&arena, 1024 * 1024);
    for (; count < 1000; count++) {
        items = arena_grow(&arena, items, sizeof *items, count, &room);
        check(items && room > count);
        items[count] = (int64_t)count;
    }
    for (size_t i = 0; i < count; i++)
        check_int(items[i], i);
    arena_clear(&arena);
}

TEST(arena_does_not_grow_items_past_its_limit)
{
    struct arena arena;
    size_t room = 0;

    arena_init(&arena, 100);
    char *items = arena_grow(&arena, NULL, 10, 0, &room);
    check(items && room > 0);
    size_t before = room;
    check(!arena_grow(&arena, items, 10, room, &room));
    check_int(room, before);
    arena_clear(&arena);
}
