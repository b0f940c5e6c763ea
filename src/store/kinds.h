/*
 * kinds.h - kinds of values in statements.h without a type in C.
 *
 * The other kinds: int64 is int64_t, bool is bool, real is double, text is a NUL-terminated UTF-8
 * `const char *`. A NULL of SQL is 0 as a plain int64, bool or real, and NULL as a text.
 */
#ifndef STORE_KINDS_H
#define STORE_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `bytes`. `at` is NULL for SQL's NULL; { "", 0 } has no bytes. */
struct bytes {
    const void *at;
    size_t size;
};

/* `int64?`. Zeroed: SQL's NULL. */
struct optional_int64 {
    bool is;
    int64_t value;
};

#endif
