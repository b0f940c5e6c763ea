/* body_memory.h - the memory of long bodies that arrive or wait: a limit for each user, and one in
 * all. A body takes memory as it arrives, so that one that trickles takes little. */
#ifndef EDGE_HTTP_BODY_MEMORY_H
#define EDGE_HTTP_BODY_MEMORY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BODY_MEMORY_MOST_BYTES = 256 * 1024 * 1024,
    BODY_MEMORY_MOST_BYTES_OF_SOURCE = 64 * 1024 * 1024,
};

/* The part of one body; zeroed: none. */
struct body_share {
    int64_t source; /* 0: none */
    size_t bytes;
    struct body_share *next;
};

struct body_memory {
    pthread_mutex_t lock;
    struct body_share *first;
    size_t bytes;
};

void body_memory_init(struct body_memory *memory);
void body_memory_clear(struct body_memory *memory);

/* False: there is no more memory, for this source or in all. */
bool body_memory_take(struct body_memory *memory, struct body_share *share, int64_t source,
                      size_t bytes);
/* Nothing happens to an empty share. */
void body_memory_give_back(struct body_memory *memory, struct body_share *share);

#endif
