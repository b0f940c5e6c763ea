/*
 * statement.h - runs one generated statement: C struct in, C struct out.
 *
 * Only generated code, the drivers and tests include this. The functions fail as driver.h says.
 */
#ifndef STORE_STATEMENT_H
#define STORE_STATEMENT_H

#include <stdbool.h>

#include "store/db.h"
#include "store/driver.h"
#include "store/kinds.h"

/* The place of a column or parameter in its C struct. */
struct cell {
    size_t offset;
    enum value_kind kind;
    size_t count;  /* 1, or the length of an array: that many parameters */
    bool optional; /* a struct optional_int64 */
};

struct statement {
    const char *name;          /* as in sql/queries; shows in logs */
    int number;                /* its place in a connection's cache; STATEMENT_UNCACHED */
    const char *sqlite;        /* text with ?1, ?2 */
    const char *postgres;      /* text with $1, $2 */
    const char *postgres_many; /* inserts many_rows rows; NULL: there is no such text */
    size_t many_rows;
    const struct cell *in;
    size_t in_count;
    size_t in_size;         /* bytes of the in struct */
    size_t parameter_count; /* each item of an array counts */
    const struct cell *out;
    size_t out_count;
    size_t out_size; /* bytes of the out struct */
    bool streams;    /* passes rows on as they come; there may be many */
};

enum { STATEMENT_UNCACHED = -1, STATEMENT_MAX_PARAMETERS = 512, STATEMENT_MAX_COLUMNS = 64 };

typedef enum status statement_row(void *with, const void *row, struct fault *fault);

/* The kind of the n-th parameter; each item of an array counts. */
enum value_kind statement_parameter_kind(const struct statement *statement, size_t n);

/* Exactly one row, or STATUS_NOT_FOUND. Texts and bytes live in db->arena;
 * STATUS_TOO_LARGE when they do not fit there (so too in the next two). */
enum status statement_one(struct db *db, const struct statement *statement, const void *in,
                          void *out);

/* At most one row. Without a row, *found is false and *out is unchanged. */
enum status statement_maybe(struct db *db, const struct statement *statement, const void *in,
                            void *out, bool *found);

/* Any number of rows: an array in db->arena, NULL without rows. */
enum status statement_many(struct db *db, const struct statement *statement, const void *in,
                           void **out, size_t *count);

/* statement_each() fills `record` with a row and calls row(with, record). */
struct statement_rows {
    void *record;
    statement_row *row;
    void *with;
};

/* Any number of rows, one at a time. The texts and bytes of a row live until rows->row() returns,
 * which must not use the same store. Its failure ends the statement and becomes the result. */
enum status statement_each(struct db *db, const struct statement *statement, const void *in,
                           const struct statement_rows *rows);

/* No rows. *changed is the number of rows that the statement changed; `changed` may be NULL. */
enum status statement_exec(struct db *db, const struct statement *statement, const void *in,
                           int64_t *changed);

/* The same for an array of `count` in structs; *changed is the sum. Call it in a write transaction
 * and roll back after a failure. */
enum status statement_batch(struct db *db, const struct statement *statement, const void *rows,
                            size_t count, int64_t *changed);

#endif
