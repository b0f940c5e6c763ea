#include "edge/http/connections.h"

#include <assert.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utc.h"
#include "edge/http/early_answer.h"

static const int64_t A_SECOND = INT64_C(1000000000);

static const int phase_seconds[PHASE_COUNT] = {
    [PHASE_IDLE] = CONNECTION_IDLE_SECONDS,     [PHASE_HEAD] = CONNECTION_HEAD_SECONDS,
    [PHASE_BODY] = CONNECTION_BODY_SECONDS,     [PHASE_WORK] = 0, /* no limit */
    [PHASE_ANSWER] = CONNECTION_ANSWER_SECONDS,
};

/* The connections of one address. */
struct address_share {
    char address[INET6_ADDRSTRLEN];
    bool is_proxy;
    size_t count;
};

struct http_connection {
    struct http_connection *next, *previous; /* from the oldest to the newest */
    struct address_share *share;
    const struct http_context *context;
    int socket;
    bool ended; /* by this module; the library has yet to close it */
    enum connection_phase phase;
    int64_t until; /* monotonic nanoseconds */
};

struct connections {
    pthread_mutex_t lock;
    size_t most, most_of_address;
    struct http_connection *first, *last;
    size_t count; /* without the ended ones */
    void *shares; /* a tree, by address: tsearch(3) */
};

struct connections *
connections_open(size_t most)
{
    struct connections *connections = memory_new(1, sizeof *connections);

    pthread_mutex_init(&connections->lock, NULL);
    connections->most = most;
    connections->most_of_address =
        most / 8 > CONNECTIONS_LEAST_OF_ADDRESS ? most / 8 : CONNECTIONS_LEAST_OF_ADDRESS;
    return connections;
}

void
connections_close(struct connections *connections)
{
    if (!connections)
        return;
    assert(!connections->first && !connections->shares);
    pthread_mutex_destroy(&connections->lock);
    free(connections);
}

static int
share_compare(const void *a, const void *b)
{
    const struct address_share *x = a, *y = b;

    return strcmp(x->address, y->address);
}

static struct address_share *
share_join(struct connections *connections, const struct connection_peer *peer)
{
    struct address_share *wanted = memory_new(1, sizeof *wanted);

    snprintf(wanted->address, sizeof wanted->address, "%s", peer->address);
    wanted->is_proxy = peer->is_proxy;
    struct address_share **place =
        memory_must(tsearch(wanted, &connections->shares, share_compare));
    struct address_share *share = *place;
    if (share != wanted)
        free(wanted);
    share->count++;
    return share;
}

static void
share_leave(struct connections *connections, struct address_share *share)
{
    if (--share->count > 0)
        return;
    tdelete(share, &connections->shares, share_compare);
    free(share);
}

static void
connection_set_phase(struct http_connection *connection, enum connection_phase phase)
{
    connection->phase = phase;
    connection->until = phase_seconds[phase]
                            ? monotonic_nanoseconds() + phase_seconds[phase] * A_SECOND
                            : INT64_MAX;
}

static void
connection_finish(struct connections *connections, struct http_connection *connection,
                  enum early_answer answer)
{
    connection->ended = true;
    connections->count--;
    early_answer_end(connection->socket, answer);
}

/* The weight of a connection when one must give way; 0: it stays. */
static size_t
connection_weight(const struct http_connection *connection, size_t own)
{
    size_t share = connection->share->is_proxy ? 1 : connection->share->count;

    switch (connection->phase) {
    case PHASE_IDLE:
        return 4 * share + 1;
    case PHASE_HEAD:
        return 4 * share;
    case PHASE_BODY:
    case PHASE_ANSWER:
        return share > own ? 1 : 0; /* after all of the phases before */
    case PHASE_WORK:
    case PHASE_COUNT:
        break;
    }
    return 0;
}

/* Ends one connection to make room for the newest. */
static void
connections_make_room(struct connections *connections, struct http_connection *newest)
{
    struct http_connection *victim = newest;
    size_t heaviest = 0;

    for (struct http_connection *one = connections->first; one; one = one->next) {
        size_t weight = one->ended || one == newest ? 0
                                                    : connection_weight(one, newest->share->count);
        if (weight <= heaviest) /* of equals the oldest */
            continue;
        heaviest = weight;
        victim = one;
    }
    connection_finish(connections, victim, victim == newest ? EARLY_BUSY : EARLY_NONE);
}

static void
connections_append(struct connections *connections, struct http_connection *connection)
{
    connection->previous = connections->last;
    if (connections->last)
        connections->last->next = connection;
    else
        connections->first = connection;
    connections->last = connection;
    connections->count++;
}

struct http_connection *
connection_begin(struct connections *connections, const struct connection_peer *peer)
{
    struct http_connection *connection = memory_new(1, sizeof *connection);

    connection->socket = peer->socket;
    connection->context = peer->context;
    connection_set_phase(connection, PHASE_HEAD);
    pthread_mutex_lock(&connections->lock);
    connection->share = share_join(connections, peer);
    connections_append(connections, connection);
    if (!peer->is_proxy && connection->share->count > connections->most_of_address)
        connection_finish(connections, connection, EARLY_TOO_MANY);
    else if (connections->count > connections->most)
        connections_make_room(connections, connection);
    pthread_mutex_unlock(&connections->lock);
    return connection;
}

const struct http_context *
connection_context(const struct http_connection *connection)
{
    return connection->context;
}

void
connection_end(struct connections *connections, struct http_connection *connection)
{
    pthread_mutex_lock(&connections->lock);
    *(connection->previous ? &connection->previous->next : &connections->first) = connection->next;
    *(connection->next ? &connection->next->previous : &connections->last) = connection->previous;
    connections->count -= !connection->ended;
    share_leave(connections, connection->share);
    pthread_mutex_unlock(&connections->lock);
    free(connection);
}

void
connection_enter(struct connections *connections, struct http_connection *connection,
                 enum connection_phase phase)
{
    pthread_mutex_lock(&connections->lock);
    if (connection->phase != phase)
        connection_set_phase(connection, phase);
    pthread_mutex_unlock(&connections->lock);
}

void
connection_progress(struct connections *connections, struct http_connection *connection,
                    size_t bytes)
{
    int64_t gained = (int64_t)bytes * A_SECOND / CONNECTION_LEAST_RATE;

    pthread_mutex_lock(&connections->lock);
    if (phase_seconds[connection->phase]) {
        int64_t most = monotonic_nanoseconds() + phase_seconds[connection->phase] * A_SECOND;
        connection->until = connection->until + gained < most ? connection->until + gained : most;
    }
    pthread_mutex_unlock(&connections->lock);
}

void
connections_end_late(struct connections *connections, int64_t now)
{
    pthread_mutex_lock(&connections->lock);
    for (struct http_connection *one = connections->first; one; one = one->next) {
        bool reads = one->phase == PHASE_HEAD || one->phase == PHASE_BODY;
        if (!one->ended && one->until <= now)
            connection_finish(connections, one, reads ? EARLY_LATE : EARLY_NONE);
    }
    pthread_mutex_unlock(&connections->lock);
}
