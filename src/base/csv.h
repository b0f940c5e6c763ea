/*
 * csv.h - reads comma-separated values (RFC 4180): quoted fields with line breaks,
 * commas and doubled quotes in them, CRLF or LF or CR at the end of a line.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stddef.h>
#include <stdint.h>

struct csv {
    char *at, *end;
    int64_t line; /* of the record that was read last, from 1 */
    int64_t next_line;
};

enum csv_result {
    CSV_RECORD,
    CSV_END,
    CSV_MALFORMED, /* a quote that never ends, or something behind its end; the line is set */
};

/* `text` is read in place and written over: fields point into it. It holds no NUL, and
 * one more byte behind its end is the reader's. A byte order mark is passed over. */
void csv_open(struct csv *csv, char *text, size_t size);

/* The next record that is no empty line. Fields beyond `room` are counted only. */
enum csv_result csv_read(struct csv *csv, char **fields, size_t room, size_t *count);

#endif
