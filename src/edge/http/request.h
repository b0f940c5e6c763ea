/*
 * request.h - one HTTP request and its answer.
 *
 * A handler gets a request and a call. It never sees a socket, a thread or an HTTP status code of a
 * failure: the dispatcher turns every status but STATUS_OK into a problem answer.
 */
#ifndef EDGE_HTTP_REQUEST_H
#define EDGE_HTTP_REQUEST_H

#include <stdatomic.h>

#include "base/buffer.h"
#include "base/deadline.h"
#include "base/id.h"
#include "base/workers.h"
#include "edge/http/body_memory.h"
#include "service/account/people.h"
#include "service/core/clock.h"
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
    /* Of bulk routes: */
    HTTP_BULK_BODY_MOST_BYTES = 16 * 1024 * 1024,
    HTTP_BULK_ANSWER_MOST_BYTES = 64 * 1024 * 1024,
    HTTP_BULK_ARENA_MOST_BYTES = 512 * 1024 * 1024,
    HTTP_MOST_PATH_VALUES = 4,
    SESSION_COOKIE_NAME_SIZE = 48,
};

struct places;
struct http_request;
struct http_route;
struct json_writer;

/* Shared by all requests; constant while the server runs. */
struct http_context {
    struct store_pool *stores;
    struct writer *writer;
    struct workers *readers;      /* run requests with a store, for a short time */
    struct workers *long_runners; /* run long requests */
    struct workers *checkers;     /* run WORK_CHECK */
    struct workers *hashers;      /* hash passwords */
    const struct secret_key *secret;
    struct journal_index *journal_index;
    struct ledger_cache *ledger_cache;
    enum sign_up sign_up;
    enum claim_policy claim;
    const char *set_up_token;  /* for the first user; "": none */
    const char *public_url;    /* an origin; NULL or "": the request's host */
    unsigned port;             /* that it listens on */
    const char *trusted_proxy; /* client_address.h */
    const char *link_url;      /* public_url of calls: call.h */
    bool mail_is_set;
    bool webhook_private; /* webhooks may name private addresses */
    /* The connection rests from suspend() to resume(), which any thread may call. */
    bool (*suspend)(struct http_request *http); /* false: the server is stopping */
    void (*resume)(struct http_request *http);
    struct clock_memory *clock;
    atomic_bool *stopping;           /* begin nothing long */
    struct places *bulk_places;      /* by http_source() */
    struct places *long_places;      /* by http_person() */
    struct body_memory *body_memory; /* by http_person() */
};

/* NULL: absent. */
struct http_headers {
    const char *host, *origin, *content_type, *accept, *accept_encoding, *if_none_match;
    const char *idempotency_key;
    const char *fetch_site; /* Sec-Fetch-Site */
    const char *session;    /* the cookie */
    const char *browsers;   /* cookie tenure_browser */
};

struct http_header {
    const char *name, *value; /* constant, or in the arena */
};

struct http_answer {
    int code;
    const char *content_type; /* NULL: no body */
    const char *cache;        /* Cache-Control */
    struct buffer body;
    bool gzip;         /* encoding.h: send `body` compressed */
    const void *bytes; /* constant; replaces `body` */
    size_t size;
    struct http_header headers[HTTP_MOST_ANSWER_HEADERS];
    size_t header_count;
};

struct http_request {
    const struct http_context *context;
    struct call call; /* of reads, on their thread; a write uses the writer's */
    struct arena arena;
    struct actor actor;
    char id[ID_TEXT_SIZE]; /* X-Request-Id */

    /* as received */
    enum http_method method;
    bool head;               /* HEAD: a GET whose answer has no body */
    const char *target;      /* path and query, encoded */
    const char *target_host; /* of "http://host/path"; NULL: none */
    bool target_too_long, target_malformed;
    char cookie[SESSION_COOKIE_NAME_SIZE]; /* session_cookie.h */
    struct http_headers headers;
    const char *client; /* client_address.h */
    struct buffer body;
    bool body_too_large;
    bool body_without_memory;
    struct body_share body_share; /* of a long body, in context->body_memory */

    /* parsed */
    const struct http_route *route;                        /* NULL: none */
    struct http_header path_values[HTTP_MOST_PATH_VALUES]; /* decoded, by name */
    size_t path_value_count;
    int64_t organization_id; /* {org} */
    const char *serial;      /* {serial}, as domain/serial.h writes it */
    struct signed_in who;    /* unless the route is public */
    enum role role;          /* in {org} */
    void *input;             /* the route's input record */
    bool dry_run;

    /* in progress */
    bool awaits_admission; /* a long body follows: http_admit() comes first */
    bool is_long;          /* it runs on context->long_runners, */
    struct places *places; /* and has a place here; NULL: none */
    int64_t place_source;
    struct deadline budget; /* of its store */
    struct write_job job;
    struct work_item work;
    enum status status;               /* the result of the job */
    uint8_t request_hash[HASH_BYTES]; /* with an Idempotency-Key */
    struct http_answer answer;
    /* Adds members to a problem; NULL: none. */
    void (*more_members)(const struct http_request *http, struct json_writer *json);
};

/* The source of a request that is routed and signed in (base/fair_queue.h): its organization, else
 * its user, else its client. Never 0. */
int64_t http_source(const struct http_request *http);

/* The sender, for verbs that count strangers' tries. */
struct client http_client(const struct http_request *http);
/* The client, even if a user is signed in: for work that comes before the sign-in. Never 0. */
int64_t http_client_source(const struct http_request *http);
/* The user, else the client. Never 0. */
int64_t http_person(const struct http_request *http);
/* Does the route allow many rows, in a body or an answer? */
bool http_is_bulk(const struct http_request *http);

/* Is this the media type of the body? */
bool http_content_is(const struct http_request *http, const char *type);

/* The charset that Content-Type names; NULL: none, or the arena is full. */
const char *http_content_charset(struct http_request *http);

/* The decoded value of "{name}" in the path; NULL when the route has none. */
const char *http_path_value(const struct http_request *http, const char *name);
/* Its id; 0, which no row has, if it is no id. */
int64_t http_path_id(const struct http_request *http, const char *name);

#endif
