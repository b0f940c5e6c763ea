/*
 * server.h - the CoAP port: sensors' messages over UDP.
 *
 * One thread takes what waits on the socket, decodes it, answers what needs no
 * store, and hands the rest to the writer as one batch; the writer's thread sends
 * the acknowledgements once the batch is committed. There are a fixed number of
 * batches: when all are with the writer the kernel's buffer holds what comes.
 */
#ifndef EDGE_COAP_SERVER_H
#define EDGE_COAP_SERVER_H

#include "base/address.h"
#include "service/threads/writer.h"

struct coap_server;

enum { COAP_BATCHES = 16 };

struct coap_server_options {
    const char *prefix; /* of the paths m, i, c and t; NULL or "" for none */
    struct writer *writer;
    size_t batches;           /* of 256 messages; 0: COAP_BATCHES */
    utc_seconds (*now)(void); /* what sensors that ask are told; an edge reads no clock itself */
};

/* Takes the port: "[::]:5683" takes IPv4 too; port 0: the system chooses. What arrives waits
 * until the server is started. The caller stops it.
 *   STATUS_INVALID  field "coap": no address, not one of this machine, or a port that this user may
 *                   not have
 *   STATUS_BROKEN   field "coap", code "port_in_use": another program has it; or the system's
 *                   word */
enum status coap_server_listen(struct coap_server **out, const char *address, struct fault *fault);

/* Starts its thread.
 *   STATUS_INVALID  the prefix is not one
 *   STATUS_BROKEN   the system gives no thread */
enum status coap_server_start(struct coap_server *server, const struct coap_server_options *options,
                              struct fault *fault);

/* Takes no more, waits until the writer has answered what it has, and closes the
 * port. So: before writer_stop(). NULL is allowed, and one that only listens. */
void coap_server_stop(struct coap_server *server);

/* Where it listens, with the real port. */
const struct address *coap_server_address(const struct coap_server *server);

#endif
