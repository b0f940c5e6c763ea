#include "edge/http/table_read.h"

#include <stdio.h>
#include <string.h>

#include "base/charset.h"
#include "base/text.h"
#include "edge/http/request.h"
#include "edge/http/table_columns.h"

static enum status
table_too_large(struct fault *fault)
{
    return fail(fault, STATUS_TOO_LARGE, "", "", "the rows need too much memory");
}

void
table_source_set_body(struct table_source *source, struct http_request *http)
{
    buffer_text(&http->body, ""); /* the reader writes to the byte after the body */
    source->bytes = http->body.bytes;
    source->size = http->body.size;
    source->charset = http_content_charset(http);
}

/* Files that people send in place of a table. NULL: none of them. */
static const char *
other_file(const struct table_source *source)
{
    static const struct {
        const char *begin, *what;
    } kinds[] = {
        { "PK\x03\x04", "an Excel workbook" },
        { "\xD0\xCF\x11\xE0", "an old Excel workbook" },
        { "%PDF", "a PDF document" },
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (source->size > 4 && !memcmp(source->bytes, kinds[i].begin, 4))
            return kinds[i].what;
    return NULL;
}

static enum status
refuse_bytes(const struct charset_text *read, const char *named, struct fault *fault)
{
    long long row = (long long)csv_row_behind(read->bytes, read->size);

    bool marked = strcmp(read->charset, "utf-8") != 0; /* by its first bytes */
    if (named || marked)
        return fail(fault, STATUS_MALFORMED, "", "charset",
                    "row %lld has bytes that are not %s: name the charset of the file, or save it "
                    "as CSV UTF-8",
                    row, read->charset);
    return fail(fault, STATUS_MALFORMED, "", "charset",
                "row %lld has bytes that are not UTF-8: name the charset of the file, such as "
                "Content-Type: text/csv; charset=windows-1252, or save it as CSV UTF-8",
                row);
}

/* Fills table->csv and table->charset. */
static enum status
table_decode(struct table *table, const struct table_source *source, struct arena *arena,
             struct fault *fault)
{
    struct charset_text text, bytes = { source->bytes, source->size, NULL };
    const char *other = other_file(source);

    if (other)
        return fail(fault, STATUS_MALFORMED, "", "", "the file is %s: save it as CSV UTF-8", other);
    enum charset_result result = charset_read(&text, bytes, source->charset, arena);
    if (result == CHARSET_UNKNOWN)
        return fail(fault, STATUS_MALFORMED, "unsupported_media_type", "charset",
                    "the charset is not one of %s", charset_names);
    if (result == CHARSET_TOO_LARGE)
        return table_too_large(fault);
    if (result == CHARSET_BROKEN)
        return refuse_bytes(&text, source->charset, fault);
    table->charset = text.charset;
    csv_open(&table->csv, text.bytes, text.size);
    return STATUS_OK;
}

static enum status
table_read_row(struct table *table, bool *more, struct fault *fault)
{
    enum csv_result result =
        csv_read(&table->csv, table->fields, TABLE_MOST_COLUMNS, &table->count);

    *more = result == CSV_RECORD;
    if (result == CSV_MALFORMED)
        return fail(fault, STATUS_MALFORMED, "", "",
                    "row %lld: a quoted field is not closed correctly", (long long)table->csv.row);
    return STATUS_OK;
}

static size_t
kept_fields(const struct table *table)
{
    return table->count < TABLE_MOST_COLUMNS ? table->count : TABLE_MOST_COLUMNS;
}

static void
measure_first_row(struct table *table)
{
    table->width = kept_fields(table);
    while (table->width > 0
           && !table->fields[table->width - 1][strspn(table->fields[table->width - 1], " \t")])
        table->width--;
}

/* Does the first row have a value of the first column? Then it is data. */
static bool
begins_with_data(const struct table *table)
{
    const struct table_form *form = table->form;

    for (size_t i = 0; i < table->width; i++)
        if (form->is_first(table->fields[i]))
            return true;
    return false;
}

static enum status
table_begin(struct table *table, const struct table_source *source, struct arena *arena,
            struct fault *fault)
{
    bool more;

    table->fields = arena_new(arena, TABLE_MOST_COLUMNS * sizeof *table->fields);
    table->meaning = arena_new(arena, TABLE_MOST_COLUMNS * sizeof *table->meaning);
    if (!table->fields || !table->meaning)
        return table_too_large(fault);
    enum status status = table_read_row(table, &more, fault);
    if (status)
        return status;
    measure_first_row(table);
    table->header = source->has_header ? source->header : !begins_with_data(table);
    table->first_waits = more && !table->header;
    for (size_t i = 0; i < TABLE_MOST_COLUMNS; i++)
        table->meaning[i] = TABLE_NO_COLUMN;
    return STATUS_OK;
}

enum status
table_look(struct table *table, const struct table_form *form, const struct table_source *source,
           struct arena *arena, struct fault *fault)
{
    *table = (struct table){ .form = form };
    enum status status = table_decode(table, source, arena, fault);
    if (!status)
        status = table_begin(table, source, arena, fault);
    if (status)
        return status;
    if (source->columns)
        return table_columns_listed(table, source->columns, fault);
    table_columns_guess(table);
    return STATUS_OK;
}

enum status
table_open(struct table *table, const struct table_form *form, const struct table_source *source,
           struct arena *arena, struct fault *fault)
{
    enum status status = table_look(table, form, source, arena, fault);

    return status ? status : table_columns_check(table, source->columns != NULL, fault);
}

enum status
table_next(struct table *table, bool *more, struct fault *fault)
{
    *more = table->first_waits;
    table->first_waits = false;
    return *more ? STATUS_OK : table_read_row(table, more, fault);
}

const char *
table_value(const struct table *table, int column)
{
    for (size_t i = 0; i < table->width && i < kept_fields(table); i++) {
        if (table->meaning[i] != column)
            continue;
        const char *value = table->fields[i];
        size_t length = strlen(value);
        text_trim(&value, &length);
        ((char *)(uintptr_t)value)[length] = '\0';
        return length > 0 ? value : NULL;
    }
    return NULL;
}

bool
table_overflows(const struct table *table)
{
    if (table->count > TABLE_MOST_COLUMNS)
        return true;
    for (size_t i = table->width; i < table->count; i++)
        if (table->fields[i][strspn(table->fields[i], " \t")])
            return true;
    return false;
}
