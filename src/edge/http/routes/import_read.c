#include "edge/http/routes/import_read.h"

#include <string.h>

#include "base/csv.h"
#include "edge/http/json_read.h"

enum column { COLUMN_SERIAL, COLUMN_NAME, COLUMN_KEY, COLUMN_AUTO_RENEWAL, COLUMN_COUNT };

static const char *const columns[COLUMN_COUNT] = { "serial", "name", "key", "auto_renewal" };

struct growing {
    struct import_rows *rows;
    size_t room;
    struct arena *arena;
};

static enum status
import_read_too_large(struct fault *fault)
{
    return fail(fault, STATUS_TOO_LARGE, "", "", "the rows need too much memory");
}

/* Adds a zeroed row. NULL: the arena is full. */
static struct import_row *
add_row(struct growing *growing)
{
    struct import_rows *rows = growing->rows;
    struct import_row *items =
        arena_grow(growing->arena, rows->items, sizeof *items, rows->count, &growing->room);

    if (!items)
        return NULL;
    rows->items = items;
    return &items[rows->count++];
}

static void
import_read_refuse(struct import_row *row, const char *code, const char *detail)
{
    row->code = code;
    row->detail = detail;
}

/* The place of each column in a record; COLUMN_COUNT: none. */
struct header {
    size_t places[COLUMN_COUNT];
    size_t count;
};

static enum status
read_name(struct header *header, const char *name, size_t place, struct fault *fault)
{
    size_t length = strlen(name), column = 0;

    text_trim(&name, &length);
    while (column < COLUMN_COUNT && !text_equal_nocase(name, length, columns[column]))
        column++;
    if (column == COLUMN_COUNT)
        return fail(fault, STATUS_MALFORMED, "unknown_field", "",
                    "column %zu is not one of serial, name, key and auto_renewal", place + 1);
    if (header->places[column] != COLUMN_COUNT)
        return fail(fault, STATUS_INVALID, "", columns[column], "the column %s appears twice",
                    columns[column]);
    header->places[column] = place;
    return STATUS_OK;
}

static enum status
no_csv(const struct csv *csv, struct fault *fault)
{
    return fail(fault, STATUS_MALFORMED, "", "",
                "line %lld: a quoted field is not closed correctly", (long long)csv->line);
}

static enum status
read_header(struct csv *csv, struct header *header, struct fault *fault)
{
    char *names[COLUMN_COUNT];
    enum csv_result result = csv_read(csv, names, COLUMN_COUNT, &header->count);

    for (size_t i = 0; i < COLUMN_COUNT; i++)
        header->places[i] = COLUMN_COUNT;
    if (result == CSV_MALFORMED)
        return no_csv(csv, fault);
    if (header->count > COLUMN_COUNT)
        return fail(fault, STATUS_MALFORMED, "unknown_field", "",
                    "there are columns other than serial, name, key and auto_renewal");
    for (size_t i = 0; i < header->count; i++) {
        enum status status = read_name(header, names[i], i, fault);
        if (status)
            return status;
    }
    if (header->places[COLUMN_SERIAL] == COLUMN_COUNT)
        return fail(fault, STATUS_INVALID, "field_missing", "serial",
                    "the first line has to name the columns, among them serial");
    return STATUS_OK;
}

/* NULL: the field is empty or absent. */
static const char *
field_of(const struct header *header, char *const *fields, enum column column)
{
    size_t place = header->places[column];

    return place < COLUMN_COUNT && *fields[place] ? fields[place] : NULL;
}

static void
import_read_fill(const struct header *header, char *const *fields, struct import_row *row)
{
    const char *renewal = field_of(header, fields, COLUMN_AUTO_RENEWAL);
    size_t length = renewal ? strlen(renewal) : 0;

    row->request = (struct sensor_request){
        .serial = field_of(header, fields, COLUMN_SERIAL),
        .name = field_of(header, fields, COLUMN_NAME),
        .key = field_of(header, fields, COLUMN_KEY),
    };
    if (row->request.serial) { /* a spreadsheet adds spaces around a serial */
        size_t size = strlen(row->request.serial);
        text_trim(&row->request.serial, &size);
        ((char *)(uintptr_t)row->request.serial)[size] = '\0';
    }
    if (renewal)
        text_trim(&renewal, &length);
    row->request.has_auto_renewal = length > 0;
    row->request.auto_renewal = length > 0 && text_equal_nocase(renewal, length, "true");
    if (length > 0 && !row->request.auto_renewal && !text_equal_nocase(renewal, length, "false"))
        import_read_refuse(row, "invalid", "auto_renewal is neither true nor false");
}

static enum status
read_records(struct csv *csv, const struct header *header, struct growing *growing,
             struct fault *fault)
{
    char *fields[COLUMN_COUNT];
    enum csv_result result;
    size_t count;

    while ((result = csv_read(csv, fields, COLUMN_COUNT, &count)) == CSV_RECORD) {
        if (growing->rows->count == IMPORT_MOST_ROWS)
            return fail(fault, STATUS_TOO_LARGE, "", "", "there are more than %d rows",
                        IMPORT_MOST_ROWS);
        struct import_row *row = add_row(growing);
        if (!row)
            return import_read_too_large(fault);
        if (count == header->count)
            import_read_fill(header, fields, row);
        else
            import_read_refuse(row, "malformed",
                               "its number of fields differs from that of the first line");
    }
    return result == CSV_MALFORMED ? no_csv(csv, fault) : STATUS_OK;
}

enum status
import_read_csv(char *text, size_t size, struct import_rows *out, struct arena *arena,
                struct fault *fault)
{
    struct growing growing = { .rows = out, .arena = arena };
    struct header header;
    struct csv csv;

    *out = (struct import_rows){ 0 };
    if (!utf8_valid(text, size) || memchr(text, '\0', size))
        return fail(fault, STATUS_MALFORMED, "", "", "the text is not UTF-8");
    csv_open(&csv, text, size);
    enum status status = read_header(&csv, &header, fault);
    return status ? status : read_records(&csv, &header, &growing, fault);
}

static enum status
import_read_add_json(void *with, const void *record, const struct fault *why)
{
    struct growing *growing = with;
    struct import_row *row = add_row(growing);

    if (!row)
        return STATUS_TOO_LARGE;
    row->request = *(const struct sensor_request *)record;
    if (!why)
        return STATUS_OK;
    const char *word = *why->code                      ? why->code
                       : why->status == STATUS_INVALID ? "invalid"
                                                       : "malformed";
    const char *code = arena_text(growing->arena, word, strlen(word));
    const char *detail = arena_text(growing->arena, why->reason, strlen(why->reason));
    import_read_refuse(row, code, detail);
    return code && detail ? STATUS_OK : STATUS_TOO_LARGE;
}

enum status
import_read_json(struct span text, const struct input_field *fields, struct import_rows *out,
                 struct arena *arena, struct fault *fault)
{
    struct growing growing = { .rows = out, .arena = arena };
    struct sensor_request request;
    const struct json_rows rows = {
        fields, &request, sizeof request, IMPORT_MOST_ROWS, import_read_add_json, &growing
    };

    *out = (struct import_rows){ 0 };
    fault->status = STATUS_OK;
    enum status status = json_read_array(text, &rows, arena, fault);
    return status && fault->status != status ? import_read_too_large(fault) : status;
}
