/* people_session.h - sessions, and what makes an e-mail address one. */
#ifndef SERVICE_ACCOUNT_PEOPLE_SESSION_H
#define SERVICE_ACCOUNT_PEOPLE_SESSION_H

#include "service/account/people.h"

/* The address as the store has it, in the arena: in the form of email_normalize(), or, where the
 * account of an older program has it just as it was typed but for the case of ASCII letters, in
 * that one. STATUS_INVALID email */
enum status people_email(struct call *call, const char *email, const char **out);

/* The same for somebody who may have an account: also an address that no new account can have.
 * Failures as above. */
enum status people_known_email(struct call *call, const char *email, const char **out);

/* Makes a user with a new id and its entry in the operator's chain. Inside a transaction.
 *   STATUS_CONFLICT email_taken */
enum status people_make(struct call *call, struct user *user, const char *password_hash);

/* Fills in the organizations of out->user. */
enum status people_memberships(struct call *call, struct signed_in *out);

/* A new session of out->user: fills in the token and the organizations. Takes some
 * ended sessions away in passing. Inside a transaction. */
enum status people_session_make(struct call *call, struct signed_in *out);

#endif
