/*
 * json_read.h - reads a JSON object into an input record by a table of fields.
 *
 * Only json_read.c knows which JSON library this is built with.
 */
#ifndef EDGE_HTTP_JSON_READ_H
#define EDGE_HTTP_JSON_READ_H

#include "base/text.h"
#include "edge/http/input.h"

/* `fields` NULL allows no field. An empty text counts as {}, unless a field is required.
 *   STATUS_MALFORMED  no JSON object; invalid UTF-8; a duplicate name;
 *                     unknown_field, wrong_type: the field
 *   STATUS_INVALID    field_missing, or a broken limit: the field */
enum status json_read(struct span text, const struct input_field *fields, void *record,
                      struct arena *arena, struct fault *fault);

/* Receives the record of one object of an array. `fault` is NULL or the fault of that object, whose
 * record is then incomplete. A failure ends the reading and becomes the result. */
typedef enum status json_row(void *with, const void *record, const struct fault *fault);

/* An array of objects with the same fields. */
struct json_rows {
    const struct input_field *fields;
    void *record; /* of one object; zeroed before each */
    size_t record_size;
    size_t most; /* objects */
    json_row *row;
    void *with;
};

/*   STATUS_MALFORMED  no JSON array
 *   STATUS_TOO_LARGE  more than rows->most objects */
enum status json_read_array(struct span text, const struct json_rows *rows, struct arena *arena,
                            struct fault *fault);

#endif
