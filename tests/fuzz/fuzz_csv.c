/* fuzz_csv.c - no bytes may crash csv_read() or import_read_csv(), in any charset; the fields are
 * those that a plain reader finds, and stay the same when they are written again; an import takes
 * only whole rows. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/csv.h"
#include "base/text.h"
#include "edge/http/routes/import_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROOM = 6, MOST_BYTES = 16 * 1024 };

static void
must(bool truth)
{
    if (!truth)
        abort();
}

/* Reads without writing over the text, a byte at a time. */
struct plain {
    const char *at, *end;
    char separator;
    struct buffer field;
};

static bool
plain_is(const struct plain *plain, char symbol)
{
    return plain->at < plain->end && *plain->at == symbol;
}

static bool
plain_line_ends(const struct plain *plain)
{
    return plain->at == plain->end || plain_is(plain, '\r') || plain_is(plain, '\n');
}

static bool
plain_field_ends(const struct plain *plain)
{
    return plain_line_ends(plain) || plain_is(plain, plain->separator);
}

static void
plain_skip_blanks(struct plain *plain)
{
    while (!plain_field_ends(plain) && (plain_is(plain, ' ') || plain_is(plain, '\t')))
        plain->at++;
}

/* False: a quote that never ends, or something behind its end. */
static bool
plain_field(struct plain *plain)
{
    const char *from = plain->at;

    plain->field.size = 0;
    plain_skip_blanks(plain);
    if (!plain_is(plain, '"')) {
        for (plain->at = from; !plain_field_ends(plain); plain->at++)
            buffer_append(&plain->field, plain->at, 1);
        return true;
    }
    for (plain->at++; plain->at < plain->end; plain->at++) {
        if (plain_is(plain, '"')) {
            plain->at++;
            if (!plain_is(plain, '"')) {
                plain_skip_blanks(plain);
                return plain_field_ends(plain);
            }
        }
        buffer_append(&plain->field, plain->at, 1);
    }
    return false;
}

/* The apostrophe of a guarded field is gone. */
static void
check_field(const struct plain *plain, const char *field)
{
    const char *bytes = plain->field.bytes;
    size_t size = plain->field.size, quotes = 0;

    while (quotes < size && bytes[quotes] == '\'')
        quotes++;
    bool guarded = quotes > 0 && quotes < size && memchr("=+-@\t\r", bytes[quotes], 6);
    must(strlen(field) == size - guarded);
    must(size == guarded || !memcmp(field, bytes + guarded, size - guarded));
}

static bool
plain_blank(const struct plain *plain)
{
    for (size_t i = 0; i < plain->field.size; i++)
        if (plain->field.bytes[i] != ' ' && plain->field.bytes[i] != '\t')
            return false;
    return true;
}

/* Reads a record; checks its fields, if there are some to check. False: it is malformed. */
static bool
plain_record(struct plain *plain, char *const *fields, size_t *count, bool *blank)
{
    *blank = true;
    for (*count = 0;; plain->at++) {
        if (!plain_field(plain))
            return false;
        if (fields && *count < ROOM)
            check_field(plain, fields[*count]);
        ++*count;
        *blank = *blank && plain_blank(plain);
        if (plain_is(plain, plain->separator))
            continue;
        if (plain->at < plain->end)
            plain->at +=
                plain_is(plain, '\r') && plain->at + 1 < plain->end && plain->at[1] == '\n' ? 2 : 1;
        return true;
    }
}

/* The next record of csv_read() beside the same of the plain reader. */
static void
check_record(struct plain *plain, enum csv_result result, char *const *fields, size_t count)
{
    struct plain before = *plain;
    bool blank = true, whole = true;
    size_t found = 0;

    while (blank && whole && plain->at < plain->end) {
        before = *plain;
        whole = plain_record(plain, NULL, &found, &blank);
        before.field = plain->field;
    }
    must(result == (!whole ? CSV_MALFORMED : blank ? CSV_END : CSV_RECORD));
    if (result != CSV_RECORD)
        return;
    must(found == count && plain_record(&before, fields, &found, &blank));
    plain->field = before.field;
}

