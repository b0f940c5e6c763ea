/* mail.h - sends mails of the outbox through a relay. */
#ifndef EDGE_OUTGOING_MAIL_H
#define EDGE_OUTGOING_MAIL_H

#include "edge/outgoing/transfer.h"
#include "service/threads/sender.h"

struct mail_channel {
    struct relay *relay;
    const char *from;
};

/* The transport of the kind "mail": one channel for all mails. `channel` outlives the sender. */
struct transport mail_transport(struct mail_channel *channel);

/* Turns the result of a transfer into an outcome for the outbox. */
void outcome_from_transfer(struct outcome *out, const struct transfer_result *result);

#endif
