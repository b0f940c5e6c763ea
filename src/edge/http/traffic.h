/* traffic.h - counts requests under way, so that the server can stop between them. */
#ifndef EDGE_HTTP_TRAFFIC_H
#define EDGE_HTTP_TRAFFIC_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum traffic_stage {
    TRAFFIC_BEGUN,     /* the answer is not yet sent */
    TRAFFIC_SUSPENDED, /* of these: wait for a worker or the writer */
    TRAFFIC_STAGE_COUNT
};

struct traffic {
    pthread_mutex_t lock;
    pthread_cond_t fewer;
    size_t counts[TRAFFIC_STAGE_COUNT];
    bool closed[TRAFFIC_STAGE_COUNT]; /* admits no more requests */
};

void traffic_init(struct traffic *traffic);
void traffic_clear(struct traffic *traffic);

/* False: the stage is closed. */
bool traffic_enter(struct traffic *traffic, enum traffic_stage stage);
void traffic_leave(struct traffic *traffic, enum traffic_stage stage);

/* Waits until the stage is empty, at most until `until` (monotonic nanoseconds). False: it is not.
 */
bool traffic_wait(struct traffic *traffic, enum traffic_stage stage, int64_t until);

/* The same, and closes the stage atomically when it is empty. */
bool traffic_close(struct traffic *traffic, enum traffic_stage stage, int64_t until);

#endif
