/* query.h - the part of an address behind the question mark. */
#ifndef EDGE_HTTP_QUERY_H
#define EDGE_HTTP_QUERY_H

#include "edge/http/input.h"

/* A table and the record that it fills. */
struct input_place {
    const struct input_field *fields; /* may be NULL */
    void *record;
};

/* "limit=100&q=cold%20room" (NULL or "" is empty), each name looked up in the
 * places in their order.
 *   STATUS_MALFORMED  unknown_parameter; a name that stands twice; a value that is not of
 *                     its kind or within its limits: the field */
enum status query_read(const char *query, const struct input_place *places, size_t count,
                       struct arena *arena, struct fault *fault);

/* Decodes %XX (and '+' to a space, if `form`) in place of a copy in the arena. NULL when
 * what comes out is no UTF-8, holds a NUL, or a '%' is not followed by two hex digits. */
const char *percent_decode(struct arena *arena, const char *text, size_t length, bool form);

/* The target again with another cursor: for the Link to the next page. NULL when the
 * arena is full. */
const char *query_with_cursor(struct arena *arena, const char *target, const char *cursor);

#endif
