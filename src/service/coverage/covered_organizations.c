#include "service/coverage/covered_organizations.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { FIRST_SLOTS = 1024 }; /* a power of two */

static void
make_slots(struct covered_organizations *all, size_t count)
{
    all->slot_count = count;
    all->slots = memory_must(malloc(count * sizeof *all->slots));
    memset(all->slots, 0xFF, count * sizeof *all->slots); /* COVERED_ORGANIZATION_NONE */
}

void
covered_organizations_init(struct covered_organizations *all)
{
    *all = (struct covered_organizations){ 0 };
    make_slots(all, FIRST_SLOTS);
}

void
covered_organizations_clear(struct covered_organizations *all)
{
    for (size_t i = 0; i < all->count; i++)
        free(all->items[i]);
    free(all->items);
    free(all->slots);
}

/* Also spreads ids that are not random. */
static size_t
first_slot(const struct covered_organizations *all, int64_t id)
{
    uint64_t spread = (uint64_t)id * UINT64_C(0x9E3779B97F4A7C15);

    return (spread ^ spread >> 29) & (all->slot_count - 1);
}

static uint32_t *
covered_organizations_slot_of(const struct covered_organizations *all, int64_t id)
{
    size_t at = first_slot(all, id);

    while (all->slots[at] != COVERED_ORGANIZATION_NONE && all->items[all->slots[at]]->id != id)
        at = (at + 1) & (all->slot_count - 1);
    return &all->slots[at];
}

uint32_t
covered_organizations_index(const struct covered_organizations *all, int64_t id)
{
    return *covered_organizations_slot_of(all, id);
}

static void
covered_organizations_grow_slots(struct covered_organizations *all)
{
    free(all->slots);
    make_slots(all, 2 * all->slot_count);
    for (size_t i = 0; i < all->count; i++)
        *covered_organizations_slot_of(all, all->items[i]->id) = (uint32_t)i;
}

struct covered_organization *
covered_organizations_add(struct covered_organizations *all, int64_t id)
{
    uint32_t index = covered_organizations_index(all, id);

    if (index != COVERED_ORGANIZATION_NONE)
        return all->items[index];
    if ((all->count + 1) * 2 > all->slot_count)
        covered_organizations_grow_slots(all);
    struct covered_organization *made = memory_new(1, sizeof *made);
    *made = (struct covered_organization){ .id = id, .version = COVERAGE_VERSION_UNREAD };
    all->items = memory_must(realloc(all->items, (all->count + 1) * sizeof *all->items));
    all->items[all->count] = made;
    *covered_organizations_slot_of(all, id) = (uint32_t)all->count++;
    return made;
}
