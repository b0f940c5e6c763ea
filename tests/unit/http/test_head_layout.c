#include "edge/http/head_layout.h"

#include <string.h>

#include "support/check.h"

/* Parses as the library does: in place, with "|" for the NULs that it writes. */
static struct head_text
take(const char **at)
{
    struct head_text text = { *at, strcspn(*at, "|") };

    *at += text.size;
    return text;
}

static bool
is_whole(const char *head, size_t size)
{
    struct head_layout layout;
    struct head_text line[3];
    const char *at = head;

    for (size_t i = 0; i < 3; i++) {
        line[i] = take(&at);
        at += strspn(at, "|");
    }
    head_layout_begin(&layout, line[0], line[1], line[2]);
    while (*at && *at != '|') {
        struct head_text name = take(&at);
        at += strspn(at, "| ");
        struct head_text value = take(&at);
        at += strspn(at, "|");
        head_layout_add(&layout, name, value);
    }
    return head_layout_end(&layout, size);
}

TEST(a_head_is_whole_only_without_a_gap)
{
    static const struct {
        const char *head;
        bool whole;
    } rows[] = {
        { "GET|/|HTTP/1.1||Host| a||||", true },
        { "GET|/|HTTP/1.1||Host|a||X|   b||||", true },
        { "GET|/|HTTP/1.1||||", true },
        { "GET||/|HTTP/1.1||Host| a||||", false },       /* two spaces */
        { "GET|/||HTTP/1.1||Host| a||||", false },       /* a NUL in the target */
        { "GET|/|HTTP/1.1|Host| a||||", false },         /* LF */
        { "GET|/|HTTP/1.1||Host| a|X| b||||", false },   /* LF */
        { "GET|/|HTTP/1.1||Host| a|||X| b||||", false }, /* a NUL in a value */
        { "GET|/|HTTP/1.1||Host| a|||", false },         /* LF at the end */
        { "GET|/|HTTP/1.1||Host| a|||||", false },       /* a NUL in the last value */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].head);
        check_int(is_whole(rows[i].head, strlen(rows[i].head)), rows[i].whole);
    }
}

TEST(a_value_that_lies_before_its_name_breaks_the_head)
{
    static const char head[] = "GET|/|HTTP/1.1||Host|a||||";
    struct head_layout layout;

    head_layout_begin(&layout, (struct head_text){ head, 3 }, (struct head_text){ head + 4, 1 },
                      (struct head_text){ head + 6, 8 });
    head_layout_add(&layout, (struct head_text){ head + 16, 4 }, (struct head_text){ head + 4, 1 });
    check(!head_layout_end(&layout, strlen(head)));
}
