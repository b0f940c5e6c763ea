/*
 * server.h - the CoAP port: sensors' messages over UDP.
 *
 * One thread reads all waiting datagrams, decodes them, answers those that need no
 * store, and gives the others to the writer as one batch. The writer's thread sends
 * the acknowledgements once the batch is committed. The number of batches is fixed:
 * while the writer has all of them, datagrams wait in the kernel's buffer.
 */
#ifndef EDGE_COAP_SERVER_H
#define EDGE_COAP_SERVER_H

#include "base/address.h"
#include "service/core/clock.h"
#include "service/threads/writer.h"

struct coap_server;

enum { COAP_BATCHES = 16 };

struct coap_server_options {
    const char *prefix; /* of the paths m, i, c and t; NULL or "" for none */
    struct writer *writer;
    size_t batches;                   /* of 256 messages; 0: COAP_BATCHES */
    utc_seconds (*now)(void);         /* the time that sensors get; an edge reads no clock itself */
    const struct clock_memory *clock; /* of the process; NULL: the time is always right */
};

/* Opens the port. "[::]:5683" includes IPv4. With port 0 the system chooses one. Datagrams wait
 * until the server is started. The caller stops it.
 *   STATUS_INVALID  field "coap": not an address, not one of this machine, or a port that this user
 *                   may not open
 *   STATUS_BROKEN   field "coap": another program has the port, or the system's error */
enum status coap_server_listen(struct coap_server **out, const char *address, struct fault *fault);

/* Starts its thread.
 *   STATUS_INVALID  as route_prefix_set()
 *   STATUS_BROKEN   the system cannot start a thread */
enum status coap_server_start(struct coap_server *server, const struct coap_server_options *options,
                              struct fault *fault);

/* Receives no more, waits until the writer has answered all batches, and closes the port. Call it
 * before writer_stop(). `server` may be NULL, and need not have been started. */
void coap_server_stop(struct coap_server *server);

/* The address that it listens on, with the real port. */
const struct address *coap_server_address(const struct coap_server *server);

#endif
