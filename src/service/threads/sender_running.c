#include "service/threads/sender_running.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { MOST_MEMORY_BYTES = 256 * 1024 * 1024 }; /* of one message */

bool
running_has_room(const struct running *running, const struct running_limits *limits, int64_t now)
{
    size_t quick = 0, bytes = 0;

    for (const struct sending *one = running->first; one; one = one->next) {
        quick += now - one->began_at < SENDER_QUICK_SECONDS * INT64_C(1000000000);
        bytes += one->arena.used;
    }
    return running->count < limits->most && quick < limits->most_quick && bytes < SENDER_MOST_BYTES;
}

static const char *
domain_of(const char *address)
{
    const char *at = strrchr(address, '@');

    return at ? at : "";
}

static bool
is_same_target(const struct running_limits *limits, const struct outbox_try *a,
               const struct outbox_try *b)
{
    return !strcmp(a->target, b->target)
           && (limits->by_domain || a->organization_id == b->organization_id);
}

bool
running_admits(const struct running *running, const struct running_limits *limits,
               const struct outbox_try *try)
{
    size_t half = (limits->most + 1) / 2, of_organization = 0, of_domain = 0;

    for (const struct sending *one = running->first; one; one = one->next) {
        if (is_same_target(limits, &one->try, try))
            return false;
        of_organization += one->try.organization_id == try->organization_id;
        of_domain += limits->by_domain
                     && !strcmp(domain_of(one->try.target), domain_of(try->target));
    }
    return of_organization < (try->organization_id ? SENDER_MOST_OF_ORGANIZATION : half)
           && of_domain < half;
}

struct sending *
running_add(struct running *running, const struct outbox_try *try, int64_t now)
{
    struct sending *sending = memory_new(1, sizeof *sending);

    arena_init(&sending->arena, MOST_MEMORY_BYTES);
    sending->try = *try;
    sending->try.target =
        memory_must(arena_text(&sending->arena, try->target, strlen(try->target)));
    sending->began_at = now;
    sending->next = running->first;
    running->first = sending;
    running->count++;
    return sending;
}

void
running_remove(struct running *running, struct sending *sending)
{
    struct sending **place = &running->first;

    while (*place != sending)
        place = &(*place)->next;
    *place = sending->next;
    running->count--;
    arena_clear(&sending->arena);
    free(sending);
}
