/*
 * transfer_loop.c - one thread that runs many HTTP transfers, by the multi interface of libcurl.
 *
 * HTTP never blocks it: names are resolved on threads of libcurl, and CURLOPT_QUICK_EXIT
 * (transfer_prepare()) leaves such a thread alone when its transfer ends first. SMTP would block
 * it: libcurl waits for the answer to a mail's last line, and for that to QUIT, inside its multi
 * interface.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/utc.h"
#include "edge/outgoing/curl_transfer.h"

enum {
    LOOP_MILLISECONDS = 1000, /* the longest wait */
    MOST_IDLE_CONNECTIONS = 64,
};

struct transfer_loop {
    CURLM *multi;
    struct loop_transfer *running; /* the thread's */
    pthread_mutex_t lock;          /* guards the next three */
    struct loop_transfer *added;
    bool interrupted, stopping;
    pthread_t thread;
};

void
transfer_loop_add(struct transfer_loop *loop, struct loop_transfer *transfer)
{
    pthread_mutex_lock(&loop->lock);
    transfer->next = loop->added;
    loop->added = transfer;
    pthread_mutex_unlock(&loop->lock);
    curl_multi_wakeup(loop->multi);
}

static void
loop_end(struct transfer_loop *loop, struct loop_transfer *transfer, CURLcode code)
{
    struct loop_transfer **place = &loop->running;

    while (*place != transfer)
        place = &(*place)->next;
    *place = transfer->next;
    curl_multi_remove_handle(loop->multi, transfer->handle);
    transfer->ended(transfer, code);
}

/* Takes new transfers. False: the loop stops. */
static bool
loop_take(struct transfer_loop *loop, bool *interrupted)
{
    pthread_mutex_lock(&loop->lock);
    struct loop_transfer *added = loop->added;
    bool goes_on = !loop->stopping;
    loop->added = NULL;
    *interrupted = loop->interrupted;
    pthread_mutex_unlock(&loop->lock);
    while (added) {
        struct loop_transfer *next = added->next;
        added->next = loop->running;
        loop->running = added;
        curl_easy_setopt(added->handle, CURLOPT_PRIVATE, added);
        if (curl_multi_add_handle(loop->multi, added->handle))
            loop_end(loop, added, CURLE_FAILED_INIT);
        added = next;
    }
    return goes_on;
}

static void
loop_collect(struct transfer_loop *loop)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(loop->multi, &left)) != NULL) {
        char *private = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        loop_end(loop, (struct loop_transfer *)private, code);
    }
}

/* Ends the transfers whose time is over. Returns the milliseconds until the next one. */
static int
loop_end_due(struct transfer_loop *loop, bool interrupted)
{
    struct loop_transfer *transfer = loop->running, *next;
    int64_t now = monotonic_nanoseconds(), wait = LOOP_MILLISECONDS;

    for (; transfer; transfer = next) {
        int64_t left = (transfer->end_at - now) / 1000000 + 1;
        next = transfer->next;
        if (interrupted)
            loop_end(loop, transfer, CURLE_ABORTED_BY_CALLBACK);
        else if (transfer->end_at && now >= transfer->end_at)
            loop_end(loop, transfer, CURLE_OPERATION_TIMEDOUT);
        else if (transfer->end_at && left < wait)
            wait = left;
    }
    return (int)wait;
}

static void *
loop_main(void *with)
{
    struct transfer_loop *loop = with;
    bool interrupted;
    int running;

    while (loop_take(loop, &interrupted)) {
        curl_multi_perform(loop->multi, &running);
        loop_collect(loop);
        curl_multi_poll(loop->multi, NULL, 0, loop_end_due(loop, interrupted), NULL);
    }
    return NULL;
}

enum status
transfer_loop_start(struct transfer_loop **out, struct fault *fault)
{
    struct transfer_loop *loop = memory_new(1, sizeof *loop);

    *out = NULL;
    loop->multi = memory_must(curl_multi_init());
    curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS, (long)MOST_IDLE_CONNECTIONS);
    /* Two receivers behind one address share no connection at the same time. */
    curl_multi_setopt(loop->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    pthread_mutex_init(&loop->lock, NULL);
    if (pthread_create(&loop->thread, NULL, loop_main, loop)) {
        curl_multi_cleanup(loop->multi);
        pthread_mutex_destroy(&loop->lock);
        free(loop);
        return fail(fault, STATUS_BROKEN, "", "", "the system gives no more threads");
    }
    *out = loop;
    return STATUS_OK;
}

static void
loop_set(struct transfer_loop *loop, bool *flag)
{
    pthread_mutex_lock(&loop->lock);
    *flag = true;
    pthread_mutex_unlock(&loop->lock);
    curl_multi_wakeup(loop->multi);
}

void
transfer_loop_interrupt(struct transfer_loop *loop)
{
    loop_set(loop, &loop->interrupted);
}

void
transfer_loop_stop(struct transfer_loop *loop)
{
    if (!loop)
        return;
    loop_set(loop, &loop->stopping);
    pthread_join(loop->thread, NULL);
    curl_multi_cleanup(loop->multi);
    pthread_mutex_destroy(&loop->lock);
    free(loop);
}
