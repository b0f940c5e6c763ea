/*
 * json_read.h - reads a JSON object into an input record by a table of fields.
 *
 * Only json_read.c knows which JSON library this is built with.
 */
#ifndef EDGE_HTTP_JSON_READ_H
#define EDGE_HTTP_JSON_READ_H

#include "base/text.h"
#include "edge/http/input.h"

/* `fields` may be NULL: no field may be there. No text at all is as good as {},
 * unless a field is required.
 *   STATUS_MALFORMED  no JSON object; invalid UTF-8; a name that stands twice;
 *                     unknown_field, wrong_type: the field
 *   STATUS_INVALID    field_missing, or a limit is broken: the field */
enum status json_read(struct span text, const struct input_field *fields, void *record,
                      struct arena *arena, struct fault *fault);

/* Gets the record of each object of an array. `fault` is NULL, or the fault that json_read() would
 * have given; then the record is filled in part. A failure stops the array and becomes the
 * result. */
typedef enum status json_row(void *with, const void *record, const struct fault *fault);

/* How to read an array of objects of the same fields. */
struct json_rows {
    const struct input_field *fields;
    void *record; /* room for one; zeroed before each object */
    size_t record_size;
    size_t most; /* objects */
    json_row *row;
    void *with;
};

/*   STATUS_MALFORMED  no JSON array, or not one that can be read
 *   STATUS_TOO_LARGE  more than rows->most objects */
enum status json_read_array(struct span text, const struct json_rows *rows, struct arena *arena,
                            struct fault *fault);

#endif
