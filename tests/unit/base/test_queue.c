#include <pthread.h>

#include "base/queue.h"
#include "base/utc.h"
#include "support/check.h"

static int items[8];

TEST(queue_keeps_order_and_limit)
{
    struct queue *queue = queue_open(3);
    void *taken[8];

    for (int round = 0; round < 5; round++) {
        check(queue_put(queue, &items[0]));
        check(queue_put(queue, &items[1]));
        check(queue_put(queue, &items[2]));
        check(!queue_put(queue, &items[3]));
        check_int(queue_count(queue), 3);
        check(queue_take(queue) == &items[0]);
        check_int(queue_take_all(queue, taken, 8), 2);
        check(taken[0] == &items[1] && taken[1] == &items[2]);
    }
    queue_free(queue);
}

TEST(queue_gives_what_is_left_after_closing)
{
    struct queue *queue = queue_open(4);
    void *taken[1];

    check(queue_put(queue, &items[0]));
    check(queue_put(queue, &items[1]));
    queue_close(queue);
    queue_close(queue);
    check(!queue_put(queue, &items[2]));
    check(!queue_ended(queue));
    check_int(queue_take_all(queue, taken, 1), 1);
    check(queue_take(queue) == &items[1]);
    check(queue_take(queue) == NULL);
    check_int(queue_take_all(queue, taken, 1), 0);
    check(queue_ended(queue));
    queue_free(queue);
    queue_free(NULL);
}

TEST(queue_waits_no_longer_than_it_may)
{
    struct queue *queue = queue_open(1);
    void *taken[1];
    int64_t before = monotonic_nanoseconds();

    check_int(queue_take_within(queue, taken, 1, 0), 0);
    check_int(queue_take_within(queue, taken, 1, 20), 0);
    check(monotonic_nanoseconds() - before >= 20000000);
    check(!queue_ended(queue));
    check(queue_put(queue, &items[0]));
    check_int(queue_take_within(queue, taken, 1, 60000), 1);
    queue_free(queue);
}

enum { PRODUCERS = 3, EACH = 20000 };

static void *
produce(void *with)
{
    struct queue *queue = with;

    for (int i = 0; i < EACH; i++)
        while (!queue_put(queue, &items[0]))
            sched_yield();
    return NULL;
}

static void *
consume(void *with)
{
    static size_t totals[2];
    static int next;
    struct queue *queue = with;
    void *taken[16];
    size_t total = 0, count;

    while ((count = queue_take_all(queue, taken, 16)) > 0)
        total += count;
    size_t *mine = &totals[__atomic_fetch_add(&next, 1, __ATOMIC_RELAXED)];
    *mine = total;
    return mine;
}

TEST(queue_loses_nothing_between_threads)
{
    struct queue *queue = queue_open(32);
    pthread_t producers[PRODUCERS], consumers[2];
    size_t total = 0;

    for (int i = 0; i < 2; i++)
        check_int(pthread_create(&consumers[i], NULL, consume, queue), 0);
    for (int i = 0; i < PRODUCERS; i++)
        check_int(pthread_create(&producers[i], NULL, produce, queue), 0);
    for (int i = 0; i < PRODUCERS; i++)
        pthread_join(producers[i], NULL);
    queue_close(queue);
    for (int i = 0; i < 2; i++) {
        void *taken;
        pthread_join(consumers[i], &taken);
        total += *(size_t *)taken;
    }
    check_int(total, PRODUCERS * EACH);
    queue_free(queue);
}
