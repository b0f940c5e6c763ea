#include "edge/http/routes/import_read.h"

#include <string.h>

#include "edge/http/json_read.h"
#include "edge/http/routes/import_words.h"

struct growing {
    struct import_rows *rows;
    size_t room, sheet_room;
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

static void
import_read_fill(const struct table *table, struct import_row *row)
{
    const char *renewal = table_value(table, IMPORT_AUTO_RENEWAL);

    row->request = (struct sensor_request){
        .serial = table_value(table, IMPORT_SERIAL),
        .name = table_value(table, IMPORT_NAME),
        .key = table_value(table, IMPORT_KEY),
        .claim_code = table_value(table, IMPORT_CLAIM_CODE),
        .has_auto_renewal = renewal != NULL,
    };
    if (renewal && !import_read_truth(&row->request.auto_renewal, renewal))
        import_read_refuse(row, "invalid", "auto_renewal is neither true nor false");
}

/* Adds the row that the table has read. */
static enum status
import_read_add(const struct table *table, struct growing *growing, struct fault *fault)
{
    struct import_rows *rows = growing->rows;

    if (rows->count == IMPORT_MOST_ROWS)
        return fail(fault, STATUS_TOO_LARGE, "", "", "there are more than %d rows",
                    IMPORT_MOST_ROWS);
    rows->sheet_rows = arena_grow(growing->arena, rows->sheet_rows, sizeof *rows->sheet_rows,
                                  rows->count, &growing->sheet_room);
    struct import_row *row = rows->sheet_rows ? add_row(growing) : NULL;
    if (!row)
        return import_read_too_large(fault);
    rows->sheet_rows[rows->count - 1] = table->csv.row;
    import_read_fill(table, row);
    if (table_overflows(table))
        import_read_refuse(row, "malformed", "it has more fields than the first row");
    return STATUS_OK;
}

enum status
import_read_csv(const struct table_source *source, struct import_rows *out, struct arena *arena,
                struct fault *fault)
{
    struct growing growing = { .rows = out, .arena = arena };
    struct table table;
    bool more = true;

    *out = (struct import_rows){ 0 };
    enum status status = table_open(&table, &import_form, source, arena, fault);
    while (!status && more) {
        status = table_next(&table, &more, fault);
        if (!status && more)
            status = import_read_add(&table, &growing, fault);
    }
    return status;
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
