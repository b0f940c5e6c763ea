/*
 * people.h - users, signing up and in, sessions, roles.
 *
 * Passwords are hashed and compared elsewhere (base/secret.h, on a worker,
 * since argon2id takes 0.15 s); these verbs see hashes and verdicts only.
 */
#ifndef SERVICE_ACCOUNT_PEOPLE_H
#define SERVICE_ACCOUNT_PEOPLE_H

#include "base/email.h"
#include "domain/role.h"
#include "service/core/call.h"

struct user {
    int64_t id;
    const char *email; /* in the form of email_normalize() */
    const char *name;
    bool operator_; /* sells licenses, across organizations */
};

struct membership {
    int64_t organization_id;
    const char *name;
    enum role role;
};

struct signed_in {
    struct user user;
    struct membership *organizations; /* by name */
    size_t organization_count;
    char token[TOKEN_TEXT_SIZE]; /* of a new session; "" otherwise */
};

enum sign_up { SIGN_UP_WITH_CODE, SIGN_UP_OPEN, SIGN_UP_CLOSED };

struct user_request {
    const char *email;           /* 3 to 254 bytes with one "@" between two parts */
    const char *password_hash;   /* of base/secret.h */
    const char *name;            /* 0 to 200 bytes; NULL is "" */
    const char *activation_code; /* NULL for none */
    const char *set_up_token;    /* of the set-up link; NULL for none */
    bool operator_;
};

enum {
    PASSWORD_LEAST_BYTES = 10,
    PASSWORD_MOST_BYTES = 1024,
    NAME_MOST_BYTES = 200,
    SESSION_SECONDS = 30 * 86400,
};

/* May somebody from `client` (an address) sign up as `request` says? A read, so that
 * nobody waits for a hash in vain. It counts no wrong code: people_sign_up() asks again in its
 * transaction and counts it.
 *   STATUS_INVALID    email; name; activation_code: code_malformed
 *   STATUS_FORBIDDEN  sign_up_closed; activation_code is missing: code_required
 *   STATUS_NOT_FOUND  code_not_accepted (also a redeemed one)
 *   STATUS_CONFLICT   email_taken, code_expired, code_revoked
 *   STATUS_SLOW_DOWN  too_many_codes: fault.until */
enum status people_may_sign_up(struct call *call, const struct user_request *request,
                               enum sign_up mode, const char *client);

/* Makes the user and a session. A wrong code is counted for `client`. Failures as above.
 * request->operator_ does not count. */
enum status people_sign_up(struct call *call, const struct user_request *request, enum sign_up mode,
                           const char *client, struct signed_in *out);

/* May request->set_up_token make the first user? `token` is that of the link which this process
 * has printed, "" when it has printed none. A read, as people_may_sign_up.
 *   STATUS_INVALID    email; name
 *   STATUS_NOT_FOUND  set_up_link_not_valid: another token, or there is a user already */
enum status people_may_set_up(struct call *call, const struct user_request *request,
                              const char *token);

/* Makes the first user, who is an operator, and a session. Of several at once one does it; the
 * others fail as above. request->operator_ does not count. */
enum status people_set_up(struct call *call, const struct user_request *request, const char *token,
                          struct signed_in *out);

/* Makes a user, without a session: the command line.
 *   STATUS_INVALID email, name   STATUS_CONFLICT email_taken */
enum status people_add(struct call *call, const struct user_request *request, struct user *out);

/* How many users there are. */
enum status people_count(struct call *call, int64_t *out);

/* Accounts of an older program whose e-mails now count as one. Each signs in with its exact
 * address; any other way to write it reaches `other`. */
struct same_email {
    const char *email, *other;
};

/* The oldest ones, at most `most`; *total: how many there are. */
enum status people_same_emails(struct call *call, size_t most, struct same_email **out,
                               size_t *count, int64_t *total);

/* The hash to compare a password with. For an unknown e-mail it is a hash that
 * nothing matches, so that the answer takes as long. Lives in the arena.
 *   STATUS_SLOW_DOWN sign_in_failed: too many wrong passwords, fault.until */
enum status people_password_hash(struct call *call, const char *email, const char **out);

/* After the comparison. Makes a session, or counts the failure.
 *   STATUS_UNAUTHORIZED sign_in_failed
 *   STATUS_SLOW_DOWN    as above: others were wrong meanwhile */
enum status people_sign_in(struct call *call, const char *email, bool matched,
                           struct signed_in *out);

/* Who holds this session's token. *found false: nobody, or it has ended. */
enum status people_by_session(struct call *call, const char *token, struct signed_in *out,
                              bool *found);

/* Ends a session; one that is not there is no failure. */
enum status people_sign_out(struct call *call, const char *token);

#endif
