/*
 * csv.h - reads and writes the tables of spreadsheets (RFC 4180, and what spreadsheets make of it).
 *
 * Fields stand between commas, semicolons or tabs. Quoted ones may contain line breaks, separators
 * and doubled quotes. Lines end with CRLF, LF or CR. tests/vectors/csv.jsonl holds the writers of
 * this program and of its pages (web/src/csv.ts) to what the reader takes.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct csv {
    char *at, *end;
    char separator;
    /* Of the last record, from 1, as a spreadsheet counts its rows: empty ones count, and a line
     * break in a field does not. */
    int64_t row;
};

enum csv_result {
    CSV_RECORD,
    CSV_END,
    CSV_MALFORMED, /* an unclosed quote, or text after a closing one; sets the row */
};

/* Reads `text` in place and overwrites it: fields point into it. It contains no NUL, and the byte
 * after its end is writable. A byte order mark is skipped. A first line such as "sep=;" sets the
 * separator. Otherwise it is the one that stands in all of the first rows, most often. */
void csv_open(struct csv *csv, char *text, size_t size);

/* Reads the next record; skips those whose fields are all blank. Spaces around quotes are dropped,
 * and the apostrophe that csv_put_row() adds. Counts fields beyond `room` without keeping them. */
enum csv_result csv_read(struct csv *csv, char **fields, size_t room, size_t *count);

/* The row of the byte behind `text`, the beginning of a file, as csv.row counts. */
int64_t csv_row_behind(const char *text, size_t size);

/* Spreadsheets take a file for UTF-8 that begins with it. */
#define CSV_MARK "\xEF\xBB\xBF"

/* Writes fields with commas between them and CRLF at the end, quoted where needed. An apostrophe
 * precedes a field that a spreadsheet would read as a formula: one that begins with = + - @, a tab
 * or a CR, also behind apostrophes. So csv_read() restores every text. */
void csv_put_row(struct buffer *out, const char *const *fields, size_t count);

#endif
