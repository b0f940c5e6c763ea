/* csv_write.h - writes comma-separated values (RFC 4180) for people with a spreadsheet. */
#ifndef BASE_CSV_WRITE_H
#define BASE_CSV_WRITE_H

#include "base/buffer.h"

/* Writes fields with commas between them and CRLF at the end, quoted where needed. An apostrophe
 * precedes a field that a spreadsheet would read as a formula: = + - @. */
void csv_put_row(struct buffer *out, const char *const *fields, size_t count);

#endif
