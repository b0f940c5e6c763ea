#include "base/csv.h"

#include <stdio.h>
#include <string.h>

#include "support/check.h"

enum { ROOM = 4 };

static const struct {
    const char *text;
    const char *read; /* fields in [], records by |; "!" for malformed, with its row */
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
    { ",", "" },
    { "a,b\n,\n , \t\n\nc,d\n,,,\n", "[a][b]|[c][d]|" },
    { "a\n\n\nb\n", "[a]|[b]|" },
    { "\"\"", "" },
    { "\"a,b\",\"c\"\"d\"\r\n", "[a,b][c\"d]|" },
    { "\"\"\"\"", "[\"]|" },
    { "\"a\r\nb\",c\nd", "[a\r\nb][c]|[d]|" },
    { "2\" pipe,x", "[2\" pipe][x]|" },
    { "\"a\"", "[a]|" },
    { "a\n\"b", "[a]|!2" },
    { "\"a\"b", "!1" },
    { "\"a\nb\"\nc\n\"\"x", "[a\nb]|[c]|!3" },
    { "a\r\n\r\n;;\r\n\"\"x", "[a]|!4" },
    { "a;b\nc;d,e", "[a][b]|[c][d,e]|" },
    { "a\tb\nc\td;e,f", "[a][b]|[c][d;e,f]|" },
    { "a,b\nc,\"d;e\"\nf,g;h", "[a][b]|[c][d;e]|[f][g;h]|" },
    { "a,b;c\nd,e", "[a][b;c]|[d][e]|" },
    { "\"a;b;c\",d\ne,f", "[a;b;c][d]|[e][f]|" },
    { "a;b,c", "[a][b,c]|" },
    { "\n;;\na;b", "[a][b]|" },
    { "sep=;\r\na,b;c\r\n", "[a,b][c]|" },
    { "SEP=,\na;b,c", "[a;b][c]|" },
    { "\"sep=\t\"\na;b\tc", "[a;b][c]|" },
    { "\xEF\xBB\xBFsep=|\ra|b", "[a][b]|" },
    { "sep=;\n\"", "!1" },
    { "sep=;x\n", "[sep=][x]|" },
    { " \"a\" , \"b\"", "[a][b]|" },
    { "a , b", "[a ][ b]|" },
    { "\t\"a\"\tb", "[][a][b]|" },
    { "'=1,'a,''-b,'", "[=1]['a]['-b][']|" },
    { "\"'@x\"", "[@x]|" },
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
        snprintf(out + at, out_size - at, "!%d", (int)csv.row);
}

TEST(csv_rows_count_as_in_a_spreadsheet)
{
    static const struct {
        const char *text;
        int row;
    } behind[] = {
        { "", 1 },
        { "a", 1 },
        { "a\n", 2 },
        { "a\r\n\r\n;\r\n", 4 },
        { "\"a\n\nb\"\n", 2 },
        { "\"a\n", 1 },
        { "sep=;\na\n", 2 },
        { "\xEF\xBB\xBF\r\r", 3 },
    };

    for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++) {
        check_row(behind[i].text);
        check_int(csv_row_behind(behind[i].text, strlen(behind[i].text)), behind[i].row);
    }
}

TEST(csv_is_read_as_spreadsheets_write_it)
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
