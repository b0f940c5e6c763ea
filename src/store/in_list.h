/* in_list.h - fills the fixed arrays behind IN (:ids) in sql/queries. */
#ifndef STORE_IN_LIST_H
#define STORE_IN_LIST_H

#include <stddef.h>
#include <stdint.h>

/* Copies as many of the `count` ids as the array takes, and repeats the last one in what is left.
 * `count` is at least 1. Returns how many it copied. */
#define IN_LIST_FILL(array, ids, count)                                                            \
    in_list_fill(array, sizeof(array) / sizeof *(array), ids, count)

static inline size_t
in_list_fill(int64_t *array, size_t room, const int64_t *ids, size_t count)
{
    size_t copied = count < room ? count : room;

    for (size_t i = 0; i < room; i++)
        array[i] = ids[i < copied ? i : copied - 1];
    return copied;
}

#endif
