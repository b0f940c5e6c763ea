#include "edge/http/query.h"

#include <string.h>

#include "support/check.h"

struct record {
    const char *q;
    int64_t limit, resolution;
    unsigned state;
    bool flag;
};

static const char *const states[] = { NULL, "active", "expired" };

static const struct input_field fields[] = {
    { .name = "q", .offset = offsetof(struct record, q), .kind = INPUT_TEXT, .most = 20 },
    { .name = "limit",
      .offset = offsetof(struct record, limit),
      .kind = INPUT_INT64,
      .least = 1,
      .most = 1000 },
    { .name = "resolution",
      .offset = offsetof(struct record, resolution),
      .kind = INPUT_DURATION,
      .least = 60,
      .most = 31 * 86400 },
    { .name = "state",
      .offset = offsetof(struct record, state),
      .kind = INPUT_CHOICE,
      .words = states,
      .word_count = 3 },
    INPUT_END,
};

static const struct input_field more_fields[] = {
    { .name = "flag", .offset = offsetof(struct record, flag), .kind = INPUT_BOOL },
    INPUT_END,
};

static enum status
read_into(struct record *record, const char *query, struct arena *arena, struct fault *fault)
{
    const struct input_place places[] = { { fields, record }, { more_fields, record } };

    *record = (struct record){ .q = NULL };
    *fault = (struct fault){ .status = STATUS_OK };
    return query_read(query, places, 2, arena, fault);
}

TEST(a_query_is_read)
{
    struct arena arena;
    struct record record;
    struct fault fault;

    arena_init(&arena, 65536);
    check_int(read_into(&record,
                        "q=cold%20room+2&limit=1000&&state=expired&flag=true&resolution=15m",
                        &arena, &fault),
              STATUS_OK);
    check_text(record.q, "cold room 2");
    check_int(record.limit, 1000);
    check_int(record.resolution, 900);
    check_int(record.state, 2);
    check(record.flag);
    check_int(read_into(&record, "", &arena, &fault), STATUS_OK);
    check_int(read_into(&record, NULL, &arena, &fault), STATUS_OK);
    arena_clear(&arena);
}

TEST(whatever_is_wrong_in_a_query_is_malformed)
{
    static const struct {
        const char *query, *code, *field;
    } rows[] = {
        { "limit=0", "", "limit" },
        { "limit=1001", "", "limit" },
        { "limit=", "", "limit" },
        { "limit", "", "limit" },
        { "limit=1e2", "", "limit" },
        { "limit=+5", "", "limit" },
        { "limit=99999999999999999999", "", "limit" },
        { "limit=5&limit=6", "", "limit" },
        { "state=", "", "state" },
        { "state=Active", "", "state" },
        { "resolution=1", "", "resolution" },
        { "resolution=h", "", "resolution" },
        { "resolution=1w", "", "resolution" },
        { "resolution=59s", "", "resolution" },
        { "resolution=32d", "", "resolution" },
        { "resolution=-1h", "", "resolution" },
        { "flag=1", "", "flag" },
        { "q=123456789012345678901", "", "q" },
        { "q=a%0Ab", "", "q" },
        { "q=%", "", "" },
        { "q=%4", "", "" },
        { "q=%zz", "", "" },
        { "q=%00", "", "" },
        { "q=%ff", "", "" },
        { "q=%c0%80", "", "" },
        { "limits=5", "unknown_parameter", "limits" },
        { "=5", "unknown_parameter", "" },
        { "a%0Ab=5", "unknown_parameter", "" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena;
        struct record record;
        struct fault fault;

        check_row(rows[i].query);
        arena_init(&arena, 65536);
        check_int(read_into(&record, rows[i].query, &arena, &fault), STATUS_MALFORMED);
        check_text(fault.code, rows[i].code);
        check_text(fault.field, rows[i].field);
        arena_clear(&arena);
    }
}

TEST(the_next_page_keeps_all_but_the_cursor)
{
    static const struct {
        const char *target, *cursor, *next;
    } rows[] = {
        { "/a", "x", "/a?cursor=x" },
        { "/a?", "x", "/a?cursor=x" },
        { "/a?limit=5&cursor=old&q=b", "x", "/a?limit=5&q=b&cursor=x" },
        { "/a?cursor&q=b&%63ursor=old", "x", "/a?q=b&cursor=x" },
        { "/a?cursors=1", "x+/&=", "/a?cursors=1&cursor=x%2B/%26%3D" },
        { "/a?q=<\">", "x", "/a?q=%3C%22%3E&cursor=x" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena;

        check_row(rows[i].target);
        arena_init(&arena, 65536);
        check_text(query_with_cursor(&arena, rows[i].target, rows[i].cursor), rows[i].next);
        arena_clear(&arena);
    }
}
