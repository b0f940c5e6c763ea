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

#endif
