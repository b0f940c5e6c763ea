/*
 * connections.h - the open connections: how many there may be, and how long each may take.
 *
 * A connection is in one phase at a time. The client has a time for each phase but PHASE_WORK. With
 * each byte of a body or of an answer it gains time, up to the whole time of the phase: a client
 * that sends or reads more than CONNECTION_LEAST_RATE keeps its connection, and one that trickles
 * loses it.
 *
 * A connection loses its socket by shutdown(2). The library sees the end and closes it. Any thread
 * may call these functions.
 */
#ifndef EDGE_HTTP_CONNECTIONS_H
#define EDGE_HTTP_CONNECTIONS_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum connection_phase {
    PHASE_IDLE,   /* between an answer and the next request */
    PHASE_HEAD,   /* the request line and the headers, from the first byte or the connection on */
    PHASE_BODY,   /* of the request */
    PHASE_WORK,   /* the server works */
    PHASE_ANSWER, /* is sent */
    PHASE_COUNT
};

enum {
    CONNECTION_IDLE_SECONDS = 30,
    CONNECTION_HEAD_SECONDS = 15,
    CONNECTION_BODY_SECONDS = 20,
    CONNECTION_ANSWER_SECONDS = 30,
    CONNECTION_LEAST_RATE = 32 * 1024, /* bytes a second */
    CONNECTIONS_LEAST_OF_ADDRESS = 128,
};

struct connections;
struct http_context;
struct http_connection; /* one connection, from its start to its end */

/* Where it comes from. */
struct connection_peer {
    int socket;
    char address[INET6_ADDRSTRLEN];     /* client_address.h */
    bool is_proxy;                      /* the trusted one: any number of connections */
    const struct http_context *context; /* of its server */
};

/* `most` connections, of which one address may have an eighth, or CONNECTIONS_LEAST_OF_ADDRESS if
 * that is more. */
struct connections *connections_open(size_t most);
void connections_close(struct connections *connections); /* all have ended; NULL is allowed */

/* Adds a connection, in PHASE_HEAD. One too many of its address is ended at once, with an answer
 * 429. When the server is full, a connection gives way: an idle one or one in its head, of the
 * address that has the most; else one in a body or an answer of an address that has more than the
 * new one; else the new one. */
struct http_connection *connection_begin(struct connections *connections,
                                         const struct connection_peer *peer);
const struct http_context *connection_context(const struct http_connection *connection);
/* Before its socket is closed. It is freed. */
void connection_end(struct connections *connections, struct http_connection *connection);

/* The phase it is in already goes on. */
void connection_enter(struct connections *connections, struct http_connection *connection,
                      enum connection_phase phase);
/* The client has sent or taken so many bytes. */
void connection_progress(struct connections *connections, struct http_connection *connection,
                         size_t bytes);

/* Ends the connections whose time is over at `now` (monotonic nanoseconds): with an answer 408 in
 * a head or a body. Call it every second. */
void connections_end_late(struct connections *connections, int64_t now);

#endif
