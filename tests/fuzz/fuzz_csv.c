/* fuzz_csv.c - no text may crash csv_read() or import_read_csv(); the fields are those that a plain
 * reader finds, and stay the same when they are written again; an import takes only whole rows. */
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

/* False: a quote that never ends, or something behind its end. */
static bool
plain_field(struct plain *plain)
{
    plain->field.size = 0;
    if (!plain_is(plain, '"')) {
        for (; !plain_line_ends(plain) && !plain_is(plain, ','); plain->at++)
            buffer_append(&plain->field, plain->at, 1);
        return true;
    }
    for (plain->at++; plain->at < plain->end; plain->at++) {
        if (plain_is(plain, '"')) {
            plain->at++;
            if (!plain_is(plain, '"'))
                return plain_line_ends(plain) || plain_is(plain, ',');
        }
        buffer_append(&plain->field, plain->at, 1);
    }
    return false;
}

static void
check_field(const struct plain *plain, const char *field)
{
    must(strlen(field) == plain->field.size);
    must(plain->field.size == 0 || !memcmp(field, plain->field.bytes, plain->field.size));
}

/* One record of csv_read() beside the same of the plain reader. */
static void
check_record(struct plain *plain, enum csv_result result, char *const *fields, size_t count)
{
    while (plain->at < plain->end && plain_line_ends(plain))
        plain->at++;
    must((plain->at == plain->end) == (result == CSV_END));
    for (size_t i = 0; result != CSV_END; i++) {
        if (!plain_field(plain)) {
            must(result == CSV_MALFORMED);
            return;
        }
        if (i < count && i < ROOM)
            check_field(plain, fields[i]);
        if (!plain_is(plain, ',')) {
            must(result == CSV_RECORD && count == i + 1);
            return;
        }
        plain->at++;
    }
}

static void
write_record(struct buffer *out, char *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buffer_text(out, i ? ",\"" : "\"");
        for (const char *at = fields[i]; *at; at++)
            buffer_append(out, *at == '"' ? "\"\"" : at, *at == '"' ? 2 : 1);
        buffer_text(out, "\"");
    }
    buffer_text(out, "\r\n");
}

/* Fields that are written and read again are the same. */
static void
check_again(char *const *fields, size_t count)
{
    char *again[ROOM];
    struct buffer text;
    struct csv csv;
    size_t found;

    buffer_init(&text, 4 * MOST_BYTES);
    write_record(&text, fields, count);
    must(!text.overflow);
    csv_open(&csv, text.bytes, text.size);
    must(csv_read(&csv, again, ROOM, &found) == CSV_RECORD && found == count && csv.line == 1);
    for (size_t i = 0; i < count; i++)
        must(!strcmp(again[i], fields[i]));
    must(csv_read(&csv, again, ROOM, &found) == CSV_END);
    buffer_clear(&text);
}

static void
check_csv(const char *text, char *copy, size_t size)
{
    struct plain plain = { .at = text, .end = text + size };
    char *fields[ROOM];
    enum csv_result result;
    size_t count;
    int64_t line = 0;
    struct csv csv;

    if (size >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3))
        plain.at += 3;
    buffer_init(&plain.field, MOST_BYTES);
    csv_open(&csv, copy, size);
    do {
        result = csv_read(&csv, fields, ROOM, &count);
        must(csv.line > line || (csv.line == line && result == CSV_END));
        line = csv.line;
        check_record(&plain, result, fields, count);
        if (result == CSV_RECORD && count <= ROOM)
            check_again(fields, count);
    } while (result == CSV_RECORD);
    must(line <= (int64_t)size + 1);
    buffer_clear(&plain.field);
}

static void
check_text(const char *text)
{
    must(!text || (*text && utf8_valid(text, strlen(text))));
}

static void
check_import(char *text, size_t size, struct arena *arena)
{
    struct fault fault = { .status = STATUS_OK };
    struct import_rows rows;
    enum status status = import_read_csv(text, size, &rows, arena, &fault);

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
