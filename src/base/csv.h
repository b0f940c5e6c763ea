/*
 * csv.h - reads and writes comma-separated values (RFC 4180): quoted fields may contain line
 * breaks, commas and doubled quotes; lines end with CRLF, LF or CR.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct csv {
    char *at, *end;
    int64_t line; /* of the last record, from 1 */
    int64_t next_line;
};

enum csv_result {
    CSV_RECORD,
    CSV_END,
    CSV_MALFORMED, /* an unclosed quote, or text after a closing one; sets the line */
};

/* Reads `text` in place and overwrites it: fields point into it. It contains no NUL, and the byte
 * after its end is writable. A byte order mark is skipped. */
void csv_open(struct csv *csv, char *text, size_t size);

/* Reads the next record; skips empty lines. Counts fields beyond `room` without keeping them. */
enum csv_result csv_read(struct csv *csv, char **fields, size_t room, size_t *count);

/* Writes fields with commas between them and CRLF at the end, quoted where needed. An apostrophe
 * precedes a field that a spreadsheet would read as a formula: = + - @. */
void csv_put_row(struct buffer *out, const char *const *fields, size_t count);

#endif
