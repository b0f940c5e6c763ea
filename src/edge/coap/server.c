#include "edge/coap/server.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "edge/coap/datagrams.h"
#include "edge/coap/exchange.h"

enum {
    BATCH_SAMPLE_BYTES = DATAGRAMS_MOST * 64 * 1024, /* more than 256 full messages hold */
    FAILURE_PAUSE_MILLISECONDS = 100,
};

/* A delivery on its way through the writer, and how to answer it. */
struct pending {
    size_t datagram; /* index in the batch */
    struct packet_id to;
};

struct coap_batch {
    struct packet_batch packets;
    struct coap_server *server;
    struct coap_batch *next_free;
    struct arena samples;
    struct pending pending[DATAGRAMS_MOST]; /* one an item */
    struct ingest_item items[DATAGRAMS_MOST];
    struct delivery deliveries[DATAGRAMS_MOST];
    struct datagrams datagrams;
};

struct coap_server {
    int fd;
    int stop_fd; /* readable once the thread has to stop */
    struct address address;
    struct route_prefix prefix;
    struct writer *writer;
    utc_seconds (*now)(void);
    const struct clock_memory *clock;
    pthread_t thread;
    bool started; /* the thread */

    pthread_mutex_t lock; /* of the batches */
    pthread_cond_t returned;
    struct coap_batch *batches, *free;
    size_t batch_count, free_count;
    bool stopping;

    struct decoder *decoder; /* this and the next: the thread's */
    struct log_pause complaints;
};

/* The batches. */

static void
give_batch(struct coap_batch *batch)
{
    struct coap_server *server = batch->server;

    arena_clear(&batch->samples);
    batch->packets.count = 0;
    pthread_mutex_lock(&server->lock);
    batch->next_free = server->free;
    server->free = batch;
    server->free_count++;
    pthread_cond_signal(&server->returned);
    pthread_mutex_unlock(&server->lock);
}

/* Waits for a free batch. NULL: the server is stopping. */
static struct coap_batch *
take_batch(struct coap_server *server)
{
    struct coap_batch *batch = NULL;

    pthread_mutex_lock(&server->lock);
    while (!server->free && !server->stopping)
        pthread_cond_wait(&server->returned, &server->lock);
    if (!server->stopping) {
        batch = server->free;
        server->free = batch->next_free;
        server->free_count--;
    }
    pthread_mutex_unlock(&server->lock);
    return batch;
}

/* Answers. */

/* Runs on the writer's thread after the commit, or on the server's when nothing was stored. */
static void
answer_batch(struct packet_batch *packets)
{
    struct coap_batch *batch = packets->owner;

    for (size_t i = 0; i < packets->count; i++) {
        const struct pending *pending = &batch->pending[i];
        const struct ingest_item *item = &batch->items[i];

        if (item->is_heard)
            answer_verdict(datagrams_answer(&batch->datagrams, pending->datagram), &pending->to,
                           item->verdict, packets->answered_at, item->transfer_start);
    }
    datagrams_send(&batch->datagrams, batch->server->fd);
    give_batch(batch);
}

/* Receiving. */

static void
log_malformed(struct coap_server *server, const struct datagrams *datagrams, size_t index,
              const struct fault *fault)
{
    char peer[ADDRESS_TEXT_SIZE];

    uint64_t count = log_pause_count(&server->complaints, monotonic_nanoseconds());
    if (count == 0)
        return;
    datagrams_peer(peer, datagrams, index);
    log_line(LOG_WARNING, "coap.malformed", "address=%s count=%" PRIu64 " reason=\"%s\"", peer,
             count, fault->reason);
}

static void
handle_datagram(struct coap_batch *batch, struct exchange *exchange, size_t index)
{
    struct datagrams *datagrams = &batch->datagrams;
    enum exchange_step step =
        exchange_handle(exchange, datagrams->bytes[index], datagrams->headers[index].msg_len);

    if (exchange->fault.status)
        log_malformed(batch->server, datagrams, index, &exchange->fault);
    if (step == EXCHANGE_ANSWER)
        *datagrams_answer(datagrams, index) = exchange->answer;
    if (step != EXCHANGE_DELIVER)
        return;

    size_t item = batch->packets.count++;
    batch->deliveries[item] = exchange->delivery;
    batch->items[item] = (struct ingest_item){ .delivery = &batch->deliveries[item],
                                               .is_heard = exchange->confirmable };
    batch->pending[item] = (struct pending){ .datagram = index, .to = exchange->to };
}

/* False: stop. */
static bool
wait_for_datagrams(struct coap_server *server)
{
    struct pollfd polls[] = { { .fd = server->fd, .events = POLLIN },
                              { .fd = server->stop_fd, .events = POLLIN } };

    (void)poll(polls, 2, -1);
    return polls[1].revents == 0;
}

