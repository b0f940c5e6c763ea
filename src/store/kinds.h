/*
 * kinds.h - the kinds of values in statements.h that C has no type for.
 *
 * The others: int64 is int64_t, bool is bool, real is double, text is a
 * NUL-terminated UTF-8 `const char *`, where NULL is SQL's NULL. A NULL read
 * into a plain int64, bool or real is 0.
 */
#ifndef STORE_KINDS_H
#define STORE_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `bytes`. `at` NULL is SQL's NULL; no bytes at all are { "", 0 }. */
struct bytes {
    const void *at;
    size_t size;
};

/* `int64?`. Zeroed it is SQL's NULL; `value` is 0 then. */
struct optional_int64 {
    bool is;
    int64_t value;
};

#endif
