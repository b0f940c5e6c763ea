#include "base/csv.h"

#include <stdio.h>
#include <string.h>

#include "support/check.h"

enum { ROOM = 4 };

static const struct {
    const char *text;
    const char *read; /* fields in [], records by |; "!" for malformed, with its line */
} rows[] = {
    { "", "" },
    { "\xEF\xBB\xBF", "" },
    { "\n\r\n\r", "" },
    { "a", "[a]|" },
    { "a\n", "[a]|" },
    { "a,b\r\nc,d\r\n", "[a][b]|[c][d]|" },
    { "\xEF\xBB\xBF"
      "a\rb",
      "[a]|[b]|" },
    { "a,\n,b", "[a][]|[][b]|" },
    { ",", "[][]|" },
    { "a\n\n\nb\n", "[a]|[b]|" },
    { "\"\"", "[]|" },
    { "\"a,b\",\"c\"\"d\"\r\n", "[a,b][c\"d]|" },
    { "\"\"\"\"", "[\"]|" },
    { "\"a\r\nb\",c\nd", "[a\r\nb][c]|[d]|" },
    { "2\" pipe,x", "[2\" pipe][x]|" },
    { "\"a\"", "[a]|" },
    { "a\n\"b", "[a]|!2" },
    { "\"a\"b", "!1" },
    { "\"a\nb\"\nc\n\"\"x", "[a\nb]|[c]|!4" },
    { "1,2,3,4,5,6", "[1][2][3][4]+2|" },
};

static void
read_all(char *text, size_t size, char *out, size_t out_size)
{
    struct csv csv;
    char *fields[ROOM];
    size_t count, at = 0;
    enum csv_result result;

    out[0] = '\0';
    csv_open(&csv, text, size);
    while ((result = csv_read(&csv, fields, ROOM, &count)) == CSV_RECORD) {
        for (size_t i = 0; i < count && i < ROOM; i++)
            at += (size_t)snprintf(out + at, out_size - at, "[%s]", fields[i]);
        if (count > ROOM)
            at += (size_t)snprintf(out + at, out_size - at, "+%zu", count - ROOM);
        at += (size_t)snprintf(out + at, out_size - at, "|");
    }
    if (result == CSV_MALFORMED)
        snprintf(out + at, out_size - at, "!%d", (int)csv.line);
}

TEST(csv_is_read_as_rfc_4180_says)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[64], got[128];
        size_t size = strlen(rows[i].text);

        memcpy(text, rows[i].text, size + 1);
        check_row(rows[i].text);
        read_all(text, size, got, sizeof got);
        check_text(got, rows[i].read);
    }
}
