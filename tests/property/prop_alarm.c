/* Alerts found anew go on as those that were known: whatever there is, each is taken once. */
#include "domain/alarm.h"
#include "support/check.h"
#include "support/random.h"

enum { MOST_SPANS = 8, ROUNDS = 20000 };

/* Sorted, apart from one another. */
static size_t
draw_spans(struct random *random, struct alarm_span *spans)
{
    size_t count = random_below(random, MOST_SPANS + 1);
    utc_seconds at = 0;

    for (size_t i = 0; i < count; i++) {
        at += 1 + (utc_seconds)random_below(random, 20);
        spans[i].started_at = at;
        at += 1 + (utc_seconds)random_below(random, 20);
        spans[i].ended_at = i + 1 == count && random_below(random, 2) ? UTC_NEVER : at;
    }
    return count;
}

TEST(alarm_match_takes_each_alert_once_and_only_where_they_meet)
{
    struct random random = random_seeded();
    struct alarm_span found[MOST_SPANS], old[MOST_SPANS];
    size_t match[MOST_SPANS];

    for (int round = 0; round < ROUNDS && !check_failures(); round++) {
        size_t found_count = draw_spans(&random, found), old_count = draw_spans(&random, old),
               next = 0;
        alarm_match(match, found, found_count, old, old_count);
        for (size_t i = 0; i < found_count; i++) {
            if (match[i] == SIZE_MAX) {
                for (size_t j = next; j < old_count; j++)
                    check(old[j].ended_at <= found[i].started_at
                          || old[j].started_at >= found[i].ended_at);
                continue;
            }
            check(match[i] >= next && match[i] < old_count);
            check(old[match[i]].started_at < found[i].ended_at
                  && found[i].started_at < old[match[i]].ended_at);
            next = match[i] + 1;
        }
    }
}
