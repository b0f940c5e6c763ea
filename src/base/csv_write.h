/* csv_write.h - writes comma-separated values (RFC 4180) for people with a spreadsheet. */
#ifndef BASE_CSV_WRITE_H
#define BASE_CSV_WRITE_H

#include "base/buffer.h"

/* Fields with commas between them and CRLF behind, quoted where they must be. A spreadsheet would
 * take a field that begins with = + - @ for a formula: an apostrophe goes before it. */
void csv_put_row(struct buffer *out, const char *const *fields, size_t count);

#endif
