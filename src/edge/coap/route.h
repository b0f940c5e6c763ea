/* route.h - the paths of the CoAP port. */
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

/* The segments before "m", "i", "c" and "t". */
struct route_prefix {
    char text[ROUTE_MOST_PREFIX_BYTES + 1];
    struct packet_segment segments[ROUTE_MOST_PREFIX_SEGMENTS]; /* in `text`: do not copy */
    size_t size;
};

/* `text`: "efento", "site/efento"; "" or NULL for none. A '/' at either end is allowed.
 *   STATUS_INVALID  too long, an empty segment, or a character that a path may not have */
enum status route_prefix_set(struct route_prefix *out, const char *text, struct fault *fault);

struct route {
    char name; /* the last segment */
    bool allows_get;
    bool delivers;           /* its payload goes to the writer */
    enum delivery_kind kind; /* when it delivers */
};

/* NULL: there is no such path. */
const struct route *route_find(const struct route_prefix *prefix, const struct packet *packet);

bool route_allows(const struct route *route, packet_code method);

#endif
