/* mail.h - the outbox's way to a relay. */
#ifndef EDGE_OUTGOING_MAIL_H
#define EDGE_OUTGOING_MAIL_H

#include "edge/outgoing/transfer.h"
#include "service/threads/sender.h"

struct mail_way {
    struct relay *relay;
    const char *from;
};

/* For a table of transports: kind "mail", one way for all. `way` outlives the sender. */
struct transport mail_transport(struct mail_way *way);

/* What a result means for the outbox. */
void outcome_from_transfer(struct outcome *out, const struct transfer_result *result);

#endif
