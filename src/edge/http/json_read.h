/*
 * json_read.h - reads a JSON object into an input record by a table of fields.
 *
 * Only json_read.c knows which JSON library this is built with.
 */
#ifndef EDGE_HTTP_JSON_READ_H
#define EDGE_HTTP_JSON_READ_H

#include "edge/http/input.h"

/* `fields` may be NULL: no field may be there. No text at all is as good as {},
 * unless a field is required.
 *   STATUS_MALFORMED  no JSON object; invalid UTF-8; a name that stands twice;
 *                     unknown_field, wrong_type: the field
 *   STATUS_INVALID    field_missing, or a limit is broken: the field */
enum status json_read(const char *text, size_t size, const struct input_field *fields, void *record,
                      struct arena *arena, struct fault *fault);

/* Told of each object of an array: its record, or the fault that json_read() would have
 * given, with a record that is filled in part. Anything but STATUS_OK stops and becomes the
 * result. */
typedef enum status json_row(void *with, const void *record, const struct fault *fault);

/* Reads an array of objects of the same fields; the record is zeroed before each. `room` is for
 * one record.
 *   STATUS_MALFORMED  no JSON array, or not one that can be read
 *   STATUS_TOO_LARGE  more than `most` items */
enum status json_read_array(const char *text, size_t size, const struct input_field *fields,
                            void *room, size_t record_size, size_t most, struct arena *arena,
                            json_row *row, void *with, struct fault *fault);

#endif
