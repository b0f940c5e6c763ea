#include "edge/http/pools.h"

enum {
    READS_WAITING = 512,
    READS_WAITING_OF_CLIENT = 128,
    CHECKS_WAITING = 256,
    CHECKS_WAITING_OF_CLIENT = 64,
    HASHES_WAITING = 256,
    HASHES_WAITING_OF_CLIENT = 32,
    STOP_READS_MS = 1000, /* what reads may take when the server stops */
};

void
http_pools_init(struct http_pools *pools)
{
    places_init(&pools->bulk, POOLS_BULK_PLACES, POOLS_BULK_PLACES / 2);
    places_init(&pools->longs, POOLS_LONG_PLACES, POOLS_LONG_PLACES_OF_PERSON);
    body_memory_init(&pools->bodies);
}

void
http_pools_clear(struct http_pools *pools)
{
    places_clear(&pools->bulk);
    places_clear(&pools->longs);
    body_memory_clear(&pools->bodies);
}

enum status
http_pools_start(struct http_pools *pools, struct http_context *context,
                 const struct http_pools_options *options, struct fault *fault)
{
    size_t readers = options->readers;
    const struct {
        struct workers **out;
        struct workers_options options;
    } all[] = {
        /* A client leaves a reader to the others, if there are two. */
        { &context->readers,
          { readers, READS_WAITING, READS_WAITING_OF_CLIENT, readers > 1 ? readers - 1 : 1 } },
        /* Places limit what waits. */
        { &context->long_runners, { POOLS_LONG_RUNNERS, PLACES_MOST * 2, PLACES_MOST * 2, 1 } },
        { &context->checkers, { POOLS_CHECKERS, CHECKS_WAITING, CHECKS_WAITING_OF_CLIENT, 0 } },
        { &context->hashers, { options->hashers, HASHES_WAITING, HASHES_WAITING_OF_CLIENT, 0 } },
    };

    context->bulk_places = &pools->bulk;
    context->long_places = &pools->longs;
    context->body_memory = &pools->bodies;
    pools->store = *options->store;
    pools->store.deadline = &pools->deadline;
    enum status status = store_pool_open(&context->stores, &pools->store,
                                         readers + POOLS_LONG_RUNNERS + POOLS_CHECKERS, fault);
    for (size_t i = 0; i < sizeof all / sizeof *all && !status; i++)
        status = workers_start(all[i].out, &all[i].options, fault);
    return status;
}

static void
pools_end_workers(struct workers *workers)
{
    if (workers)
        workers_end(workers);
}

void
http_pools_end(struct http_pools *pools, struct http_context *context)
{
    deadline_set(&pools->deadline, STOP_READS_MS);
    pools_end_workers(context->hashers);
    pools_end_workers(context->long_runners);
    pools_end_workers(context->readers);
    pools_end_workers(context->checkers);
}

void
http_pools_free(struct http_context *context)
{
    workers_free(context->hashers);
    workers_free(context->long_runners);
    workers_free(context->readers);
    workers_free(context->checkers);
    store_pool_close(context->stores);
}
