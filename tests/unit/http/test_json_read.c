#include "edge/http/json_read.h"

#include <string.h>

#include "base/utc.h"
#include "support/check.h"

struct record {
    const char *name;
    const char *word;
    int64_t quantity;
    bool has_switch, is_switch;
    utc_seconds at;
    day_number day;
    int64_t id;
    const char *serial;
};

static const char *const words[] = { "oldest", "newest" };

static const struct input_field fields[] = {
    { .name = "name",
      .offset = offsetof(struct record, name),
      .kind = INPUT_TEXT,
      .required = true,
      .least = 2,
      .most = 8 },
    { .name = "word",
      .offset = offsetof(struct record, word),
      .kind = INPUT_WORD,
      .words = words,
      .word_count = 2 },
    { .name = "quantity",
      .offset = offsetof(struct record, quantity),
      .kind = INPUT_INT64,
      .least = 1,
      .most = 100 },
    { .name = "switch",
      .offset = offsetof(struct record, is_switch),
      .kind = INPUT_BOOL,
      .has = offsetof(struct record, has_switch) },
    { .name = "at", .offset = offsetof(struct record, at), .kind = INPUT_TIME },
    { .name = "day", .offset = offsetof(struct record, day), .kind = INPUT_DATE },
    { .name = "id", .offset = offsetof(struct record, id), .kind = INPUT_ID },
    { .name = "serial",
      .offset = offsetof(struct record, serial),
      .kind = INPUT_TEXT,
      .least = 1,
      .most = 4,
      .refused = "serial_malformed" },
    INPUT_END,
};

static enum status
read_into(struct record *record, const char *text, size_t size, struct arena *arena,
          struct fault *fault)
{
    *record = (struct record){ .name = NULL };
    *fault = (struct fault){ .status = STATUS_OK };
    return json_read((struct span){ text, size }, fields, record, arena, fault);
}

TEST(a_whole_object_is_read)
{
    static const char text[] = " { \"name\": \"Fridge\", \"word\": \"newest\", \"quantity\": 100, "
                               "\"switch\": false, \"at\": \"2026-11-24T13:05:00Z\", "
                               "\"day\": \"2026-11-24\", \"id\": \"0000000000001\" } ";
    struct arena arena;
    struct record record;
    struct fault fault;

    arena_init(&arena, 65536);
    check_int(read_into(&record, text, strlen(text), &arena, &fault), STATUS_OK);
    check_text(record.name, "Fridge");
    check_text(record.word, "newest");
    check_int(record.quantity, 100);
    check(record.has_switch && !record.is_switch);
    check_int(record.at, 1795525500);
    check_int(record.day, 20781);
    check_int(record.id, 1);
    arena_clear(&arena);
}

TEST(what_is_not_there_is_left_alone)
{
    static const char text[] = "{\"name\":\"ab\"}";
    struct arena arena;
    struct record record;
    struct fault fault;

    arena_init(&arena, 65536);
    check_int(read_into(&record, text, strlen(text), &arena, &fault), STATUS_OK);
    check(!record.has_switch && !record.word && record.quantity == 0);
    arena_clear(&arena);
}

