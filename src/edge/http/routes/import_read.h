/* import_read.h - reads the rows of an import from CSV or JSON. */
#ifndef EDGE_HTTP_ROUTES_IMPORT_READ_H
#define EDGE_HTTP_ROUTES_IMPORT_READ_H

#include "base/text.h"
#include "edge/http/input.h"
#include "service/sensor/sensors_import.h"

struct import_rows {
    struct import_row *items;
    size_t count;
};

/* Reads CSV (base/csv.h) with a header: the column serial and, optionally, name, key and
 * auto_renewal ("true", "false"), in any order. An empty field counts as absent. It overwrites the
 * text, which has a writable byte after its end. A malformed row gets a code.
 *   STATUS_MALFORMED  no CSV in UTF-8; unknown_field: a column
 *   STATUS_INVALID    field_missing: no column serial; a duplicate column
 *   STATUS_TOO_LARGE  more than IMPORT_MOST_ROWS; the arena is full */
enum status import_read_csv(char *text, size_t size, struct import_rows *out, struct arena *arena,
                            struct fault *fault);

/* Reads a JSON array of objects as in POST /sensors; `fields` fill a struct sensor_request.
 *   failures as json_read_array() */
extern const struct input_field sensor_fields[]; /* of a struct sensor_request: sensor_routes.c */

enum status import_read_json(struct span text, const struct input_field *fields,
                             struct import_rows *out, struct arena *arena, struct fault *fault);

#endif
