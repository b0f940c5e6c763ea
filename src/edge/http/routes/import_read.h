/* import_read.h - reads the rows of an import from CSV or JSON. */
#ifndef EDGE_HTTP_ROUTES_IMPORT_READ_H
#define EDGE_HTTP_ROUTES_IMPORT_READ_H

#include "base/text.h"
#include "edge/http/input.h"
#include "edge/http/table_read.h"
#include "service/sensor/sensors_import.h"

struct import_rows {
    struct import_row *items;
    size_t count;
    int64_t *sheet_rows; /* of a table: the number of each row in a spreadsheet; NULL for JSON */
};

/* Reads a table (edge/http/table_read.h) with the column serial and, optionally, name, key,
 * auto_renewal and claim_code, in any order. An empty field counts as absent. A malformed row gets
 * a code.
 *   STATUS_TOO_LARGE  more than IMPORT_MOST_ROWS; the arena is full
 *   other failures as table_open() */
enum status import_read_csv(const struct table_source *source, struct import_rows *out,
                            struct arena *arena, struct fault *fault);

extern const struct input_field sensor_fields[]; /* of a struct sensor_request: sensor_routes.c */

/* Reads a JSON array of objects as in POST /sensors; `fields` fill a struct sensor_request.
 *   failures as json_read_array() */
enum status import_read_json(struct span text, const struct input_field *fields,
                             struct import_rows *out, struct arena *arena, struct fault *fault);

#endif
