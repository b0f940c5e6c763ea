/*
 * server.h - the HTTP server: HTTP/1.1 on one address. One thread reads and sends (engine.h), and
 * pools of threads do the work (pools.h).
 */
#ifndef EDGE_HTTP_SERVER_H
#define EDGE_HTTP_SERVER_H

#include "base/address.h"
#include "service/account/people.h"
#include "service/threads/writer.h"

struct http_server;

/* Texts live as long as the server. */
struct http_server_options {
    size_t threads;                    /* readers: 1 or more; 0: 4 */
    size_t most_connections;           /* 0: 1024; connections.h */
    size_t password_threads;           /* 0: 2; each takes 64 MiB while it hashes */
    const struct store_options *store; /* except the mode */
    const struct secret_key *secret;
    struct journal_index *journal_index;
    struct ledger_cache *ledger_cache;
    struct writer *writer; /* outlives the server */
    enum sign_up sign_up;
    enum claim_policy claim;
    const char *set_up_token;  /* of the set-up link; NULL or "": none */
    const char *public_url;    /* an origin, or NULL */
    const char *trusted_proxy; /* edge/http/client_address.h */
    const char *link_url;      /* the public_url of calls: service/core/call.h */
    bool mail_is_set;
    bool webhook_private;       /* as in request.h */
    struct clock_memory *clock; /* of the process; outlives the server */
};

/* Listens on `address` (base/address.h: "127.0.0.1:8080"; the system chooses for port 0). Clients
 * that connect wait until the server starts. The caller stops it.
 *   STATUS_INVALID  field "http": no address, or not one of this machine
 *   STATUS_BROKEN   in use, or the system gives no socket */
enum status http_server_listen(struct http_server **out, const char *address, struct fault *fault);

/* Starts its threads. The caller has blocked signals, so that no thread gets one.
 *   STATUS_BROKEN  the system gives no thread */
enum status http_server_start(struct http_server *server, const struct http_server_options *options,
                              struct fault *fault);

/* The first step of the stop: accepts no new connection, refuses new requests and those that wait
 * for a thread, and ends the reads that run. Takes little more than a second. Afterwards only the
 * writer has requests. NULL is allowed. */
void http_server_close(struct http_server *server);

/* The last step, when the writer has answered its requests: waits for the answers that are being
 * sent, at most until HTTP_STOP_SECONDS after http_server_close(), then ends all. Calls
 * http_server_close() if nobody has. NULL is allowed. */
enum { HTTP_STOP_SECONDS = 2 };
void http_server_stop(struct http_server *server);

/* The address that it listens on, with the port that the system chose. */
void http_server_address(const struct http_server *server, char out[ADDRESS_TEXT_SIZE]);

#endif
