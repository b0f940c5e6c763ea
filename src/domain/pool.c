#include "domain/pool.h"

#include <string.h>

#include "base/text.h"

const char *const pool_order_words[] = {
    [POOL_OLDEST_FIRST] = "oldest_first",
    [POOL_SHORTEST_FIRST] = "shortest_first",
    [POOL_LONGEST_FIRST] = "longest_first",
};
_Static_assert(sizeof pool_order_words / sizeof pool_order_words[0] == POOL_ORDER_COUNT,
               "an order has no word");

struct candidate {
    const struct pool_key *key;
    utc_seconds end; /* of a license that starts now; 0 if the order does not need it */
};

static bool
goes_before(const struct candidate *a, const struct candidate *b, enum pool_order order)
{
    if (a->end != b->end)
        return order == POOL_LONGEST_FIRST ? a->end > b->end : a->end < b->end;
    if (a->key->redemption != b->key->redemption)
        return a->key->redemption < b->key->redemption;
    return strcmp(a->key->key, b->key->key) < 0;
}

size_t
pool_pick(const struct pool_key *keys, size_t count, enum pool_order order, utc_seconds now,
          const struct zone *zone)
{
    struct candidate best = { NULL, 0 };
    size_t picked = SIZE_MAX;

    for (size_t i = 0; i < count; i++) {
        if (keys[i].left <= 0)
            continue;
        struct candidate next = { &keys[i], 0 };
        if (order != POOL_OLDEST_FIRST)
            next.end = term_end(keys[i].term, now, zone);
        if (picked == SIZE_MAX || goes_before(&next, &best, order)) {
            best = next;
            picked = i;
        }
    }
    return picked;
}

bool
pool_order_parse(enum pool_order *out, const char *text, size_t length)
{
    size_t place = text_find_word(pool_order_words, POOL_ORDER_COUNT, text, length);

    if (place == POOL_ORDER_COUNT)
        return false;
    *out = (enum pool_order)place;
    return true;
}
