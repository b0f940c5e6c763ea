#include "domain/renewal.h"

bool
renewal_goes_before(const struct renewal_sensor *a, const struct renewal_sensor *b)
{
    return a->ends_at != b->ends_at ? a->ends_at < b->ends_at : a->serial < b->serial;
}

/* Lets the sensor at `at` sink to its place in the heap. */
static void
sink(struct renewal_plan *plan, size_t at)
{
    struct renewal_sensor sensor = plan->line[at];

    for (size_t child; (child = 2 * at + 1) < plan->count; at = child) {
        if (child + 1 < plan->count
            && renewal_goes_before(&plan->line[child + 1], &plan->line[child]))
            child++;
        if (!renewal_goes_before(&plan->line[child], &sensor))
            break;
        plan->line[at] = plan->line[child];
    }
    plan->line[at] = sensor;
}

void
renewal_begin(struct renewal_plan *plan)
{
    for (size_t at = plan->count / 2; at-- > 0;)
        sink(plan, at);
}

static void
leave_line(struct renewal_plan *plan)
{
    plan->line[0] = plan->line[--plan->count];
    if (plan->count > 0)
        sink(plan, 0);
}

/* The first sensor in the queue takes a license that starts at `starts_at`. */
static void
take(struct renewal_plan *plan, utc_seconds starts_at, struct renewal *out)
{
    *out = (struct renewal){ .sensor = plan->line[0], .starts_at = starts_at };
    out->key = pool_pick(plan->keys, plan->key_count, plan->order, starts_at, plan->zone);
    if (out->key == SIZE_MAX) {
        leave_line(plan);
        return;
    }
    out->expires_at = term_end(plan->keys[out->key].term, starts_at, plan->zone);
    plan->keys[out->key].left--;
    plan->line[0].ends_at = out->expires_at;
    sink(plan, 0);
}

bool
renewal_next(struct renewal_plan *plan, utc_seconds until, struct renewal *out)
{
    if (plan->count == 0 || plan->line[0].ends_at > until)
        return false;
    take(plan, plan->line[0].ends_at, out);
    return true;
}

bool
renewal_revive(struct renewal_plan *plan, utc_seconds now, struct renewal *out)
{
    if (plan->count == 0 || plan->line[0].ends_at > now)
        return false;
    take(plan, now, out);
    return out->key != SIZE_MAX;
}
