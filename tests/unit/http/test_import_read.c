#include "edge/http/routes/import_read.h"

#include <stdio.h>
#include <string.h>

#include "support/check.h"

/* What was read, a row each: serial|name|key|auto_renewal|code; "-" for none. */
static void
tell(const struct import_rows *rows, char *out, size_t size)
{
    size_t at = 0;

    out[0] = '\0';
    for (size_t i = 0; i < rows->count; i++) {
        const struct sensor_request *request = &rows->items[i].request;
        at += (size_t)snprintf(
            out + at, size - at, "%s|%s|%s|%s|%s;", request->serial ? request->serial : "-",
            request->name ? request->name : "-", request->key ? request->key : "-",
            !request->has_auto_renewal ? "-"
            : request->auto_renewal    ? "yes"
                                       : "no",
            rows->items[i].code ? rows->items[i].code : "-");
    }
}

static const struct {
    const char *text, *want;
    enum status status;
    const char *code;
} csv_rows[] = {
    { "serial\nA\nB\n", "A|-|-|-|-;B|-|-|-|-;", STATUS_OK, "" },
    { "\xEF\xBB\xBF"
      "Serial , NAME\r\n A ,one\r\n",
      "A|one|-|-|-;", STATUS_OK, "" },
    { "name,auto_renewal,key,serial\n,TRUE,k,A\nn,false,,B\n", "A|-|k|yes|-;B|n|-|no|-;", STATUS_OK,
      "" },
    { "serial,auto_renewal\nA, yes\nB, \n", "A|-|-|no|invalid;B|-|-|-|-;", STATUS_OK, "" },
    { "serial,name\nA\nB,b,c\nC,\"a,b\"\n", "-|-|-|-|malformed;-|-|-|-|malformed;C|a,b|-|-|-;",
      STATUS_OK, "" },
    { "serial\n   \n", "|-|-|-|-;", STATUS_OK, "" },
    { "serial\n", "", STATUS_OK, "" },
    { "", "", STATUS_INVALID, "field_missing" },
    { "name\nx\n", "", STATUS_INVALID, "field_missing" },
    { "serial,serial\n", "", STATUS_INVALID, "" },
    { "serial,\n", "", STATUS_MALFORMED, "unknown_field" },
    { "serial,name,key,auto_renewal,more\n", "", STATUS_MALFORMED, "unknown_field" },
    { "serial\n\"A\n", "", STATUS_MALFORMED, "" },
    { "serial\n\xC0\xAF\n", "", STATUS_MALFORMED, "" },
};

TEST(csv_becomes_rows_of_an_import)
{
    for (size_t i = 0; i < sizeof csv_rows / sizeof csv_rows[0]; i++) {
        struct arena arena;
        struct fault fault = { .status = STATUS_OK };
        struct import_rows rows;
        char text[128], got[256];

        arena_init(&arena, 1024 * 1024);
        check_row(csv_rows[i].text);
        snprintf(text, sizeof text, "%s", csv_rows[i].text);
        check_int(import_read_csv(text, strlen(text), &rows, &arena, &fault), csv_rows[i].status);
        check_text(fault.code, csv_rows[i].code);
        tell(&rows, got, sizeof got);
        if (!csv_rows[i].status)
            check_text(got, csv_rows[i].want);
        arena_clear(&arena);
    }
}

static const struct {
    const char *text, *want;
    enum status status;
} json_rows[] = {
    { "[]", "", STATUS_OK },
    { "[{\"serial\":\"A\"},{\"serial\":\"B\",\"name\":\"b\",\"key\":\"k\",\"auto_renewal\":false}]",
      "A|-|-|-|-;B|b|k|no|-;", STATUS_OK },
    { "[{\"serial\":\"A\",\"more\":1},7,{},{\"serial\":\"\"},{\"serial\":\"B\"}]",
      "A|-|-|-|unknown_field;-|-|-|-|wrong_type;-|-|-|-|field_missing;-|-|-|-|serial_malformed;B|-|"
      "-|-|-;",
      STATUS_OK },
    { "{}", "", STATUS_MALFORMED },
    { "", "", STATUS_MALFORMED },
    { "[{\"serial\":\"A\",\"serial\":\"A\"}]", "", STATUS_MALFORMED },
};

TEST(json_becomes_rows_of_an_import)
{
    for (size_t i = 0; i < sizeof json_rows / sizeof json_rows[0]; i++) {
        struct arena arena;
        struct fault fault = { .status = STATUS_OK };
        struct import_rows rows;
        char got[256];

        arena_init(&arena, 1024 * 1024);
        check_row(json_rows[i].text);
        check_int(import_read_json((struct span){ json_rows[i].text, strlen(json_rows[i].text) },
                                   sensor_fields, &rows, &arena, &fault),
                  json_rows[i].status);
        tell(&rows, got, sizeof got);
        if (!json_rows[i].status)
            check_text(got, json_rows[i].want);
        arena_clear(&arena);
    }
}

TEST(an_import_has_a_limit_of_rows)
{
    static char text[4 + 2 * (IMPORT_MOST_ROWS + 1) + 8];
    struct arena arena;
    struct fault fault;
    struct import_rows rows;

    arena_init(&arena, 64 * 1024 * 1024);
    for (size_t extra = 0; extra < 2; extra++) {
        size_t size = (size_t)snprintf(text, sizeof text, "serial\n");
        memset(text + size, '\n', sizeof text - size - 1);
        for (size_t i = 0; i < IMPORT_MOST_ROWS + extra - 1; i++)
            text[size + 2 * i] = 'x';
        size += 2 * (IMPORT_MOST_ROWS + extra - 1);
        text[size++] = 'x';
        check_int(import_read_csv(text, size, &rows, &arena, &fault),
                  extra ? STATUS_TOO_LARGE : STATUS_OK);
        check_int(rows.count, IMPORT_MOST_ROWS);
    }
    arena_clear(&arena);
}
