#include "edge/http/routes/import_read.h"

#include <stdio.h>
#include <string.h>

#include "edge/http/routes/import_words.h"
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
    { "serial,auto_renewal\nA, maybe\nB, \n", "A|-|-|no|invalid;B|-|-|-|-;", STATUS_OK, "" },
    { "serial,name\nA\nB,b,c\nC,\"a,b\"\n", "A|-|-|-|-;B|b|-|-|malformed;C|a,b|-|-|-;", STATUS_OK,
      "" },
    { "serial\n   \n,,\n", "", STATUS_OK, "" },
    { "serial;name;;\nA;a;;\n;;;\nB;b\n", "A|a|-|-|-;B|b|-|-|-;", STATUS_OK, "" },
    { "sep=;\rName;Seriennummer\rK, s;A\r", "A|K, s|-|-|-;", STATUS_OK, "" },
    { "Ger\u00E4t\tBezeichnung\tVerl\u00E4ngerung\nA\tb\tWAHR\n", "A|b|-|yes|-;", STATUS_OK, "" },
    { "N\u00B0 de s\u00E9rie;Libell\u00E9;Cl\u00E9\nA;b;k\n", "A|b|k|-|-;", STATUS_OK, "" },
    { "Numer seryjny;Nazwa\nA;b\n", "A|b|-|-|-;", STATUS_OK, "" },
    { "DevEUI,Label\nA,b\n", "A|b|-|-|-;", STATUS_OK, "" },
    { "S/N,Device Name\nA,b\n", "A|b|-|-|-;", STATUS_OK, "" },
    { "serial,name,state,last_day,key,auto_renewal,next\nA,n,active,2026-01-01,,true,pool\n",
      "A|n|-|yes|-;", STATUS_OK, "" },
    { "282C02424EED,Fridge; left\n282C02424EEE,b\n",
      "282C02424EED|Fridge; left|-|-|-;282C02424EEE|b|-|-|-;", STATUS_OK, "" },
    { "name;282C02424EED\n", "282C02424EED|name|-|-|-;", STATUS_OK, "" },
    { "282C02424EED\n", "282C02424EED|-|-|-|-;", STATUS_OK, "" },
    { "serial,name\nA,'=1\nB,''=2\nC,'x\n", "A|=1|-|-|-;B|'=2|-|-|-;C|'x|-|-|-;", STATUS_OK, "" },
    { "Device,serial\nA,B\n", "", STATUS_MALFORMED, "unknown_field" },
    { "282C02424EED,a,b\n", "", STATUS_MALFORMED, "unknown_field" },
    { "Foo;Bar\nA;b\n", "", STATUS_INVALID, "field_missing" },
    { "PK\x03\x04xxxx", "", STATUS_MALFORMED, "" },
    { "serial\n", "", STATUS_OK, "" },
    { "", "", STATUS_INVALID, "field_missing" },
    { "name\nx\n", "", STATUS_INVALID, "field_missing" },
    { "serial,serial\n", "", STATUS_INVALID, "" },
    { "serial,\nA,b\n", "A|-|-|-|malformed;", STATUS_OK, "" },
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
        const struct table_source source = { .bytes = text, .size = strlen(text) };
        check_int(import_read_csv(&source, &rows, &arena, &fault), csv_rows[i].status);
        check_text(fault.code, csv_rows[i].code);
        tell(&rows, got, sizeof got);
        if (!csv_rows[i].status)
            check_text(got, csv_rows[i].want);
        arena_clear(&arena);
    }
}

static const struct {
    const char *text, *charset, *columns, *header, *want, *reason;
} described[] = {
    { "serial,name\nA,K\xFChl\n", "windows-1252", NULL, NULL, "A|Kühl|-|-|-;", "" },
    { "\xEF\xBB\xBFserial,name\nA,Kühl\n", "windows-1252", NULL, NULL, "A|Kühl|-|-|-;", "" },
    { "Foo,Bar\nA,b\n", NULL, "serial,name", NULL, "A|b|-|-|-;", "" },
    { "Foo,Bar\nA,b\n", NULL, "name,serial", NULL, "b|A|-|-|-;", "" },
    { "Foo,Bar\nA,b\n", NULL, ",serial", NULL, "b|-|-|-|-;", "" },
    { "A,b,c\n", NULL, "serial,,name", "no", "A|c|-|-|-;", "" },
    { "282C02424EED,b\n", NULL, "serial", "yes", "", "" },
    { "282C02424EED:K7Q2-M9XW,b\n", NULL, NULL, NULL, "282C02424EED:K7Q2-M9XW|b|-|-|-;", "" },
    { "28,b\nA,c\n", NULL, NULL, "no", "28|b|-|-|-;A|c|-|-|-;", "" },
    { "A,b\n", NULL, "name", NULL, "", "columns does not list serial" },
    { "A,b\n", NULL, "serial,serial", NULL, "", "the column serial appears twice" },
    { "A,b\n", NULL, "serial,colour", NULL, "",
      "column 2 is not one of serial, name, key, auto_renewal and claim_code (only serial is "
      "required)" },
    { "A,b\n", "klingon", NULL, NULL, "",
      "the charset is not one of utf-8, utf-16, windows-1250 to windows-1258, iso-8859-1, "
      "iso-8859-2 and iso-8859-15" },
    { "serial\n\n\"A\n\"\n\xFC\n", NULL, NULL, NULL, "",
      "row 4 has bytes that are not UTF-8: name the charset of the file, such as Content-Type: "
      "text/csv; charset=windows-1252, or save it as CSV UTF-8" },
    { "serial\n\x81\n", "windows-1252", NULL, NULL, "",
      "row 2 has bytes that are not windows-1252: name the charset of the file, or save it as CSV "
      "UTF-8" },
    { "Foo;Bar\nA;b\n", NULL, NULL, NULL, "",
      "the first row has to name the columns: serial, name, key, auto_renewal and claim_code (only "
      "serial is "
      "required); the columns are \"Foo\", \"Bar\"" },
    { "serial;Farbe\nA;b\n", NULL, NULL, NULL, "",
      "column 2 is not one of serial, name, key, auto_renewal and claim_code (only serial is "
      "required): the "
      "columns are \"serial\", \"Farbe\"" },
};

