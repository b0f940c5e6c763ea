/* mail.h - sends mails of the outbox through a relay. */
#ifndef EDGE_OUTGOING_MAIL_H
#define EDGE_OUTGOING_MAIL_H

#include <stdatomic.h>

#include "base/workers.h"
#include "edge/outgoing/transfer.h"
#include "service/threads/sender.h"

enum { MAIL_MOST_RUNNING = 16, MAIL_MOST_QUICK = 3 };

struct mail_channel {
    struct relay *relay;
    const char *from;
    struct workers *workers; /* MAIL_MOST_RUNNING threads: a dialogue with a relay blocks one */
    atomic_bool stopping;    /* set by the transport */
};

/* The transport of the kind "mail": one channel for all mails. `channel` outlives the sender. A
 * relay expects few connections from one client, so at most MAIL_MOST_QUICK mails are sent at a
 * time; more only while the relay answers slowly. */
struct transport mail_transport(struct mail_channel *channel);

/* The outcome of a transfer, for the outbox. */
struct outcome outcome_from_transfer(const struct transfer_result *result);

#endif
