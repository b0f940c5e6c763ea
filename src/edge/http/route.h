/* route.h - the table of routes: one row has all checks that run before the handler. */
#ifndef EDGE_HTTP_ROUTE_H
#define EDGE_HTTP_ROUTE_H

#include "domain/role.h"
#include "edge/http/input.h"
#include "edge/http/request.h"

enum http_access {
    ACCESS_PUBLIC,
    ACCESS_ANYBODY, /* signed in or not: see http->who */
    ACCESS_SIGNED_IN,
    ACCESS_MEMBER, /* of {org}, with the route's permission */
    ACCESS_OPERATOR,
};

enum http_work {
    WORK_ALONE,    /* on the HTTP thread: at once, without a store */
    WORK_CHECK,    /* on a thread of its own, which waits for no other work; borrows a store */
    WORK_READ,     /* on a reader, with a read-only store; a long one on a long runner */
    WORK_WRITE,    /* `before` as WORK_READ, then in a transaction of the writer */
    WORK_PASSWORD, /* `before` as WORK_READ, `hash` on a hasher, then as WORK_WRITE */
};

/* Reads http->input, calls one verb and writes the answer (answer.h). A write may run more than
 * once; each run starts the answer anew. */
typedef enum status http_handler(struct http_request *http, struct call *call);

struct http_route {
    enum http_method method;
    const char *path; /* "/api/v1/organizations/{org}" */
    enum http_access access;
    enum permission permission; /* ACCESS_MEMBER */
    enum http_work work;
    bool any_clock; /* service/core/clock.h */
    bool dry_run;   /* allows ?dry_run=true */
    bool bulk;      /* many rows: more memory, a longer answer, a long request */
    bool (*is_long)(const struct http_request *http); /* a long request, by its input; NULL: no */
    bool reads_body;                 /* `before` reads the body, of any type; bulk: a long one */
    bool any_query;                  /* ignores parameters, which programs add */
    bool has_secret;                 /* a GET whose answer has one: encoding.h */
    size_t input_size;               /* of the input record; 0: none */
    const struct input_field *body;  /* NULL: no field */
    const struct input_field *query; /* NULL: no parameter */
    http_handler *handler;
    http_handler *before;
    void (*hash)(struct http_request *http);
};

#define API "/api/v1"

/* The first fields of a row; the second for members of {org}, whose path follows {org}. */
#define ROUTE(method_, path_, access_, work_)                                                      \
    .method = (method_), .path = path_, .access = (access_), .work = (work_)
#define MEMBER_ROUTE(method_, path_, permission_, work_)                                           \
    ROUTE(method_, API "/organizations/{org}" path_, ACCESS_MEMBER, work_),                        \
        .permission = (permission_)

/* The fields that a route reads, into a record of `type`. */
#define ROUTE_BODY(fields_, type)  .body = (fields_), .input_size = sizeof(type)
#define ROUTE_QUERY(fields_, type) .query = (fields_), .input_size = sizeof(type)

/* The tables, NULL at the end; a table ends with a row whose path is NULL. */
extern const struct http_route *const http_routes[];

extern const struct http_route system_routes[];
extern const struct http_route people_routes[];
extern const struct http_route member_routes[];
extern const struct http_route password_reset_routes[];
extern const struct http_route organization_routes[];
extern const struct http_route code_routes[];
extern const struct http_route license_routes[];
extern const struct http_route sensor_routes[];
extern const struct http_route import_routes[];
extern const struct http_route assignment_routes[];
extern const struct http_route reading_routes[];
extern const struct http_route operator_routes[];
extern const struct http_route device_routes[];
extern const struct http_route forecast_routes[];
extern const struct http_route audit_routes[];
extern const struct http_route notice_routes[];
extern const struct http_route alarm_routes[];
extern const struct http_route calendar_routes[];
extern const struct http_route webhook_routes[];

/* "GET", ...; "" for HTTP_OTHER. */
const char *http_method_word(enum http_method method);
enum http_method http_method_parse(const char *word);

enum { ROUTER_MOST_SEGMENTS = 12 };

/* Sets http->route and http->path_values by http->method and http->target.
 *   STATUS_MALFORMED  the path is not percent-encoded UTF-8;
 *                     method_not_allowed: *allowed has a bit (1 << method) for each allowed one
 *   STATUS_NOT_FOUND  no route has this path */
enum status router_find(struct http_request *http, const struct http_route *const *tables,
                        unsigned *allowed, struct fault *fault);

#endif
