/* table_columns.h - which column of a table means what; part of table_read.h. */
#ifndef EDGE_HTTP_TABLE_COLUMNS_H
#define EDGE_HTTP_TABLE_COLUMNS_H

#include "edge/http/table_read.h"

/* Sets the meanings from the names in the first row. Without a header, the first value that
 * form->is_first() accepts is of the first column, or else the first value; the one beside it is of
 * the second. */
void table_columns_guess(struct table *table);

/* Sets the meanings as a request lists them.
 *   STATUS_MALFORMED  unknown_field */
enum status table_columns_listed(struct table *table, const char *list, struct fault *fault);

/* Can the rows be read? A column that the request lists may be passed over.
 *   STATUS_MALFORMED  unknown_field
 *   STATUS_INVALID    field_missing; a column appears twice */
enum status table_columns_check(const struct table *table, bool listed, struct fault *fault);

#endif
