/*
 * people_guard.h - which counters a stranger's try on an account uses (docs/decisions/0012).
 *
 * A browser that knows the account has its own counter. Every other client has the counter of the
 * account and the client's network. No counter of the account as a whole makes anybody wait.
 */
#ifndef SERVICE_ACCOUNT_PEOPLE_GUARD_H
#define SERVICE_ACCOUNT_PEOPLE_GUARD_H

#include "service/account/people.h"
#include "service/core/call.h"

struct people_guard {
    struct guess_counter counters[GUESS_COUNTERS_AT_ONCE]; /* the first is the client's own */
    size_t count;
};

enum {
    GUARD_ATTACK_TRIES = 20, /* wrong passwords within an hour, over all networks */
    GUARD_LINK_TRIES = 20,   /* requests for links within an hour, of a network */
};

/* The counters of a sign-in. The second is the one of the account: while it pauses, a network has
 * one free try in place of THROTTLE_FREE_TRIES. It makes nobody wait. `user` is NULL if the e-mail
 * has no account. */
enum status guard_of_sign_in(struct call *call, const char *email, const struct user_secret *user,
                             const struct client *client, struct people_guard *out);

/* The counters of a request for a link. The second is the one of the network. */
void guard_of_link(struct call *call, const char *email, const struct user_secret *user,
                   const struct client *client, struct people_guard *out);

/* The counter of a network that signs up. */
void guard_of_sign_up(struct call *call, const struct client *client, struct guess_counter *out);

#endif
