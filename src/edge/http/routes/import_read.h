/* import_read.h - the rows of an import, out of CSV or JSON. */
#ifndef EDGE_HTTP_ROUTES_IMPORT_READ_H
#define EDGE_HTTP_ROUTES_IMPORT_READ_H

#include "base/text.h"
#include "edge/http/input.h"
#include "service/sensor/sensors_import.h"

struct import_rows {
    struct import_row *items;
    size_t count;
};

/* CSV (base/csv.h) with a header: the columns serial, and if wished name, key and auto_renewal
 * ("true", "false"), in any order; an empty field is none. The text is written over, and holds
 * one more byte behind its end. A row whose form is wrong has its code.
 *   STATUS_MALFORMED  no CSV in UTF-8; unknown_field: a column
 *   STATUS_INVALID    field_missing: no column serial, a column that stands twice
 *   STATUS_TOO_LARGE  more than IMPORT_MOST_ROWS; the arena is full */
enum status import_read_csv(char *text, size_t size, struct import_rows *out, struct arena *arena,
                            struct fault *fault);

/* A JSON array of the objects of POST /sensors, whose `fields` write a struct sensor_request.
 *   failures as json_read_array() */
enum status import_read_json(struct span text, const struct input_field *fields,
                             struct import_rows *out, struct arena *arena, struct fault *fault);

#endif
