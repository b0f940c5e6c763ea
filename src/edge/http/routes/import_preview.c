#include "edge/http/routes/import_preview.h"

#include <string.h>

#include "base/text.h"
#include "edge/http/routes/import_words.h"

enum { ROWS_SHOWN = 20, FOREIGN_SHOWN = 10, COLUMNS_SHOWN = 50, FIELD_SHOWN_BYTES = 200 };

/* At most FIELD_SHOWN_BYTES of a field, in whole characters. */
static void
preview_field(struct json_writer *json, char *field)
{
    size_t length = strlen(field), shown = 0;

    while (shown < length) {
        size_t bytes = utf8_character(field + shown, length - shown);
        if (bytes == 0 || shown + bytes > FIELD_SHOWN_BYTES)
            break;
        shown += bytes;
    }
    field[shown] = '\0';
    json_text(json, field);
}

static size_t
preview_width(const struct table *table)
{
    return table->width < COLUMNS_SHOWN ? table->width : COLUMNS_SHOWN;
}

static void
preview_columns(struct json_writer *json, const struct table *table)
{
    json_put_array_open(json, "columns");
    for (size_t i = 0; i < preview_width(table); i++) {
        int meaning = table->meaning[i];
        json_object_open(json);
        json_key(json, "header");
        if (table->header && i < table->count)
            preview_field(json, table->fields[i]);
        else
            json_write_null(json);
        json_put_text(json, "column", meaning >= 0 ? table->form->columns[meaning] : NULL);
        json_object_close(json);
    }
    json_array_close(json);
}

/* Has the row letters that another charset would change? */
static bool
preview_is_foreign(const struct table *table)
{
    for (size_t i = 0; i < table->count && i < TABLE_MOST_COLUMNS; i++)
        if (!text_is_ascii(table->fields[i], strlen(table->fields[i])))
            return true;
    return false;
}

static void
preview_row(struct json_writer *json, const struct table *table)
{
    json_object_open(json);
    json_put_int64(json, "sheet_row", table->csv.row);
    json_put_array_open(json, "fields");
    for (size_t i = 0; i < preview_width(table) && i < table->count; i++)
        preview_field(json, table->fields[i]);
    json_array_close(json);
    json_object_close(json);
}

/* The first rows, and the first of the others that show whether the charset is the right one. */
static enum status
preview_rows(struct json_writer *json, struct table *table, struct fault *fault)
{
    int64_t count = 0, foreign = 0;
    bool more = true;
    enum status status = STATUS_OK;

    json_put_array_open(json, "rows");
    while (!status && more) {
        status = table_next(table, &more, fault);
        if (status || !more)
            break;
        if (count++ < ROWS_SHOWN
            || (foreign < FOREIGN_SHOWN && preview_is_foreign(table) && ++foreign))
            preview_row(json, table);
    }
    json_array_close(json);
    json_put_int64(json, "row_count", count);
    return status;
}

enum status
import_preview(struct json_writer *json, const struct table_source *source, struct arena *arena,
               struct fault *fault)
{
    struct table table;
    enum status status = table_look(&table, &import_form, source, arena, fault);

    if (status)
        return status;
    json_put_text(json, "charset", table.charset);
    json_put_text(json, "separator", (char[]){ table.csv.separator, '\0' });
    json_put_bool(json, "header", table.header);
    preview_columns(json, &table);
    return preview_rows(json, &table, fault);
}
