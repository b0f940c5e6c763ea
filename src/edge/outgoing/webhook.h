/* webhook.h - sends webhooks of the outbox: signed HTTP requests. */
#ifndef EDGE_OUTGOING_WEBHOOK_H
#define EDGE_OUTGOING_WEBHOOK_H

#include "edge/outgoing/transfer.h"
#include "service/threads/sender.h"

struct webhook_channel {
    struct transfer_loop *loop;
    struct writer *writer;   /* ends the subscription of a receiver that is gone */
    bool private_is_allowed; /* otherwise only public addresses are reached */
};

/* The transport of the kind "webhook": one channel for each receiver. `channel` outlives the
 * sender. */
struct transport webhook_transport(struct webhook_channel *channel);

#endif
