/* What csv_put_row() writes, and that csv_read() restores it: tests/vectors/csv.jsonl, which the
 * writer of the pages passes, too. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "support/check.h"

enum { ROOM = 4 };

static size_t
fields_of(json_t *vector, const char *fields[ROOM])
{
    json_t *list = json_object_get(vector, "fields");
    size_t count = json_array_size(list);

    for (size_t i = 0; i < count && i < ROOM; i++)
        fields[i] = json_string_value(json_array_get(list, i));
    return count < ROOM ? count : ROOM;
}

static void
check_row_again(struct buffer *out, const char *const *fields, size_t count)
{
    struct csv csv;
    char *read[ROOM];
    size_t found;

    csv_open(&csv, out->bytes, out->size);
    check_int(csv_read(&csv, read, ROOM, &found), CSV_RECORD);
    check_int(found, count);
    for (size_t i = 0; i < count && i < found; i++)
        check_text(read[i], fields[i]);
    check_int(csv_read(&csv, read, ROOM, &found), CSV_END);
}

TEST(csv_rows_are_written_as_the_vectors_say)
{
    const char *path = getenv("CSV_VECTORS");
    FILE *file = fopen(path ? path : "tests/vectors/csv.jsonl", "r");
    char line[4096];
    int rows = 0;

    check(file);
    while (file && fgets(line, sizeof line, file)) {
        json_t *vector = json_loads(line, 0, NULL);
        const char *fields[ROOM];
        size_t count = fields_of(vector, fields);
        struct buffer out;
        check_row(line);
        buffer_init(&out, 1000);
        csv_put_row(&out, fields, count);
        buffer_text(&out, "");
        check_text(out.bytes, json_string_value(json_object_get(vector, "written")));
        check_row_again(&out, fields, count);
        buffer_clear(&out);
        json_decref(vector);
        rows++;
    }
    check(rows > 30);
    if (file)
        fclose(file);
}