TEST(every_other_body_is_refused_by_name)
{
    static const struct {
        const char *row, *text;
        enum status status;
        const char *code, *field;
    } rows[] = {
        { "nothing", "", STATUS_MALFORMED, "", "" },
        { "an array", "[]", STATUS_MALFORMED, "", "" },
        { "a text", "\"name\"", STATUS_MALFORMED, "", "" },
        { "cut off", "{\"name\":\"abc\"", STATUS_MALFORMED, "", "" },
        { "something behind", "{\"name\":\"abc\"} x", STATUS_MALFORMED, "", "" },
        { "a comma too many", "{\"name\":\"abc\",}", STATUS_MALFORMED, "", "" },
        { "single quotes", "{'name':'abc'}", STATUS_MALFORMED, "", "" },
        { "a comment", "{/**/\"name\":\"abc\"}", STATUS_MALFORMED, "", "" },
        { "a name twice", "{\"name\":\"abc\",\"name\":\"abd\"}", STATUS_MALFORMED, "", "" },
        { "invalid UTF-8",
          "{\"name\":\"a\xff"
          "b\"}",
          STATUS_MALFORMED, "", "" },
        { "an overlong NUL", "{\"name\":\"a\xc0\x80\"}", STATUS_MALFORMED, "", "" },
        { "a surrogate alone", "{\"name\":\"a\\ud800\"}", STATUS_MALFORMED, "", "" },
        { "a NUL in a text", "{\"name\":\"ab\\u0000c\"}", STATUS_MALFORMED, "", "" },
        { "a NUL in a name", "{\"na\\u0000me\":\"abc\"}", STATUS_MALFORMED, "", "" },
        { "a raw line break in a text", "{\"name\":\"a\nb\"}", STATUS_MALFORMED, "", "" },
        { "a number out of range", "{\"name\":\"abc\",\"quantity\":9223372036854775808}",
          STATUS_MALFORMED, "", "" },
        { "an unknown field", "{\"name\":\"abc\",\"nam\":1}", STATUS_MALFORMED, "unknown_field",
          "nam" },
        { "an unknown field with a control character", "{\"n\\u0007\":1}", STATUS_MALFORMED,
          "unknown_field", "" },
        { "a number for a text", "{\"name\":1}", STATUS_MALFORMED, "wrong_type", "name" },
        { "null for a text", "{\"name\":null}", STATUS_MALFORMED, "wrong_type", "name" },
        { "an object for a text", "{\"name\":{}}", STATUS_MALFORMED, "wrong_type", "name" },
        { "a text for a number", "{\"name\":\"abc\",\"quantity\":\"1\"}", STATUS_MALFORMED,
          "wrong_type", "quantity" },
        { "a fraction", "{\"name\":\"abc\",\"quantity\":1.0}", STATUS_MALFORMED, "wrong_type",
          "quantity" },
        { "a number for a truth", "{\"name\":\"abc\",\"switch\":1}", STATUS_MALFORMED, "wrong_type",
          "switch" },
        { "a required field is missing", "{\"quantity\":1}", STATUS_INVALID, "field_missing",
          "name" },
        { "too short", "{\"name\":\"a\"}", STATUS_INVALID, "", "name" },
        { "empty", "{\"name\":\"\"}", STATUS_INVALID, "", "name" },
        { "empty, with a code of its own", "{\"name\":\"abc\",\"serial\":\"\"}", STATUS_INVALID,
          "serial_malformed", "serial" },
        { "a control character there", "{\"name\":\"abc\",\"serial\":\"1\\n\"}", STATUS_INVALID,
          "serial_malformed", "serial" },
        { "too long there", "{\"name\":\"abc\",\"serial\":\"12345\"}", STATUS_INVALID,
          "serial_malformed", "serial" },
        { "no text there", "{\"name\":\"abc\",\"serial\":1}", STATUS_MALFORMED, "wrong_type",
          "serial" },
        { "too long", "{\"name\":\"123456789\"}", STATUS_INVALID, "", "name" },
        { "a control character", "{\"name\":\"a\\nb\"}", STATUS_INVALID, "", "name" },
        { "no such word", "{\"name\":\"abc\",\"word\":\"old\"}", STATUS_INVALID, "", "word" },
        { "too small", "{\"name\":\"abc\",\"quantity\":0}", STATUS_INVALID, "", "quantity" },
        { "too large", "{\"name\":\"abc\",\"quantity\":101}", STATUS_INVALID, "", "quantity" },
        { "no instant", "{\"name\":\"abc\",\"at\":\"today\"}", STATUS_INVALID, "", "at" },
        { "no date", "{\"name\":\"abc\",\"day\":\"2026-02-30\"}", STATUS_INVALID, "", "day" },
        { "no id", "{\"name\":\"abc\",\"id\":\"1\"}", STATUS_INVALID, "", "id" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena;
        struct record record;
        struct fault fault;

        check_row(rows[i].row);
        arena_init(&arena, 65536);
        check_int(read_into(&record, rows[i].text, strlen(rows[i].text), &arena, &fault),
                  rows[i].status);
        check_int(fault.status, rows[i].status);
        check_text(fault.code, rows[i].code);
        check_text(fault.field, rows[i].field);
        arena_clear(&arena);
    }
}

TEST(nesting_is_bounded)
{
    enum { DEPTH = 60000 };
    static char text[DEPTH + 16];
    struct arena arena;
    struct record record;
    struct fault fault;

    memcpy(text, "{\"name\":", 8);
    memset(text + 8, '[', DEPTH);
    arena_init(&arena, 65536);
    check_int(read_into(&record, text, 8 + DEPTH, &arena, &fault), STATUS_MALFORMED);
    arena_clear(&arena);
}

TEST(a_full_arena_is_said)
{
    static const char text[] = "{\"name\":\"abcdefgh\"}";
    struct arena arena;
    struct record record;
    struct fault fault;

    arena_init(&arena, 4);
    check_int(read_into(&record, text, strlen(text), &arena, &fault), STATUS_TOO_LARGE);
    arena_clear(&arena);
}

TEST(without_required_fields_no_body_is_as_good_as_an_empty_object)
{
    struct record record = { .name = NULL };
    struct fault fault = { .status = STATUS_OK };
    struct arena arena;

    arena_init(&arena, 65536);
    check_int(json_read((struct span){ NULL, 0 }, fields + 1, &record, &arena, &fault), STATUS_OK);
    check_int(json_read((struct span){ NULL, 0 }, NULL, NULL, &arena, &fault), STATUS_OK);
    check_int(json_read((struct span){ "{}", 2 }, NULL, NULL, &arena, &fault), STATUS_OK);
    check_int(json_read((struct span){ "{\"a\":1}", 7 }, NULL, NULL, &arena, &fault),
              STATUS_MALFORMED);
    arena_clear(&arena);
}

struct pair {
    int64_t number;
    bool truth;
};

struct nested {
    struct input_texts serials;
    struct input_objects pairs;
    bool has_filter;
    struct {
        const char *q;
    } filter;
};

static const struct input_field inner[] = {
    { .name = "q", .offset = 0, .kind = INPUT_TEXT, .most = 5 },
    INPUT_END,
};

static const struct input_field pair_fields[] = {
    { INPUT_MEMBER(struct pair, number), .kind = INPUT_INT64, .required = true, .most = 9 },
    { INPUT_MEMBER(struct pair, truth), .kind = INPUT_BOOL },
    INPUT_END,
};

static const struct input_field not_empty[] = {
    { .name = "serials",
      .offset = offsetof(struct nested, serials),
      .kind = INPUT_TEXTS,
      .most = 3,
      .least_items = 1,
      .most_items = 2 },
    INPUT_END,
};

TEST(a_list_has_as_many_items_as_it_must)
{
    struct nested nested = { .has_filter = false };
    struct fault fault = { .status = STATUS_OK };
    struct arena arena;

    arena_init(&arena, 65536);
    check_int(
        json_read((struct span){ "{\"serials\":[\"\"]}", 16 }, not_empty, &nested, &arena, &fault),
        STATUS_OK);
    check_int(
        json_read((struct span){ "{\"serials\":[]}", 14 }, not_empty, &nested, &arena, &fault),
        STATUS_INVALID);
    check_text(fault.field, "serials");
    arena_clear(&arena);
}

static const struct input_field outer[] = {
    { INPUT_MEMBER(struct nested, pairs), .kind = INPUT_OBJECTS, .fields = pair_fields,
      .item_size = sizeof(struct pair), .most_items = 2 },
    { .name = "serials",
      .offset = offsetof(struct nested, serials),
      .kind = INPUT_TEXTS,
      .least = 1,
      .most = 3,
      .most_items = 2 },
    { .name = "filter",
      .offset = offsetof(struct nested, filter),
      .has = offsetof(struct nested, has_filter),
      .kind = INPUT_OBJECT,
      .fields = inner },
    INPUT_END,
};

TEST(lists_and_objects_are_read)
{
    static const struct {
        const char *text;
        enum status status;
        const char *code, *field;
    } rows[] = {
        { "{\"serials\":[\"a\",\"bcd\"],\"filter\":{\"q\":\"x\"},"
          "\"pairs\":[{\"number\":1},{\"number\":7,\"truth\":true}]}",
          STATUS_OK, "", "" },
        { "{\"serials\":[]}", STATUS_OK, "", "" },
        { "{\"serials\":\"a\"}", STATUS_MALFORMED, "wrong_type", "serials" },
        { "{\"serials\":[1]}", STATUS_MALFORMED, "wrong_type", "serials" },
        { "{\"serials\":[\"\"]}", STATUS_INVALID, "", "serials" },
        { "{\"serials\":[\"abcd\"]}", STATUS_INVALID, "", "serials" },
        { "{\"serials\":[\"a\",\"b\",\"c\"]}", STATUS_INVALID, "", "serials" },
        { "{\"pairs\":[]}", STATUS_OK, "", "" },
        { "{\"pairs\":{}}", STATUS_MALFORMED, "wrong_type", "pairs" },
        { "{\"pairs\":[1]}", STATUS_MALFORMED, "wrong_type", "pairs" },
        { "{\"pairs\":[{\"number\":10}]}", STATUS_INVALID, "", "number" },
        { "{\"pairs\":[{\"truth\":true}]}", STATUS_INVALID, "field_missing", "number" },
        { "{\"pairs\":[{\"number\":1},{\"number\":1},{\"number\":1}]}", STATUS_INVALID, "",
          "pairs" },
        { "{\"filter\":[]}", STATUS_MALFORMED, "wrong_type", "filter" },
        { "{\"filter\":{\"q\":\"123456\"}}", STATUS_INVALID, "", "q" },
        { "{\"filter\":{\"r\":\"\"}}", STATUS_MALFORMED, "unknown_field", "r" },
    };
    struct arena arena;

    arena_init(&arena, 65536);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct nested nested = { .has_filter = false };
        struct fault fault = { .status = STATUS_OK };
        check_row(rows[i].text);
        check_int(json_read((struct span){ rows[i].text, strlen(rows[i].text) }, outer, &nested,
                            &arena, &fault),
                  rows[i].status);
        check_text(fault.code, rows[i].code);
        check_text(fault.field, rows[i].field);
        check(rows[i].status || nested.serials.items || nested.pairs.items);
        if (i == 0) {
            check_int(nested.serials.count, 2);
            check_text(nested.serials.items[1], "bcd");
            check(nested.has_filter);
            check_text(nested.filter.q, "x");
            check_int(nested.pairs.count, 2);
            check_int(((struct pair *)nested.pairs.items)[1].number, 7);
            check(((struct pair *)nested.pairs.items)[1].truth);
        }
    }
    arena_clear(&arena);
}
