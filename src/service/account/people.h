/*
 * people.h - users: sign-up, sign-in, sessions.
 *
 * A worker hashes and compares passwords (base/secret.h), since argon2id takes 0.15 s. These verbs
 * see only hashes and results.
 */
#ifndef SERVICE_ACCOUNT_PEOPLE_H
#define SERVICE_ACCOUNT_PEOPLE_H

#include "base/email.h"
#include "domain/password.h"
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

enum {
    KNOWN_BROWSERS_MOST = 4, /* users of one browser */
    KNOWN_BROWSERS_SIZE = KNOWN_BROWSERS_MOST * 87,
    KNOWN_BROWSER_SECONDS = 400 * 86400, /* browsers keep no cookie longer */
};

/* The sender of a request that may come from a stranger. */
struct client {
    const char *address;  /* edge/http/client_address.h */
    const char *browsers; /* the cookie of known_browser.h; NULL for none */
};

struct signed_in {
    struct user user;
    struct membership *organizations; /* by name */
    size_t organization_count;
    /* Of a new session; "" otherwise: */
    char token[TOKEN_TEXT_SIZE];
    char browsers[KNOWN_BROWSERS_SIZE]; /* the new cookie of known_browser.h */
};

struct user_secret {
    int64_t id;
    const char *password_hash;
};

enum sign_up { SIGN_UP_WITH_CODE, SIGN_UP_OPEN, SIGN_UP_CLOSED };

struct user_request {
    const char *email;           /* 3 to 254 bytes with one "@" between two parts */
    const char *password;        /* to be checked: domain/password.h; NULL: it was */
    const char *password_hash;   /* of base/secret.h */
    const char *name;            /* 0 to 200 bytes; NULL is "" */
    const char *activation_code; /* NULL for none */
    const char *set_up_token;    /* of the set-up link; NULL for none */
    bool operator_;
    const struct client *client; /* NULL on the command line */
};

enum {
    NAME_MOST_BYTES = 200,
    SESSION_SECONDS = 30 * 86400,
};

/* Checks a sign-up of request->client without writing, before the caller computes an
 * expensive password hash. people_sign_up() checks again in its transaction, and counts a wrong
 * code: call it after code_not_accepted, too.
 *   STATUS_INVALID    email; name; password; activation_code: code_malformed
 *   STATUS_FORBIDDEN  sign_up_closed; activation_code is missing: code_required
 *   STATUS_NOT_FOUND  code_not_accepted (also a redeemed one)
 *   STATUS_CONFLICT   email_taken, code_expired, code_revoked
 *                     code_has_invited: a code can create one account
 *   STATUS_SLOW_DOWN  too_many_codes: fault.until */
enum status people_may_sign_up(struct call *call, const struct user_request *request,
                               enum sign_up mode);

/* Makes the user and a session. Counts a wrong code against the client's network. Failures as
 * above. Ignores request->operator_. */
enum status people_sign_up(struct call *call, const struct user_request *request, enum sign_up mode,
                           struct signed_in *out);

/* Checks without writing whether request->set_up_token may make the first user. `token` is that of
 * the link that this process has printed; "" for none.
 *   STATUS_INVALID    email; name; password
 *   STATUS_NOT_FOUND  set_up_link_not_valid: another token, or a user exists */
enum status people_may_set_up(struct call *call, const struct user_request *request,
                              const char *token);

/* Makes the first user, who is an operator, and a session. Of several concurrent calls one
 * succeeds; the others fail as above. Ignores request->operator_. */
enum status people_set_up(struct call *call, const struct user_request *request, const char *token,
                          struct signed_in *out);

/* Makes a user without a session, for the command line.
 *   STATUS_INVALID email, name, password   STATUS_CONFLICT email_taken */
enum status people_add(struct call *call, const struct user_request *request, struct user *out);

enum status people_count(struct call *call, int64_t *out);

/* An account of an older program whose e-mail has the same normal form as that of `other`. It signs
 * in with its exact address; every other spelling belongs to `other`. */
struct same_email {
    const char *email, *other;
};

/* Gives the oldest such accounts, at most `most`, and their total number. */
enum status people_same_emails(struct call *call, size_t most, struct same_email **out,
                               size_t *count, int64_t *total);

struct sign_in_request {
    const char *email;
    const struct client *client;
};

/* The hash to compare a password with, in the arena. For an unknown e-mail it is a hash that
 * nothing matches, so that the answer takes equally long.
 *   STATUS_SLOW_DOWN sign_in_failed: too many wrong passwords of this browser, or of this network
 *                    for this e-mail, fault.until */
enum status people_password_hash(struct call *call, const struct sign_in_request *request,
                                 const char **out);

/* Call it after the comparison. Makes a session, or counts the failure.
 *   STATUS_UNAUTHORIZED sign_in_failed
 *   STATUS_SLOW_DOWN    as above: other tries failed meanwhile */
enum status people_sign_in(struct call *call, const struct sign_in_request *request, bool matched,
                           struct signed_in *out);

/* The user of a session. *found false: the session does not exist or has ended. */
enum status people_by_session(struct call *call, const char *token, struct signed_in *out,
                              bool *found);

/* Ends a session, if it exists. */
enum status people_sign_out(struct call *call, const char *token);

#endif
