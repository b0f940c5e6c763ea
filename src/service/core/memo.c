#include "service/core/memo.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { SLOTS = 1024 };

/* One organization's; a version of 0 is no version. */
struct slot {
    int64_t organization_id;
    struct memo_counts counts;
    struct memo_reach reach;
    struct memo_plan plan;
};

struct memo {
    pthread_mutex_t lock;
    struct slot slots[SLOTS];
};

struct memo *
memo_open(void)
{
    struct memo *memo = memory_new(1, sizeof *memo);
    pthread_mutex_init(&memo->lock, NULL);
    return memo;
}

void
memo_close(struct memo *memo)
{
    if (!memo)
        return;
    pthread_mutex_destroy(&memo->lock);
    free(memo);
}

void
memo_forget(struct memo *memo)
{
    if (!memo)
        return;
    pthread_mutex_lock(&memo->lock);
    memset(memo->slots, 0, sizeof memo->slots);
    pthread_mutex_unlock(&memo->lock);
}

/* The slot of this organization, made free for it if another has it; locked. Ids are random. */
static struct slot *
take_slot(struct memo *memo, int64_t organization_id)
{
    struct slot *slot = &memo->slots[(uint64_t)organization_id % SLOTS];

    pthread_mutex_lock(&memo->lock);
    if (slot->organization_id != organization_id)
        *slot = (struct slot){ .organization_id = organization_id };
    return slot;
}

bool
memo_get_counts(struct memo *memo, int64_t organization_id, struct memo_counts *out)
{
    if (!memo)
        return false;
    *out = take_slot(memo, organization_id)->counts;
    pthread_mutex_unlock(&memo->lock);
    return out->version != 0;
}

void
memo_put_counts(struct memo *memo, int64_t organization_id, const struct memo_counts *counts)
{
    if (!memo)
        return;
    struct slot *slot = take_slot(memo, organization_id);
    if (counts->version >= slot->counts.version)
        slot->counts = *counts;
    pthread_mutex_unlock(&memo->lock);
}

bool
memo_get_reach(struct memo *memo, int64_t organization_id, struct memo_reach *out)
{
    if (!memo)
        return false;
    *out = take_slot(memo, organization_id)->reach;
    pthread_mutex_unlock(&memo->lock);
    return out->version != 0;
}

void
memo_put_reach(struct memo *memo, int64_t organization_id, const struct memo_reach *reach)
{
    if (!memo)
        return;
    struct slot *slot = take_slot(memo, organization_id);
    if (reach->version >= slot->reach.version)
        slot->reach = *reach;
    pthread_mutex_unlock(&memo->lock);
}

bool
memo_get_plan(struct memo *memo, int64_t organization_id, struct memo_plan *out)
{
    if (!memo)
        return false;
    *out = take_slot(memo, organization_id)->plan;
    pthread_mutex_unlock(&memo->lock);
    return out->version != 0;
}

void
memo_put_plan(struct memo *memo, int64_t organization_id, const struct memo_plan *plan)
{
    if (!memo)
        return;
    struct slot *slot = take_slot(memo, organization_id);
    if (plan->version >= slot->plan.version)
        slot->plan = *plan;
    pthread_mutex_unlock(&memo->lock);
}
