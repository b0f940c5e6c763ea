/* answer.h - writes the answers of handlers. */
#ifndef EDGE_HTTP_ANSWER_H
#define EDGE_HTTP_ANSWER_H

#include "base/json_write.h"
#include "edge/http/request.h"

/* Drops what the answer holds. A handler that writes nothing answers 204. */
void answer_restart(struct http_request *http);

/* Copies the value into the arena. More than HTTP_MOST_ANSWER_HEADERS is a bug. */
void answer_header(struct http_request *http, const char *name, const char *value);

/* The answer is one JSON object: open it, put its members, `return answer_close(...)`. A dry run
 * answers 200 in place of `code`, with "dry_run": true. answer_close() returns STATUS_OK; the
 * dispatcher refuses an answer of more than HTTP_ANSWER_MOST_BYTES. */
void answer_open(struct http_request *http, struct json_writer *json, int code);
enum status answer_close(struct http_request *http, struct json_writer *json);

/* Puts the members of one item into an open object. */
typedef void answer_writer(struct json_writer *json, const void *item);

/* An array in memory. */
struct answer_items {
    const void *first; /* NULL is allowed when count is 0 */
    size_t count;
    size_t item_size;
    answer_writer *write;
};

#define ANSWER_ITEMS(first, count, write)                                                          \
    ((struct answer_items){ (first), (count), sizeof *(first), (write) })

/* The last two arguments of answer_list() and answer_page(), from a page of a list. */
#define ANSWER_PAGE(page, write) ANSWER_ITEMS((page).items, (page).count, write), (page).next

/* A whole answer: one item, or one page of a list with "items", "next" and the Link header. `next`
 * is NULL on the last page. */
enum status answer_item(struct http_request *http, int code, const void *item,
                        answer_writer *write);
enum status answer_list(struct http_request *http, struct answer_items items, const char *next);

/* Inside an open object: the members that answer_list() writes; one array of objects. */
void answer_page(struct http_request *http, struct json_writer *json, struct answer_items items,
                 const char *next);
void answer_array(struct json_writer *json, const char *key, struct answer_items items);
/* Adds the Link header, unless `next` is NULL. */
void answer_link_next(struct http_request *http, const char *next);

/* Sets the session cookie; "" deletes it. */
void answer_session(struct http_request *http, const char *token);

/* Sets the cookie of known browsers, which stays when the session ends. */
void answer_browsers(struct http_request *http, const char *browsers);

/* Adds the headers of every answer: security, X-Request-Id, Cache-Control, Content-Type. Call it
 * once, at the end. */
void answer_add_common_headers(struct http_request *http);

/* A whole answer: the user and the organizations, with the cookie of a new session. */
enum status answer_signed_in(struct http_request *http, int code, const struct signed_in *who);

/* A password of a body. First member of the input record of a route whose `hash` is
 * hash_new_password(). */
struct new_password {
    const char *text; /* NULL: absent */
    char hash[PASSWORD_HASH_SIZE];
};

void hash_new_password(struct http_request *http);

/* Records of several routes; each goes into an open object. */
struct sample;
struct outbox_delivery;
struct refused;
void write_license(struct json_writer *json, const void *license);
void write_manager_row(struct json_writer *json, const void *manager_row);
void write_key_taken(struct json_writer *json, const void *key_taken);
/* "refused": the counts, and one for each reason, even if it is 0. */
void write_refused(struct json_writer *json, const struct refused *refused);
/* "queued_at", "state", "attempts", "sent_at", "last_error". */
void write_delivery(struct json_writer *json, const struct outbox_delivery *delivery);
/* "channel", "type", "unit". */
void write_channel(struct json_writer *json, const struct sample *sample);
/* "at" and "value", "state" or "error_code", with "meta". */
void write_sample(struct json_writer *json, const struct sample *sample);

#endif
