#include "base/fair_queue.h"

void
fair_queue_init(struct fair_queue *queue)
{
    *queue = (struct fair_queue){ .first = NULL };
}

size_t
fair_queue_count_of(const struct fair_queue *queue, int64_t source)
{
    size_t of_source = 0;

    for (const struct fair_item *item = queue->first; item && source; item = item->next)
        of_source += item->source == source;
    return of_source;
}

bool
fair_queue_has_room(const struct fair_queue *queue, int64_t source, size_t most)
{
    return queue->count < most && fair_queue_count_of(queue, source) < (most + 1) / 2;
}

/* The round after that of the last waiting item of the source. */
static int64_t
next_round(const struct fair_queue *queue, int64_t source)
{
    int64_t round = queue->round;

    for (const struct fair_item *item = queue->first; item && source; item = item->next)
        if (item->source == source && item->round >= round)
            round = item->round + 1;
    return round;
}

void
fair_queue_put(struct fair_queue *queue, struct fair_item *item)
{
    struct fair_item **place = &queue->first;

    item->round = next_round(queue, item->source);
    while (*place && (*place)->round <= item->round)
        place = &(*place)->next;
    item->next = *place;
    *place = item;
    queue->count++;
}

void
fair_queue_put_first(struct fair_queue *queue, struct fair_item *items)
{
    struct fair_item **end = &items;

    for (; *end; end = &(*end)->next)
        queue->count++;
    *end = queue->first;
    queue->first = items;
}

struct fair_item *
fair_queue_take(struct fair_queue *queue, size_t most)
{
    struct fair_item *items = queue->first, **end = &items;

    for (; *end && most > 0; most--) {
        queue->round = (*end)->round > queue->round ? (*end)->round : queue->round;
        end = &(*end)->next;
        queue->count--;
    }
    queue->first = *end;
    *end = NULL;
    return items;
}

void
fair_queue_remove(struct fair_queue *queue, struct fair_item *item)
{
    struct fair_item **place = &queue->first;

    while (*place != item)
        place = &(*place)->next;
    *place = item->next;
    item->next = NULL;
    queue->count--;
}

void
fair_queue_take_one(struct fair_queue *queue, struct fair_item *item)
{
    fair_queue_remove(queue, item);
    queue->round = item->round > queue->round ? item->round : queue->round;
}

struct fair_item *
fair_queue_last_after(const struct fair_queue *queue, int64_t source)
{
    struct fair_item *last = queue->first;

    while (last && last->next)
        last = last->next;
    return last && last->round > next_round(queue, source) ? last : NULL;
}
