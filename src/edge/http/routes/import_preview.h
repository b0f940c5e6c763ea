/* import_preview.h - a look at the list of an import before it is checked. */
#ifndef EDGE_HTTP_ROUTES_IMPORT_PREVIEW_H
#define EDGE_HTTP_ROUTES_IMPORT_PREVIEW_H

#include "base/json_write.h"
#include "edge/http/table_read.h"

/* Puts what table_look() finds into an open object: "charset", "separator", "header", "columns",
 * the first "rows" (then some with letters beyond ASCII), and "row_count".
 *   failures as table_look() and table_next() */
enum status import_preview(struct json_writer *json, const struct table_source *source,
                           struct arena *arena, struct fault *fault);

#endif
