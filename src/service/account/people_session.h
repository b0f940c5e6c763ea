/* people_session.h - sessions, and what makes an e-mail address one. */
#ifndef SERVICE_ACCOUNT_PEOPLE_SESSION_H
#define SERVICE_ACCOUNT_PEOPLE_SESSION_H

#include "service/account/people.h"

/* The checked address in lower case, in the arena. STATUS_INVALID email */
enum status people_email(struct call *call, const char *email, const char **out);

/* Makes a user with a new id and its entry in the operator's chain. Inside a transaction.
 *   STATUS_CONFLICT email_taken */
enum status people_make(struct call *call, struct user *user, const char *password_hash);

/* Fills in the organizations of out->user. */
enum status people_memberships(struct call *call, struct signed_in *out);

/* A new session of out->user: fills in the token and the organizations. Takes some
 * ended sessions away in passing. Inside a transaction. */
enum status people_session_make(struct call *call, struct signed_in *out);

#endif