static void
pause_after_failure(struct coap_server *server)
{
    struct pollfd stop = { .fd = server->stop_fd, .events = POLLIN };

    log_often(LOG_ERROR, "coap.receive_failed", "", "reason=\"%s\"", strerror(errno));
    (void)poll(&stop, 1, FAILURE_PAUSE_MILLISECONDS);
}

static void
serve_batch(struct coap_server *server, struct coap_batch *batch, struct exchange *exchange)
{
    struct datagrams *datagrams = &batch->datagrams;

    if (!datagrams_receive(datagrams, server->fd))
        pause_after_failure(server);

    exchange->samples = &batch->samples;
    exchange->now = datagrams->count ? server->now() : 0;
    exchange->clock_is_wrong = server->clock
                               && clock_state(server->clock, exchange->now) != CLOCK_RIGHT;
    for (size_t i = 0; i < datagrams->count; i++)
        handle_datagram(batch, exchange, i);
    datagrams_send(datagrams, server->fd);
    if (batch->packets.count == 0)
        give_batch(batch);
    else if (!writer_put_packets(server->writer, &batch->packets))
        answer_batch(&batch->packets); /* all are still INGEST_PENDING: 5.03 */
}

static void *
server_run(void *argument)
{
    struct coap_server *server = argument;
    struct exchange exchange = { .decoder = server->decoder, .prefix = &server->prefix };
    struct coap_batch *batch;

    pthread_setname_np(pthread_self(), "coap");
    while ((batch = take_batch(server))) {
        if (!wait_for_datagrams(server)) {
            give_batch(batch);
            break;
        }
        serve_batch(server, batch, &exchange);
    }
    return NULL;
}

/* Start and stop. */

static void
make_batches(struct coap_server *server, size_t count)
{
    server->batch_count = count;
    server->batches = memory_new(count, sizeof *server->batches);
    for (size_t i = 0; i < count; i++) {
        struct coap_batch *batch = &server->batches[i];

        batch->server = server;
        batch->packets.items = batch->items;
        batch->packets.answer = answer_batch;
        batch->packets.owner = batch;
        arena_init(&batch->samples, BATCH_SAMPLE_BYTES);
        datagrams_init(&batch->datagrams);
        give_batch(batch);
    }
}

/* The thread has ended, or never started. */
static void
server_release(struct coap_server *server)
{
    if (server->fd >= 0)
        close(server->fd);
    if (server->stop_fd >= 0)
        close(server->stop_fd);
    decoder_close(server->decoder);
    pthread_cond_destroy(&server->returned);
    pthread_mutex_destroy(&server->lock);
    free(server->batches);
    free(server);
}

enum status
coap_server_listen(struct coap_server **out, const char *address, struct fault *fault)
{
    struct coap_server *server = memory_new(1, sizeof *server);

    *out = NULL;
    server->fd = -1;
    server->stop_fd = -1;
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->returned, NULL);

    enum status status = datagrams_open(&server->fd, &server->address, address, fault);
    if (status)
        server_release(server);
    else
        *out = server;
    return status;
}

enum status
coap_server_start(struct coap_server *server, const struct coap_server_options *options,
                  struct fault *fault)
{
    enum status status = route_prefix_set(&server->prefix, options->prefix, fault);

    if (status)
        return status;
    server->writer = options->writer;
    server->now = options->now;
    server->clock = options->clock;
    server->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (server->stop_fd < 0)
        return fail(fault, STATUS_BROKEN, "", "", "cannot open an event: %s", strerror(errno));
    make_batches(server, options->batches ? options->batches : COAP_BATCHES);
    server->decoder = decoder_open();

    int error = pthread_create(&server->thread, NULL, server_run, server);
    if (error)
        return fail(fault, STATUS_BROKEN, "", "", "cannot start a thread: %s", strerror(error));
    server->started = true;
    return STATUS_OK;
}

/* Waits until the thread has ended and the writer has answered all batches. */
static void
end_thread(struct coap_server *server)
{
    pthread_mutex_lock(&server->lock);
    server->stopping = true;
    pthread_cond_broadcast(&server->returned);
    pthread_mutex_unlock(&server->lock);
    (void)!eventfd_write(server->stop_fd, 1);
    pthread_join(server->thread, NULL);

    pthread_mutex_lock(&server->lock);
    while (server->free_count < server->batch_count)
        pthread_cond_wait(&server->returned, &server->lock);
    pthread_mutex_unlock(&server->lock);
}

void
coap_server_stop(struct coap_server *server)
{
    if (!server)
        return;
    if (server->started)
        end_thread(server);
    server_release(server);
}

const struct address *
coap_server_address(const struct coap_server *server)
{
    return &server->address;
}
