/*
 * invitations.h - an administrator invites an e-mail address; the holder of the link joins.
 *
 * A link works once, for INVITATION_SECONDS. The store keeps only a hash of its token.
 */
#ifndef SERVICE_ACCOUNT_INVITATIONS_H
#define SERVICE_ACCOUNT_INVITATIONS_H

#include "service/account/members.h"
#include "service/account/people.h"

enum {
    INVITATION_SECONDS = 7 * 86400,
    INVITATIONS_MOST_OPEN = 100,           /* of an organization */
    INVITATIONS_KEPT_SECONDS = 30 * 86400, /* listed this long after they expire */
};

struct invitation_request {
    const char *email;
    enum role role;
};

struct invited {
    struct member member;
    const char *link; /* to pass on by hand when no relay is set; else NULL */
};

/* Invites an address. Replaces an older invitation of the same address, whose link stops working.
 * Each one counts, also a repeated or withdrawn one, and also without a relay.
 *   STATUS_INVALID   email
 *   STATUS_CONFLICT  already_member; too_many_invitations; too_many_members
 *   STATUS_SLOW_DOWN too_many_invitation_mails, when a relay is set: fault.until;
 *                    user_invitation_limit, organization_invitation_limit,
 *                    server_invitation_limit: within a day, fault.until
 *   STATUS_NOT_FOUND no such organization */
enum status invitation_make(struct call *call, int64_t organization_id,
                            const struct invitation_request *request, struct invited *out);

struct invitation {
    int64_t organization_id;
    const char *organization; /* its name */
    struct member member;     /* as in the list */
    const char *invited_by;
    int64_t user_id; /* of the account with this e-mail; 0: none yet */
};

/* STATUS_NOT_FOUND invitation_not_valid: used, withdrawn, replaced or expired */
enum status invitation_read(struct call *call, const char *token, struct invitation *out);

struct acceptance {
    const char *token;
    const struct user *user;   /* the signed-in user; NULL: none */
    const char *password;      /* to be checked: domain/password.h; NULL: none */
    const char *password_hash; /* of a new user */
    const char *name;          /* 0 to 200 bytes; NULL is "" */
    const struct client *client;
};

/* Checks an acceptance without writing, before the caller computes an expensive password hash.
 *   STATUS_NOT_FOUND  as above
 *   STATUS_CONFLICT   invitation_for_somebody_else: signed in with another e-mail
 *                     invitation_needs_sign_in: an account with this e-mail exists
 *   STATUS_INVALID    password: missing or easy to guess for a new user, or sent for an existing
 *                     account; name */
enum status invitation_may_accept(struct call *call, const struct acceptance *acceptance,
                                  struct invitation *out);

/* Makes a member, and for a new address also the user and a session. Failures as above. */
enum status invitation_accept(struct call *call, const struct acceptance *acceptance,
                              struct signed_in *out);

#endif
