/*
 * request.h - one HTTP request: as it came, what was read from it, its answer.
 *
 * A handler sees this and a call. It never sees a socket, a thread or a status
 * code for failures: a status other than STATUS_OK makes the dispatcher write the
 * problem answer.
 */
#ifndef EDGE_HTTP_REQUEST_H
#define EDGE_HTTP_REQUEST_H

#include <stdatomic.h>

#include "base/buffer.h"
#include "base/id.h"
#include "edge/http/workers.h"
#include "service/account/people.h"
#include "service/core/call.h"
#include "service/core/store_pool.h"
#include "service/threads/writer.h"

enum http_method {
    HTTP_GET,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OTHER,
    HTTP_METHOD_COUNT
};

enum {
    HTTP_TARGET_MOST_BYTES = 4096,
    HTTP_BODY_MOST_BYTES = 64 * 1024,
    HTTP_ANSWER_MOST_BYTES = 16 * 1024 * 1024,
    HTTP_ARENA_MOST_BYTES = 64 * 1024 * 1024,
    HTTP_MOST_ANSWER_HEADERS = 20,
    /* Of a route for many rows at once: */
    HTTP_BULK_BODY_MOST_BYTES = 16 * 1024 * 1024,
    HTTP_BULK_ANSWER_MOST_BYTES = 64 * 1024 * 1024,
    HTTP_BULK_ARENA_MOST_BYTES = 512 * 1024 * 1024,
    HTTP_MOST_BULK = 4, /* such requests at once */
    HTTP_MOST_PATH_VALUES = 4,
};

struct http_request;
struct http_route;
struct json_writer;

/* What all requests share; never changes while the server runs. */
struct http_context {
    struct store_pool *stores;
    struct writer *writer;
    struct workers *workers;
    const struct secret_key *secret;
    struct journal_index *journal_index;
    struct ledger_cache *ledger_cache;
    enum sign_up sign_up;
    const char *set_up_token;  /* makes the first user; "" for none */
    const char *public_url;    /* an origin; NULL or "": the request's own host */
    const char *trusted_proxy; /* client_address.h */
    const char *link_url;      /* the public_url of calls: call.h */
    bool mail_is_set;
    bool webhook_private; /* webhooks may name addresses that are not of the internet */
    /* Before a job of the request is handed on: it does not move until resume(),
     * which may be called from any thread. */
    bool (*suspend)(struct http_request *http); /* false: the server is stopping */
    void (*resume)(struct http_request *http);
    atomic_llong *latest;  /* the latest instant that the clock has shown */
    atomic_bool *stopping; /* nothing that takes long is begun any more */
    atomic_int *bulk;      /* requests for many rows that are under way */
};

/* As sent; NULL: not there. */
struct http_headers {
    const char *host, *origin, *content_type, *accept, *accept_encoding, *if_none_match;
    const char *idempotency_key;
    const char *session; /* of the cookie tenure_session */
};

struct http_header {
    const char *name, *value; /* constant, or in the arena */
};

struct http_answer {
    int code;
    const char *content_type; /* NULL: no body */
    const char *cache;        /* Cache-Control */
    struct buffer body;
    const void *bytes; /* instead of `body`: constant */
    size_t size;
    struct http_header headers[HTTP_MOST_ANSWER_HEADERS];
    size_t header_count;
};

struct http_request {
    const struct http_context *context;
    struct call call; /* of reads, on the http thread; a write has the writer's */
    struct arena arena;
    struct actor actor;
    char id[ID_TEXT_SIZE]; /* X-Request-Id */
    bool clock_behind;     /* by more than CLOCK_SLACK_SECONDS */

    /* as it came */
    enum http_method method;
    bool head;          /* HEAD: as GET, the body left out */
    const char *target; /* path and query, encoded */
    bool target_too_long;
    struct http_headers headers;
    const char *client; /* its address; of IPv6 the network */
    struct buffer body;
    bool body_too_large;

    /* read from it */
    const struct http_route *route;                        /* NULL: none */
    struct http_header path_values[HTTP_MOST_PATH_VALUES]; /* decoded, by name */
    size_t path_value_count;
    int64_t organization_id; /* {org} */
    const char *serial;      /* {serial}, as domain/serial.h writes it */
    struct signed_in who;    /* where the route wants somebody signed in */
    enum role role;          /* in {org} */
    void *input;             /* the route's input record */
    bool dry_run;
    bool bulk; /* it is one of context->bulk */

    /* on its way */
    struct write_job job;
    struct work_item work;
    enum status status;               /* of the job */
    uint8_t request_hash[HASH_BYTES]; /* with an Idempotency-Key */
    struct http_answer answer;
    /* Members of a problem beside those that each has; NULL: none. */
    void (*tell_more)(const struct http_request *http, struct json_writer *json);
};

/* The decoded value of "{name}" in the path; NULL when the route has none. */
const char *http_path_value(const struct http_request *http, const char *name);
/* The id that it is; 0, which is the id of nothing, for any other text. */
int64_t http_path_id(const struct http_request *http, const char *name);

#endif
