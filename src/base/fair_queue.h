/*
 * fair_queue.h - a queue that serves its sources in turn, so that one who queues much does not hold
 * up the others. The user locks it.
 *
 * Each source has at most one item in a round. The items of a source keep their order, and so do
 * those of a round.
 */
#ifndef BASE_FAIR_QUEUE_H
#define BASE_FAIR_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first member of what is queued. Its owner sets `source`: an organization, a user, a client;
 * 0: none, served in the current round. */
struct fair_item {
    int64_t source;
    int64_t round; /* the queue's */
    struct fair_item *next;
};

struct fair_queue {
    struct fair_item *first;
    size_t count;
    int64_t round; /* of the last item that was taken */
};

void fair_queue_init(struct fair_queue *queue);
/* Whether the queue may hold one more of at most `most` items. A source may fill half of them. */
bool fair_queue_has_room(const struct fair_queue *queue, int64_t source, size_t most);
void fair_queue_put(struct fair_queue *queue, struct fair_item *item);
/* Puts a list that was taken before all that wait; NULL is allowed. */
void fair_queue_put_first(struct fair_queue *queue, struct fair_item *items);
/* Takes the first `most` items, as a list. */
struct fair_item *fair_queue_take(struct fair_queue *queue, size_t most);

#endif
