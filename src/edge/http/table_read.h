/*
 * table_read.h - reads the table of a spreadsheet by the names of its columns.
 *
 * The bytes may be in any charset of base/charset.h, with any separator of base/csv.h. The words of
 * other systems name a column, too ("Serial number", "Seriennummer"). A table without such words
 * may begin with its first row of data.
 */
#ifndef EDGE_HTTP_TABLE_READ_H
#define EDGE_HTTP_TABLE_READ_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/status.h"

struct http_request;

enum { TABLE_MOST_COLUMNS = 256, TABLE_NO_COLUMN = -1 };

/* Another name of a column, folded (base/unicode.h), of ASCII letters and digits alone. Of words
 * for one column, the first that a table has names it. */
struct table_word {
    const char *word;
    int column; /* TABLE_NO_COLUMN: the column is passed over */
};

struct table_form {
    const char *const *columns; /* their names; the first one has to be there */
    int column_count;
    const struct table_word *words;
    size_t word_count;
    const char *wanted;                 /* "serial and, optionally, name" */
    bool (*is_first)(const char *text); /* is it a value of the first column? */
};

/* A table as it arrives, with what the request says of it: NULL and false where it says nothing. */
struct table_source {
    char *bytes; /* overwritten; the byte after the end is writable */
    size_t size;
    const char *charset;
    const char *columns; /* "serial,,name": a column each, "" for one that is passed over */
    bool has_header, header;
};

/* Sets the bytes and the charset from the body of a request. */
void table_source_set_body(struct table_source *source, struct http_request *http);

struct table {
    struct csv csv;
    const struct table_form *form;
    const char *charset;
    bool header;      /* the first row names the columns */
    size_t width;     /* fields of the first row, without empty ones at its end */
    int *meaning;     /* for each of them: the column, or TABLE_NO_COLUMN */
    char **fields;    /* of the last row that was read */
    size_t count;     /* of them; what stands beyond TABLE_MOST_COLUMNS is not kept */
    bool first_waits; /* the first row was read, and is data */
};

/* Reads the first row. The table lives as long as the source and the arena.
 *   STATUS_MALFORMED  no table; field "charset": its bytes are of another charset;
 *                     unsupported_media_type: the charset is unknown; unknown_field: a column
 *   STATUS_INVALID    field_missing: the first column of the form; a column that appears twice
 *   STATUS_TOO_LARGE  the arena is full */
enum status table_open(struct table *table, const struct table_form *form,
                       const struct table_source *source, struct arena *arena, struct fault *fault);

/* The same for a look at it: a column may be unknown, missing, or appear twice. */
enum status table_look(struct table *table, const struct table_form *form,
                       const struct table_source *source, struct arena *arena, struct fault *fault);

/* Reads the next row into table->fields; *more is false behind the last one. table->csv.row is its
 * number.
 *   STATUS_MALFORMED  a quoted field is not closed */
enum status table_next(struct table *table, bool *more, struct fault *fault);

/* The value of a column in the row, without spaces around it. NULL: it is empty or absent. */
const char *table_value(const struct table *table, int column);

/* Does a value stand beyond the columns of the first row? */
bool table_overflows(const struct table *table);

#endif
