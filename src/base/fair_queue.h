/*
 * fair_queue.h - a queue that serves its sources in turn, so that a source with many items does not
 * delay the others. The caller locks it.
 *
 * Each source has at most one item in a round. The items of a source keep their order, and so do
 * those of a round.
 */
#ifndef BASE_FAIR_QUEUE_H
#define BASE_FAIR_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first member of an item. The owner of the item sets `source`: an organization, a user or a
 * client; 0: none, it is served in the current round. */
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
/* Does the queue have room for one more item, of at most `most`? A source may fill half of it. */
bool fair_queue_has_room(const struct fair_queue *queue, int64_t source, size_t most);
void fair_queue_put(struct fair_queue *queue, struct fair_item *item);
/* Puts a taken list in front of the waiting items again; NULL is allowed. */
void fair_queue_put_first(struct fair_queue *queue, struct fair_item *items);
/* Takes the first `most` items, as a list. */
struct fair_item *fair_queue_take(struct fair_queue *queue, size_t most);
/* Takes a waiting item, which passes those before it. */
void fair_queue_take_one(struct fair_queue *queue, struct fair_item *item);
/* Removes a waiting item as if it had never been put. */
void fair_queue_remove(struct fair_queue *queue, struct fair_item *item);

/* The number of waiting items of a source; 0 for source 0. */
size_t fair_queue_count_of(const struct fair_queue *queue, int64_t source);
/* The last item, if a new item of `source` would be served in an earlier round; else NULL. It
 * belongs to the source with the most items. */
struct fair_item *fair_queue_last_after(const struct fair_queue *queue, int64_t source);

#endif
