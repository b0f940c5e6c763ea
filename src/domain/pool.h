/* pool.h - chooses the key that gives the next license. */
#ifndef DOMAIN_POOL_H
#define DOMAIN_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/zone.h"
#include "domain/term.h"

enum pool_order {
    POOL_OLDEST_FIRST, /* by redemption; the default */
    POOL_SHORTEST_FIRST,
    POOL_LONGEST_FIRST,
    POOL_ORDER_COUNT
};

struct pool_key {
    int64_t id;
    const char *key; /* its text; breaks the last tie */
    struct term term;
    int64_t redemption;    /* ascending in the order of redemption; not a time */
    int64_t left;          /* unassigned licenses */
    const char *term_text; /* NULL if no caller needs it */
};

/* The index of the key; SIZE_MAX: no key has a license left. Terms are compared by the end of a
 * license that starts now; ties go by redemption. */
size_t pool_pick(const struct pool_key *keys, size_t count, enum pool_order order, utc_seconds now,
                 const struct zone *zone);

/* "oldest_first", "shortest_first", "longest_first". */
extern const char *const pool_order_words[POOL_ORDER_COUNT];
bool pool_order_parse(enum pool_order *out, const char *text, size_t length);

#endif
