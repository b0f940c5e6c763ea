#include "base/zone.h"
#include "support/check.h"
#include "support/moment.h"

/* A zone file made by hand, so that each part of it can be wrong. */
struct made_file {
    uint8_t bytes[512];
    size_t size;
};

static void
put(struct made_file *file, uint64_t number, size_t size)
{
    for (size_t i = size; i-- > 0;)
        file->bytes[file->size++] = (uint8_t)(number >> 8 * i);
}

static void
put_text(struct made_file *file, const char *text)
{
    for (; *text; text++)
        put(file, (uint8_t)*text, 1);
}

static void
put_header(struct made_file *file, char version, uint32_t leap_count, uint32_t time_count)
{
    put_text(file, "TZif");
    put(file, (uint8_t)version, 1);
    for (int i = 0; i < 15; i++)
        put(file, 0, 1);
    put(file, 0, 4); /* UT indicators */
    put(file, 0, 4); /* standard indicators */
    put(file, leap_count, 4);
    put(file, time_count, 4);
    put(file, 2, 4); /* types */
    put(file, 8, 4); /* bytes of names */
}

/* One change, at 1000: from +1 h to +2 h. */
static void
put_block(struct made_file *file, size_t time_size)
{
    put(file, 1000, time_size);
    put(file, 1, 1);
    put(file, 3600, 4);
    put(file, 0, 2);
    put(file, 7200, 4);
    put(file, 0x0104, 2);
    put_text(file, "CETxCES");
    put(file, 0, 1);
}

enum { HEADER = 44, BLOCK_4 = 4 + 1 + 12 + 8, SECOND = HEADER + BLOCK_4 };

static struct made_file
make_file(char version, const char *footer)
{
    struct made_file file = { .size = 0 };

    put_header(&file, version, 0, 1);
    put_block(&file, 4);
    if (version) {
        put_header(&file, version, 0, 1);
        put_block(&file, 8);
        put_text(&file, footer);
    }
    return file;
}

static void
check_read(const struct made_file *file, int32_t before, int32_t after, int32_t later)
{
    struct zone *zone;
    struct fault fault;

    enum status status = zone_parse(&zone, file->bytes, file->size, &fault);
    check_int(status, STATUS_OK);
    if (status)
        return;
    check_text(zone_name(zone), "");
    check_int(zone_offset(zone, 999), before);
    check_int(zone_offset(zone, 1000), after);
    check_int(zone_offset(zone, INT64_C(4000000000)), later);
    zone_close(zone);
}

TEST(zone_file_is_read_in_each_version)
{
    struct made_file file;

    check_row("version 1 has no footer");
    file = make_file(0, "");
    check_read(&file, 3600, 7200, 7200);
    check_row("no rule: the last offset stays");
    file = make_file('2', "\n\n");
    check_read(&file, 3600, 7200, 7200);
    check_row("a rule from the last change on");
    file = make_file('2', "\nXXX-2\n");
    check_read(&file, 3600, 7200, 7200);
    check_row("version 3");
    file = make_file('3', "\nXXX-2YYY-3,J1/0,J365/25\n");
    check_read(&file, 3600, 10800, 10800);
    check_row("version 4");
    file = make_file('4', "\nXXX-2\n");
    check_read(&file, 3600, 7200, 7200);
    check_row("what stands after the footer is not ours");
    file = make_file('2', "\nXXX-2\nmore");
    check_read(&file, 3600, 7200, 7200);
}

TEST(zone_file_without_changes_follows_its_rule)
{
    struct made_file file = { .size = 0 };

    put_header(&file, '2', 0, 0);
    file.bytes[file.size - 1] = 0; /* no names, */
    file.bytes[file.size - 5] = 0; /* no types in the part for old readers */
    put_header(&file, '2', 0, 0);
    put(&file, 0, 8);
    put(&file, 0, 4);
    put(&file, 0, 8);
    put_text(&file, "\nXXX-5\n");
    check_read(&file, 18000, 18000, 18000);
}

static void
check_refused(const struct made_file *file)
{
    struct zone *zone = NULL;
    struct fault fault = { 0 };

    check_int(zone_parse(&zone, file->bytes, file->size, &fault), STATUS_INVALID);
    check_text(fault.code, "time_zone_unknown");
    check(zone == NULL);
}

TEST(zone_file_cut_anywhere_is_refused)
{
    const struct made_file whole = make_file('2', "\nXXX-2\n");

    check_row("cut");
    for (size_t size = 0; size < whole.size; size++) {
        struct made_file file = whole;
        file.size = size;
        check_refused(&file);
    }
}

TEST(zone_file_that_lies_is_refused)
{
    static const struct {
        const char *row;
        size_t at;
        uint8_t byte;
    } rows[] = {
        { "magic", 0, 'X' },
        { "second magic", SECOND, 'X' },
        { "version", 4, '1' },
        { "more UT indicators than bytes", SECOND + 20, 0xFF },
        { "more standard indicators than bytes", SECOND + 24, 0xFF },
        { "leap seconds", SECOND + 31, 1 },
        { "more times than bytes", SECOND + 32, 0xFF },
        { "no types", SECOND + 39, 0 },
        { "more types than bytes", SECOND + 36, 0xFF },
        { "more name bytes than bytes", SECOND + 40, 0xFF },
        { "type that is not there", SECOND + HEADER + 8, 2 },
        { "offset beyond a week", SECOND + HEADER + 9, 0x7F },
        { "offset before a week", SECOND + HEADER + 9, 0x80 },
        { "footer does not begin", SECOND + HEADER + BLOCK_4 + 4, 'X' },
        { "footer is no rule", SECOND + HEADER + BLOCK_4 + 5, '?' },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct made_file file = make_file('2', "\nXXX-2\n");

        check_row(rows[i].row);
        file.bytes[rows[i].at] = rows[i].byte;
        check_refused(&file);
    }
}

TEST(zone_file_that_counts_leap_seconds_is_refused)
{
    for (uint32_t leap_count = 0; leap_count <= 1; leap_count++) {
        struct made_file file = { .size = 0 };
        struct zone *zone = NULL;
        struct fault fault;

        put_header(&file, 0, leap_count, 1);
        put_block(&file, 4);
        put(&file, 78796800, 4 * leap_count); /* when, */
        put(&file, 1, 4 * leap_count);        /* and how many by then */
        check_int(zone_parse(&zone, file.bytes, file.size, &fault),
                  leap_count ? STATUS_INVALID : STATUS_OK);
        zone_close(zone);
    }
}

TEST(zone_file_with_times_out_of_order_is_refused)
{
    for (uint64_t second = 999; second <= 1001; second++) {
        struct made_file file = { .size = 0 };
        struct zone *zone = NULL;
        struct fault fault;

        put_header(&file, 0, 0, 2);
        put(&file, 1000, 4);
        put(&file, second, 4);
        put(&file, 0x0100, 2);
        put(&file, 3600, 4);
        put(&file, 0, 2);
        put(&file, 7200, 4);
        put(&file, 0, 2);
        put(&file, 0, 8);
        check_int(zone_parse(&zone, file.bytes, file.size, &fault),
                  second > 1000 ? STATUS_OK : STATUS_INVALID);
        zone_close(zone);
    }
}
