/*
 * queue.h - pointers handed from thread to thread, in order, with a limit.
 */
#ifndef BASE_QUEUE_H
#define BASE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue;

/* Holds at most `room` (1 or more) items. The owner calls queue_free(). */
struct queue *queue_open(size_t room);

/* Nothing can be put any more; those who take get what is left, then 0. Wakes
 * everyone who waits. Twice is fine. */
void queue_close(struct queue *queue);

/* Only when no thread uses it any more. Items left in it are not touched. */
void queue_free(struct queue *queue);

/* False, at once, when the queue is full or closed: the item stays the caller's. */
bool queue_put(struct queue *queue, void *item);

/* Waits for an item. NULL when the queue is closed and empty. */
void *queue_take(struct queue *queue);

/* Waits for the first item, then takes all that are there, at most `room`.
 * 0 when the queue is closed and empty. */
size_t queue_take_all(struct queue *queue, void **items, size_t room);

/* As queue_take_all(), but waits at most `wait_milliseconds` (of the monotonic
 * clock; 0: not at all): 0 then, too. queue_ended() tells the two apart. */
size_t queue_take_within(struct queue *queue, void **items, size_t room, int64_t wait_milliseconds);

/* Closed and empty. */
bool queue_ended(struct queue *queue);

/* Items in it now; for metrics. */
size_t queue_count(struct queue *queue);

#endif
