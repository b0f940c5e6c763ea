/* traffic.h - how many requests are on their way, so that a server can stop between them. */
#ifndef EDGE_HTTP_TRAFFIC_H
#define EDGE_HTTP_TRAFFIC_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum traffic_stage {
    TRAFFIC_BEGUN,     /* the answer is not sent yet */
    TRAFFIC_SUSPENDED, /* of these: waits for a worker or the writer */
    TRAFFIC_STAGE_COUNT
};

struct traffic {
    pthread_mutex_t lock;
    pthread_cond_t fewer;
    size_t counts[TRAFFIC_STAGE_COUNT];
    bool closed[TRAFFIC_STAGE_COUNT]; /* nobody comes in any more */
};

void traffic_init(struct traffic *traffic);
void traffic_clear(struct traffic *traffic);

/* False: the stage is closed. */
bool traffic_enter(struct traffic *traffic, enum traffic_stage stage);
void traffic_leave(struct traffic *traffic, enum traffic_stage stage);

/* Waits until nobody is in the stage. `until` is of the monotonic clock, in nanoseconds.
 * False: somebody still is. */
bool traffic_wait(struct traffic *traffic, enum traffic_stage stage, int64_t until);

/* The same, and closes the stage in the moment in which nobody is in it. */
bool traffic_close(struct traffic *traffic, enum traffic_stage stage, int64_t until);

#endif
