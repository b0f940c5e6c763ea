/* device_read.h - reads the rows of the device list from a table. */
#ifndef EDGE_HTTP_ROUTES_DEVICE_READ_H
#define EDGE_HTTP_ROUTES_DEVICE_READ_H

#include "edge/http/table_read.h"
#include "service/device/devices.h"

struct device_rows {
    struct device_row *items;
    size_t count;
};

/* Reads a table (edge/http/table_read.h) with the column serial and, optionally, claim_code and
 * organization_id, in any order. A serial may be the text of a label, "serial:claim". An empty
 * field counts as absent. A malformed row gets a code.
 *   STATUS_TOO_LARGE  more than DEVICES_MOST_ROWS; the arena is full
 *   other failures as table_open() */
enum status device_read_csv(const struct table_source *source, struct device_rows *out,
                            struct arena *arena, struct fault *fault);

#endif
