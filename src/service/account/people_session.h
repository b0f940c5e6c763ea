/* people_session.h - sessions, and checks of e-mail addresses. */
#ifndef SERVICE_ACCOUNT_PEOPLE_SESSION_H
#define SERVICE_ACCOUNT_PEOPLE_SESSION_H

#include "service/account/people.h"

/* Gives the address as the store has it, in the arena: in the form of email_normalize(), or, for an
 * account of an older program, as typed but with ASCII letters in lower case.
 *   STATUS_INVALID  email */
enum status people_email(struct call *call, const char *email, const char **out);

/* The same for a sign-in: also accepts an address that a new account cannot have. Failures as
 * above.
 */
enum status people_known_email(struct call *call, const char *email, const char **out);

/* Checks a new password of the user with this e-mail, who is or will be a member of `organization`
 * (its name; NULL for none).
 *   STATUS_INVALID  password: domain/password.h */
enum status people_check_password(struct call *call, const char *password, const char *email,
                                  const char *organization);

/* Makes a user with a new id, and its entry in the operator's audit chain. Inside a transaction.
 *   STATUS_CONFLICT email_taken */
enum status people_make(struct call *call, struct user *user, const char *password_hash);

/* Hashes a token; the store has only the hash. */
void people_hash_token(uint8_t out[HASH_BYTES], const char *token);

/* Fills in the organizations of out->user. */
enum status people_memberships(struct call *call, struct signed_in *out);

/* Makes a session of out->user, whose password hash is given; fills in its token, the mark of the
 * browser and the organizations. Deletes some ended sessions. Inside a transaction. */
enum status people_session_make(struct call *call, const struct client *client,
                                const char *password_hash, struct signed_in *out);

#endif
