/* route.h - which of our paths a request names. */
#ifndef EDGE_COAP_ROUTE_H
#define EDGE_COAP_ROUTE_H

#include <stdbool.h>

#include "base/status.h"
#include "domain/measurement.h"
#include "edge/coap/packet.h"

enum {
    ROUTE_MOST_PREFIX_BYTES = 32,
    ROUTE_MOST_PREFIX_SEGMENTS = PACKET_MOST_SEGMENTS - 1,
};

/* What stands before "m", "i", "c" and "t". */
struct route_prefix {
    char text[ROUTE_MOST_PREFIX_BYTES + 1];
    struct packet_segment segments[ROUTE_MOST_PREFIX_SEGMENTS]; /* in `text`: do not copy */
    size_t size;
};

/* "" or NULL for none, "efento", "site/efento"; a '/' at either end is fine.
 *   STATUS_INVALID  too long, an empty segment, or a character that a path may not have */
enum status route_prefix_set(struct route_prefix *out, const char *text, struct fault *fault);

/* A resource of ours. */
struct route {
    char name; /* the last segment */
    bool allows_get;
    bool delivers;           /* its payload goes to the writer */
    enum delivery_kind kind; /* when it delivers */
};

/* NULL when the path is none of ours. */
const struct route *route_find(const struct route_prefix *prefix, const struct packet *packet);

/* GET or POST, as the route has it. */
bool route_allows(const struct route *route, packet_code method);

#endif