/* Fields that are written and read again are the same. A row before them keeps the first one from
 * looking like a byte order mark or a line with sep=. */
static void
check_again(char *const *fields, size_t count)
{
    static const char *const heading[] = { "a", "b" };
    char *again[ROOM];
    struct buffer text;
    struct csv csv;
    size_t found;

    buffer_init(&text, 4 * MOST_BYTES);
    csv_put_row(&text, heading, 2);
    csv_put_row(&text, (const char *const *)fields, count);
    buffer_text(&text, "");
    must(!text.overflow);
    csv_open(&csv, text.bytes, text.size);
    must(csv_read(&csv, again, ROOM, &found) == CSV_RECORD && found == 2);
    must(csv_read(&csv, again, ROOM, &found) == CSV_RECORD && found == count && csv.row == 2);
    for (size_t i = 0; i < count; i++)
        must(!strcmp(again[i], fields[i]));
    must(csv_read(&csv, again, ROOM, &found) == CSV_END);
    buffer_clear(&text);
}

static void
check_csv(const char *text, char *copy, size_t size)
{
    struct plain plain;
    char *fields[ROOM];
    enum csv_result result;
    size_t count;
    int64_t row = 0;
    struct csv csv;

    must(csv_row_behind(text, size) <= (int64_t)size + 1);
    csv_open(&csv, copy, size);
    plain = (struct plain){ .at = text + (csv.at - copy),
                            .end = text + size,
                            .separator = csv.separator };
    buffer_init(&plain.field, MOST_BYTES);
    do {
        result = csv_read(&csv, fields, ROOM, &count);
        must(csv.row > row || result == CSV_END);
        row = csv.row;
        check_record(&plain, result, fields, count);
        if (result == CSV_RECORD && count <= ROOM)
            check_again(fields, count);
    } while (result == CSV_RECORD);
    must(row <= (int64_t)size + 1);
    buffer_clear(&plain.field);
}

static void
check_text(const char *text)
{
    must(!text || (*text && utf8_valid(text, strlen(text))));
}

/* The size chooses the charset, so that each of them meets each seed. */
static const char *const fuzzed_charsets[] = { NULL,           "utf-8",        "utf-16",
                                               "utf-16be",     "windows-1250", "windows-1252",
                                               "windows-1258", "iso-8859-2" };

static void
check_import(char *text, size_t size, struct arena *arena)
{
    enum { CHARSETS = sizeof fuzzed_charsets / sizeof fuzzed_charsets[0] };
    struct fault fault = { .status = STATUS_OK };
    struct import_rows rows;
    const struct table_source source = { .bytes = text,
                                         .size = size,
                                         .charset = fuzzed_charsets[size % CHARSETS],
                                         .columns = size % 3 == 1 ? "serial,,name" : NULL,
                                         .has_header = size % 5 == 1 };
    enum status status = import_read_csv(&source, &rows, arena, &fault);

    must(status == fault.status);
    must(!status || status == STATUS_MALFORMED || status == STATUS_INVALID
         || status == STATUS_TOO_LARGE);
    must(rows.count <= IMPORT_MOST_ROWS && rows.count <= size);
    for (size_t i = 0; i < rows.count; i++) {
        const struct import_row *row = &rows.items[i];
        check_text(row->request.name);
        check_text(row->request.key);
        must(!row->request.serial || utf8_valid(row->request.serial, strlen(row->request.serial)));
        must(row->request.has_auto_renewal || !row->request.auto_renewal);
        must(!row->code == !row->detail);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    const char *text = (const char *)data;

    if (size > MOST_BYTES)
        return 0;
    arena_init(&arena, 16 * 1024 * 1024);
    check_import(memcpy(arena_new(&arena, size + 1), text, size), size, &arena);
    if (!memchr(text, '\0', size))
        check_csv(text, memcpy(arena_new(&arena, size + 1), text, size), size);
    arena_clear(&arena);
    return 0;
}
