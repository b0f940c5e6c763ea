/*
 * password_reset.h - replaces a forgotten password by a link that is mailed to the user.
 *
 * A link works once, for PASSWORD_RESET_SECONDS. The store keeps only a hash of its token.
 */
#ifndef SERVICE_ACCOUNT_PASSWORD_RESET_H
#define SERVICE_ACCOUNT_PASSWORD_RESET_H

#include "service/account/people.h"

enum {
    PASSWORD_RESET_SECONDS = 3600,
    PASSWORD_RESET_FIRST_PAUSE_SECONDS = 300,
    PASSWORD_RESET_LONGEST_PAUSE_SECONDS = 3000, /* shorter than a link works */
    PASSWORD_RESET_QUIET_SECONDS = 86400,        /* then the pauses are short again */
};

/* Mails a link to `email` if an account has it; the answer does not reveal that. Nothing is sent
 * during a pause after the last mail, whose link still works: 5 minutes, twice as long after each
 * mail, at most 50 minutes. So strangers cannot fill the mailbox, and its owner always has a link
 * that works. Without a relay nothing is sent, and a log line says so. Each request counts: for a
 * browser that knows the account, else for the e-mail and the client's network, and for the
 * network.
 *   STATUS_INVALID    email
 *   STATUS_SLOW_DOWN  too_many_resets: fault.until */
enum status password_reset_request(struct call *call, const char *email,
                                   const struct client *client);

/* The user whose password the link replaces.
 *   STATUS_NOT_FOUND  reset_not_valid: used or expired */
enum status password_reset_read(struct call *call, const char *token, struct user *out);

/* Checks a new password without writing, before the caller computes an expensive password hash.
 *   STATUS_NOT_FOUND  as above
 *   STATUS_INVALID    password */
enum status password_reset_may_use(struct call *call, const char *token, const char *password);

/* Sets the password, ends all sessions, links and known browsers of the user, and makes a new
 * session.
 *   STATUS_NOT_FOUND  as above */
enum status password_reset_use(struct call *call, const char *token, const char *password_hash,
                               const struct client *client, struct signed_in *out);

#endif
