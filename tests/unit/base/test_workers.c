#include "base/workers.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

#include "support/check.h"

enum { ROUNDS = 5, MOST_WAITING = 3, PROBES = 60000, PRODUCERS = 3, EACH = 20000 };

/* One worker, which a held item keeps busy until `go`. */
static struct {
    struct workers *workers;
    sem_t begun, go;
    struct work_item held;
    struct work_item *done[PROBES + 1];
    int count;
} one;

static struct work_item items[PRODUCERS * EACH];

static void
note_item(struct work_item *item)
{
    one.done[one.count++] = item;
}

static void
hold_worker(struct work_item *item)
{
    (void)item;
    sem_post(&one.begun);
    sem_wait(&one.go);
}

static void
start_held(size_t most_waiting)
{
    struct fault fault = { 0 };

    one.count = 0;
    one.held = (struct work_item){ .run = hold_worker };
    for (int i = 0; i < PRODUCERS * EACH; i++)
        items[i] = (struct work_item){ .run = note_item };
    sem_init(&one.begun, 0, 0);
    sem_init(&one.go, 0, 0);
    check_int(workers_start(&one.workers,
                            &(struct workers_options){ .threads = 1, .most_waiting = most_waiting },
                            &fault),
              STATUS_OK);
    check(workers_put(one.workers, &one.held));
    sem_wait(&one.begun);
}

TEST(workers_keep_order_and_limit)
{
    start_held(MOST_WAITING);
    for (int round = 0; round < ROUNDS; round++) {
        one.count = 0;
        check(workers_put(one.workers, &items[0]));
        check(workers_put(one.workers, &items[1]));
        check(workers_put(one.workers, &one.held));
        check(!workers_put(one.workers, &items[2]));
        sem_post(&one.go);
        sem_wait(&one.begun);
        check_int(one.count, 2);
        check(one.done[0] == &items[0] && one.done[1] == &items[1]);
    }
    sem_post(&one.go);
    workers_stop(one.workers);
    check_int(one.count, 2);
}

TEST(workers_serve_sources_in_turn_and_leave_each_room)
{
    enum { ANN = 7, BOB = 8, ROOM = 6 };

    start_held(ROOM);
    for (int i = 0; i < ROOM; i++)
        items[i].place.source = i < 4 ? ANN : BOB;
    check(workers_put(one.workers, &items[0]));
    check(workers_put(one.workers, &items[1]));
    check(workers_put(one.workers, &items[2]));
    check(!workers_put(one.workers, &items[3])); /* half of the room */
    check(workers_put(one.workers, &items[4]));
    sem_post(&one.go);
    workers_stop(one.workers);
    check_int(one.count, 4);
    check(one.done[0] == &items[0] && one.done[1] == &items[4]);
    check(one.done[2] == &items[1] && one.done[3] == &items[2]);
}

static int refused;

static void
count_refused(struct work_item *item)
{
    (void)item;
    refused++;
}

static void
make_refusable(int first, int count, int64_t source)
{
    for (int i = first; i < first + count; i++) {
        items[i].place.source = source;
        items[i].refuse = count_refused;
    }
}

TEST(a_full_queue_takes_the_room_of_a_source_with_many_items)
{
    enum { ANN = 7, BOB = 8, EVE = 9, ROOM = 8 };

    start_held(ROOM);
    refused = 0;
    make_refusable(0, 4, ANN);
    make_refusable(4, 4, BOB);
    make_refusable(8, 4, EVE);
    for (int i = 0; i < ROOM; i++)
        check(workers_put(one.workers, &items[i]));
    check(workers_put(one.workers, &items[8])); /* the last one of Bob gives way, */
    check(workers_put(one.workers, &items[9])); /* then the last one of Ann */
    check_int(refused, 2);
    check(!workers_put(one.workers, &items[10])); /* each has as many */
    check_int(refused, 2);
    sem_post(&one.go);
    workers_stop(one.workers);
    check_int(refused + one.count, ROOM + 2);
}

TEST(a_source_leaves_a_worker_to_the_others)
{
    struct fault fault = { 0 };
    enum { ANN = 7, BOB = 8 };
    struct work_item held[2] = { { .place.source = ANN, .run = hold_worker },
                                 { .place.source = ANN, .run = hold_worker } };
    struct work_item other = { .place.source = BOB, .run = hold_worker };

    sem_init(&one.begun, 0, 0);
    sem_init(&one.go, 0, 0);
    check_int(workers_start(&one.workers,
                            &(struct workers_options){
                                .threads = 2, .most_waiting = 8, .most_running_of_source = 1 },
                            &fault),
              STATUS_OK);
    check(workers_put(one.workers, &held[0]));
    sem_wait(&one.begun);
    check(workers_put(one.workers, &held[1]));
    check(workers_put(one.workers, &other));
    sem_wait(&one.begun); /* the other one: the second of Ann waits */
    check(sem_trywait(&one.begun));
    for (int i = 0; i < 3; i++)
        sem_post(&one.go);
    workers_stop(one.workers);
    check_int(sem_trywait(&one.begun), 0);
}

static void *
stop_workers(void *with)
{
    workers_stop(with);
    return NULL;
}

TEST(workers_run_what_is_left_after_stopping_and_take_no_more)
{
    pthread_t stopper;
    int taken = 0;

    start_held(PROBES);
    check(workers_put(one.workers, &items[taken++]));
    check_int(pthread_create(&stopper, NULL, stop_workers, one.workers), 0);
    while (taken < PROBES && workers_put(one.workers, &items[taken])) {
        taken++;
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    }
    check(taken < PROBES); /* refused because they stop: there is room */
    check_int(one.count, 0);
    sem_post(&one.go);
    pthread_join(stopper, NULL);
    check_int(one.count, taken);
    workers_stop(NULL);
}

static struct workers *several;
static atomic_int done_by_several;

static void
count_item(struct work_item *item)
{
    (void)item;
    atomic_fetch_add(&done_by_several, 1);
}

static void *
produce_items(void *with)
{
    struct work_item *own = with;

    for (int i = 0; i < EACH; i++) {
        own[i] = (struct work_item){ .run = count_item };
        while (!workers_put(several, &own[i]))
            sched_yield();
    }
    return NULL;
}

TEST(workers_lose_nothing_between_threads)
{
    pthread_t producers[PRODUCERS];
    struct fault fault = { 0 };

    atomic_store(&done_by_several, 0);
    check_int(workers_start(&several, &(struct workers_options){ .threads = 2, .most_waiting = 32 },
                            &fault),
              STATUS_OK);
    for (int i = 0; i < PRODUCERS; i++)
        check_int(pthread_create(&producers[i], NULL, produce_items, items + (size_t)i * EACH), 0);
    for (int i = 0; i < PRODUCERS; i++)
        pthread_join(producers[i], NULL);
    workers_stop(several);
    check_int(atomic_load(&done_by_several), PRODUCERS * EACH);
}
