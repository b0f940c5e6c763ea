#include <stdio.h>
#include <string.h>

#include "service/manager/manager.h"
#include "support/check.h"
#include "support/verbs.h"

static int64_t
make_rooms(struct fixture *fixture)
{
    static const char *const names[] = {
        "Kühlraum", "Ku\u0308hlraum 2", "Zebra",   "Äpfel",   "Łódź",
        "Straße",   "apricot",          "berries", "100 %_!",
    };
    int64_t id = make_organization(fixture, "Mine");

    make_key(fixture, id, 20, "P1Y");
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        char serial[16];
        snprintf(serial, sizeof serial, "%012u", i + 1);
        add_sensor(fixture, id, serial, names[i]);
    }
    return id;
}

static void
finds_whatever_is_typed(struct fixture *fixture)
{
    static const struct {
        const char *q;
        size_t count;
        const char *first;
    } rows[] = {
        { "Kühlraum", 2, "000000000001" },
        { "KÜHLRAUM", 2, "000000000001" },
        { "ku\u0308hlraum", 2, "000000000001" },
        { "kuhlraum", 2, "000000000001" },
        { "ｋｕｈｌ", 2, "000000000001" },
        { "äpf", 1, "000000000004" },
        { "APF", 1, "000000000004" },
        { "lodz", 1, "000000000005" },
        { "STRASSE", 1, "000000000006" },
        { "straße", 1, "000000000006" },
        { "0 %_!", 1, "000000000009" },
        { "", 9, "000000000001" },
        { "kuehlraum", 0, NULL },
        { "%", 1, "000000000009" },
    };
    int64_t id = make_rooms(fixture);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct manager_query query = { .q = rows[i].q,
                                       .page = { .limit = 20 },
                                       .sort = MANAGER_BY_SERIAL };
        struct manager_page page;
        check_row(rows[i].q);
        check_int(manager_list(&fixture->call, id, &query, &page), STATUS_OK);
        check_int(page.count, rows[i].count);
        if (page.count > 0 && rows[i].first)
            check_text(page.rows[0].serial, rows[i].first);
    }
    check_row(fixture->driver_name);
}

TEST(manager_list_finds_a_name_however_it_is_typed)
{
    with_each_store(finds_whatever_is_typed);
}

static void
sorts_by_letters(struct fixture *fixture)
{
    static const char *const want[] = {
        "100 %_!",    "Äpfel", "apricot", "berries", "Kühlraum",
        "Kühlraum 2", "Łódź",  "Straße",  "Zebra",
    };
    int64_t id = make_rooms(fixture);
    struct manager_query query = { .page = { .limit = 2 }, .sort = MANAGER_BY_NAME };
    struct manager_page page;
    size_t seen = 0;

    do {
        check_int(manager_list(&fixture->call, id, &query, &page), STATUS_OK);
        for (size_t i = 0; i < page.count && seen < sizeof want / sizeof want[0]; i++)
            check_text(page.rows[i].name, want[seen++]);
        query.page.cursor = page.next;
    } while (page.next);
    check_int(seen, sizeof want / sizeof want[0]);
}

TEST(manager_list_sorts_accented_letters_by_their_letter)
{
    with_each_store(sorts_by_letters);
}

/* The longest names, in the longest folded form, still fit in a cursor. */
static void
pages_past_long_names(struct fixture *fixture)
{
    char name[201];
    int64_t id = make_organization(fixture, "Mine");
    struct manager_query query = { .page = { .limit = 1 }, .sort = MANAGER_BY_NAME };
    struct manager_page page;

    make_key(fixture, id, 20, "P1Y");
    for (size_t i = 0; i < 66; i++)
        memcpy(name + 3 * i, "\uFDFA", 3); /* 18 letters each */
    memcpy(name + 198, "a", 2);
    add_sensor(fixture, id, "000000000001", name);
    name[198] = 'b';
    add_sensor(fixture, id, "000000000002", name);
    check_int(manager_list(&fixture->call, id, &query, &page), STATUS_OK);
    check_int(page.count, 1);
    check(page.next != NULL);
    query.page.cursor = page.next;
    check_int(manager_list(&fixture->call, id, &query, &page), STATUS_OK);
    check_int(page.count, 1);
    check_text(page.rows[0].serial, "000000000002");
}

TEST(manager_list_continues_after_the_longest_name)
{
    with_each_store(pages_past_long_names);
}
