/*
 * password_reset.h - replaces a forgotten password by a link that is mailed to the user.
 *
 * A link works once, for PASSWORD_RESET_SECONDS. The store keeps only a hash of its token.
 */
#ifndef SERVICE_ACCOUNT_PASSWORD_RESET_H
#define SERVICE_ACCOUNT_PASSWORD_RESET_H

#include "service/account/people.h"

enum { PASSWORD_RESET_SECONDS = 3600 };

/* Mails a link to `email` if an account has it; the answer does not reveal that. Without a relay
 * nothing is sent, and a log line says so. Each request counts against the address and `client`.
 *   STATUS_INVALID    email
 *   STATUS_SLOW_DOWN  too_many_resets: fault.until */
enum status password_reset_request(struct call *call, const char *email, const char *client);

/* The user whose password the link replaces.
 *   STATUS_NOT_FOUND  reset_not_valid: used or expired */
enum status password_reset_read(struct call *call, const char *token, struct user *out);

/* Sets the password, ends all sessions and links of the user, and makes a new session.
 * Failures as above. */
enum status password_reset_use(struct call *call, const char *token, const char *password_hash,
                               struct signed_in *out);

#endif
