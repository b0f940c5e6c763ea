/* webhook.h - the outbox's way to the programs of organizations: signed HTTP requests. */
#ifndef EDGE_OUTGOING_WEBHOOK_H
#define EDGE_OUTGOING_WEBHOOK_H

#include "service/threads/sender.h"

struct webhook_way {
    struct writer *writer; /* notes that a receiver wants no more */
    bool
        private_is_allowed; /* else only the internet is reached, whatever a name is looked up to */
};

/* For a table of transports: kind "webhook", each receiver a way of its own. `way` outlives the
 * sender. */
struct transport webhook_transport(struct webhook_way *way);

#endif
