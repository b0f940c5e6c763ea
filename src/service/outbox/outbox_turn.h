/*
 * outbox_turn.h - finds the messages to try next, so that each target gets its turn.
 *
 * A look walks over the targets that have waiting messages, in the order of organization and
 * target, and takes one message of each. The next look continues from there. So neither a long
 * backlog nor a paused target hides the messages of others.
 */
#ifndef SERVICE_OUTBOX_OUTBOX_TURN_H
#define SERVICE_OUTBOX_OUTBOX_TURN_H

#include "service/outbox/outbox_try.h"

enum { OUTBOX_TURN_MOST = 512 }; /* targets in one look */

/* The place after which the next look begins. */
struct outbox_turn {
    int64_t organization_id;
    char target[OUTBOX_TARGET_SIZE];
    bool is_idle; /* the round began before all targets; the user sets false for a try in it */
};

void outbox_turn_begin(struct outbox_turn *turn);                         /* before all targets */
void outbox_turn_skip(struct outbox_turn *turn, int64_t organization_id); /* behind its targets */

/* Finds due messages of a kind, at most one of each target: ordered by organization, then the
 * longest waiting first. Leaves out targets that are paused. `turn` moves on. *last: no waiting
 * message follows. The result is in the arena. A read. */
enum status outbox_turn_look(struct call *call, const char *kind, struct outbox_turn *turn,
                             struct outbox_try_list *out, bool *last);

#endif
