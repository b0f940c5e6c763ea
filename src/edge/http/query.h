/* query.h - the query of an address. */
#ifndef EDGE_HTTP_QUERY_H
#define EDGE_HTTP_QUERY_H

#include "edge/http/input.h"

/* A table and the record that it fills. */
struct input_place {
    const struct input_field *fields; /* may be NULL */
    void *record;
};

/* Reads "limit=100&q=cold%20room" (NULL is as ""). The first place that has a field of the name
 * takes the value.
 *   STATUS_MALFORMED  unknown_parameter; a duplicate name; a value of a wrong kind or beyond its
 *                     limits: the field */
enum status query_read(const char *query, const struct input_place *places, size_t count,
                       struct arena *arena, struct fault *fault);

/* Decodes %XX and, if `form`, '+' as a space, into the arena. NULL: a '%' without two hex digits, a
 * NUL, invalid UTF-8, or a full arena. */
const char *percent_decode(struct arena *arena, const char *text, size_t length, bool form);

/* The target with another cursor, for the Link to the next page. NULL: the arena is full. */
const char *query_with_cursor(struct arena *arena, const char *target, const char *cursor);

#endif
