/*
 * outbox_content.h - the content of a message as bytes: compressed, then sealed with the server's
 * secret, because the links in it give access.
 */
#ifndef SERVICE_OUTBOX_OUTBOX_CONTENT_H
#define SERVICE_OUTBOX_OUTBOX_CONTENT_H

#include "service/core/call.h"
#include "service/outbox/letter.h"

struct outbox_attachment {
    const char *name; /* "licenses.csv"; NULL: none */
    const char *type; /* "text/csv; charset=utf-8" */
    const void *bytes;
    size_t size;
};

struct outbox_content {
    struct letter letter;                /* of a mail */
    struct outbox_attachment attachment; /* of a mail */
    const char *unsubscribe_url;         /* of a mail; NULL: none */
    const char *body;                    /* of a webhook call: JSON; NULL in a mail */
};

enum { OUTBOX_CONTENT_MOST_BYTES = 64 * 1024 * 1024 }; /* uncompressed */

/* Both results are in the arena.
 *   STATUS_TOO_LARGE
 *   STATUS_BROKEN  (open) the bytes are not from outbox_content_seal(), or from another secret */
enum status outbox_content_seal(struct call *call, const struct outbox_content *content,
                                const void **out, size_t *size);
enum status outbox_content_open(struct call *call, const void *sealed, size_t size,
                                struct outbox_content *out);

#endif