TEST(a_request_describes_its_table)
{
    for (size_t i = 0; i < sizeof described / sizeof described[0]; i++) {
        struct arena arena;
        struct fault fault = { .status = STATUS_OK };
        struct import_rows rows;
        char text[128], got[256];
        const struct table_source source = {
            .bytes = text,
            .size = strlen(described[i].text),
            .charset = described[i].charset,
            .columns = described[i].columns,
            .has_header = described[i].header,
            .header = described[i].header && !strcmp(described[i].header, "yes"),
        };

        arena_init(&arena, 1024 * 1024);
        check_row(described[i].text);
        snprintf(text, sizeof text, "%s", described[i].text);
        check_int(import_read_csv(&source, &rows, &arena, &fault) == STATUS_OK,
                  described[i].reason[0] == '\0');
        check_text(fault.reason, described[i].reason);
        tell(&rows, got, sizeof got);
        check_text(got, described[i].want);
        arena_clear(&arena);
    }
}

TEST(an_import_knows_the_rows_of_the_spreadsheet)
{
    char text[] = "\r\nserial,name\r\n,,\r\nA,\"a\r\nb\"\r\n\r\nB\r\n";
    const struct table_source source = { .bytes = text, .size = strlen(text) };
    struct fault fault = { .status = STATUS_OK };
    struct import_rows rows;
    struct arena arena;

    arena_init(&arena, 1024 * 1024);
    check_int(import_read_csv(&source, &rows, &arena, &fault), STATUS_OK);
    check_int(rows.count, 2);
    check_int(rows.sheet_rows[0], 4);
    check_int(rows.sheet_rows[1], 6);
    arena_clear(&arena);
}

TEST(truth_is_read_in_the_language_of_the_spreadsheet)
{
    static const char *const pairs[][2] = {
        { "TRUE", "FALSE" },      { "WAHR", "FALSCH" },      { "VRAI", "FAUX" },
        { "PRAWDA", "FAŁSZ" },    { "VERO", "FALSO" },       { "VERDADERO", "FALSO" },
        { "WAAR", "ONWAAR" },     { "VERDADEIRO", "FALSO" }, { "SANT", "FALSKT" },
        { "SANN", "USANN" },      { "SAND", "FALSK" },       { "TOSI", "EPÄTOSI" },
        { "PRAVDA", "NEPRAVDA" }, { "IGAZ", "HAMIS" },       { "ADEVĂRAT", "FALS" },
        { "DOĞRU", "YANLIŞ" },    { "ИСТИНА", "ЛОЖЬ" },      { "ІСТИНА", "ХИБНІСТЬ" },
        { "ΑΛΗΘΗΣ", "ΨΕΥΔΗΣ" },   { "ja", "Nein" },          { "Oui", "non" },
        { "sí", "no" },           { "tak", "nie" },          { "1", "0" },
        { "Sim", "não" },         { "да", "нет" },           { "так", "ні" },
    };
    bool truth;

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        check_row(pairs[i][0]);
        check(import_read_truth(&truth, pairs[i][0]) && truth);
        check(import_read_truth(&truth, pairs[i][1]) && !truth);
    }
    check(!import_read_truth(&truth, "maybe") && !import_read_truth(&truth, "2"));
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
        const struct table_source source = { .bytes = text, .size = size };
        check_int(import_read_csv(&source, &rows, &arena, &fault),
                  extra ? STATUS_TOO_LARGE : STATUS_OK);
        check_int(rows.count, IMPORT_MOST_ROWS);
    }
    arena_clear(&arena);
}
