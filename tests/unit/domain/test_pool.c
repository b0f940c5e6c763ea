#include "domain/pool.h"
#include "support/check.h"
#include "support/moment.h"

#define DAYS(n)                                                                                    \
    {                                                                                              \
        n, TERM_DAYS                                                                               \
    }
#define MONTHS(n)                                                                                  \
    {                                                                                              \
        n, TERM_MONTHS                                                                             \
    }
#define YEARS(n)                                                                                   \
    {                                                                                              \
        n, TERM_YEARS                                                                              \
    }

/*                                   id  key  term        redeemed left */
static const struct pool_key keys[] = {
    { 1, "B", YEARS(1), 200, 5, NULL },   { 2, "A", YEARS(1), 200, 5, NULL },
    { 3, "C", YEARS(2), 100, 0, NULL }, /* the oldest, empty */
    { 4, "D", MONTHS(12), 150, 5, NULL }, { 5, "E", YEARS(3), 300, 5, NULL },
    { 6, "F", DAYS(28), 400, 5, NULL },   { 7, "G", MONTHS(1), 350, 5, NULL },
};
enum { KEYS = sizeof keys / sizeof keys[0] };

TEST(pool_picks_by_order_then_age_then_key)
{
    static const struct {
        const char *row;
        size_t count;
        enum pool_order order;
        const char *now;
        int64_t want; /* the key's id */
    } rows[] = {
        { "oldest, not the empty one", KEYS, POOL_OLDEST_FIRST, "2027-03-01T00:00:00Z", 4 },
        { "oldest, a tie goes by key", 2, POOL_OLDEST_FIRST, "2027-03-01T00:00:00Z", 2 },
        { "shortest, by the end it gives now", KEYS, POOL_SHORTEST_FIRST, "2027-03-01T00:00:00Z",
          6 },
        { "shortest, in February a month is 28 days: the older", KEYS, POOL_SHORTEST_FIRST,
          "2027-02-01T00:00:00Z", 7 },
        { "longest", KEYS, POOL_LONGEST_FIRST, "2027-03-01T00:00:00Z", 5 },
        { "longest, a tie goes by age", 4, POOL_LONGEST_FIRST, "2027-03-01T00:00:00Z", 4 },
        { "longest, then by key", 2, POOL_LONGEST_FIRST, "2027-03-01T00:00:00Z", 2 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t picked =
            pool_pick(keys, rows[i].count, rows[i].order, at(rows[i].now), zone_of("UTC"));

        check_row(rows[i].row);
        check(picked < rows[i].count);
        check_int(picked < rows[i].count ? keys[picked].id : 0, rows[i].want);
    }
}

TEST(pool_without_licenses_picks_no_key)
{
    const struct pool_key empty[] = { keys[2], keys[2] };

    for (int order = 0; order < POOL_ORDER_COUNT; order++) {
        check(pool_pick(NULL, 0, (enum pool_order)order, 0, zone_of("UTC")) == SIZE_MAX);
        check(pool_pick(empty, 2, (enum pool_order)order, 0, zone_of("UTC")) == SIZE_MAX);
    }
}

TEST(pool_orders_have_words)
{
    static const char *const words[] = { "oldest_first", "shortest_first", "longest_first" };

    for (int i = 0; i < POOL_ORDER_COUNT; i++) {
        enum pool_order order;

        check_text(pool_order_words[i], words[i]);
        check(pool_order_parse(&order, words[i], strlen(words[i])));
        check_int(order, i);
    }
    check(!pool_order_parse(&(enum pool_order){ 0 }, "oldest", 6));
    check(!pool_order_parse(&(enum pool_order){ 0 }, "oldest_first ", 13));
}
