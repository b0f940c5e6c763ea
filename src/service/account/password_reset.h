/*
 * password_reset.h - a forgotten password, replaced by whoever reads the user's mail. The link
 * works once, for PASSWORD_RESET_SECONDS; the store keeps a hash of its token only.
 */
#ifndef SERVICE_ACCOUNT_PASSWORD_RESET_H
#define SERVICE_ACCOUNT_PASSWORD_RESET_H

#include "service/account/people.h"

enum { PASSWORD_RESET_SECONDS = 3600 };

/* Sends a link to `email` if somebody has it; the answer does not tell. Where no mail goes out
 * nothing is sent, and the log says so. Each question counts, for the address and for `client`.
 *   STATUS_INVALID    email
 *   STATUS_SLOW_DOWN  too_many_resets: fault.until */
enum status password_reset_ask(struct call *call, const char *email, const char *client);

/* Whose password the link replaces. STATUS_NOT_FOUND reset_not_valid: used or too old */
enum status password_reset_look(struct call *call, const char *token, struct user *out);

/* Sets the password, ends every session and every link of the user, and makes a new session.
 * Failures as above. */
enum status password_reset_use(struct call *call, const char *token, const char *password_hash,
                               struct signed_in *out);

#endif
