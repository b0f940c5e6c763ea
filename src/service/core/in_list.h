/* in_list.h - fills the array of a generated statement, such as `int64[128]` (IN (:ids)). */
#ifndef SERVICE_CORE_IN_LIST_H
#define SERVICE_CORE_IN_LIST_H

#include <stddef.h>
#include <stdint.h>

/* The array has a fixed length: its rest repeats the last of the `count` ids, which is at least one
 * and at most `length`. */
static inline void
in_list_fill(int64_t *list, size_t length, const int64_t *ids, size_t count)
{
    for (size_t i = 0; i < length; i++)
        list[i] = ids[i < count ? i : count - 1];
}

#endif
