/*
 * invitations.h - how somebody becomes a member: an administrator invites an e-mail address,
 * whoever has its link joins. A link works once, for INVITATION_SECONDS; the store keeps a
 * hash of its token only.
 */
#ifndef SERVICE_ACCOUNT_INVITATIONS_H
#define SERVICE_ACCOUNT_INVITATIONS_H

#include "service/account/members.h"
#include "service/account/people.h"

enum {
    INVITATION_SECONDS = 7 * 86400,
    INVITATIONS_MOST_OPEN = 100,           /* of an organization */
    INVITATIONS_KEPT_SECONDS = 30 * 86400, /* shown that long after their end */
};

struct invitation_request {
    const char *email;
    enum role role;
};

struct invited {
    struct member member;
    const char *link; /* to pass on by hand, where no mail goes out; else NULL */
};

/* Takes the place of an older invitation of the same address, whose link stops.
 *   STATUS_INVALID   email
 *   STATUS_CONFLICT  already_member; too_many_invitations; too_many_members
 *   STATUS_SLOW_DOWN too_many_invitation_mails, where a mail goes out: fault.until
 *   STATUS_NOT_FOUND no such organization */
enum status invitation_make(struct call *call, int64_t organization_id,
                            const struct invitation_request *request, struct invited *out);

struct invitation {
    int64_t organization_id;
    const char *organization; /* its name */
    struct member member;     /* as in the list */
    const char *invited_by;
    int64_t user_id; /* who has this e-mail; 0: nobody yet */
};

/* STATUS_NOT_FOUND invitation_not_valid: used, withdrawn, replaced or too old */
enum status invitation_look(struct call *call, const char *token, struct invitation *out);

struct acceptance {
    const char *token;
    const struct user *user;   /* who is signed in; NULL: nobody */
    const char *password;      /* only its presence counts; NULL: none */
    const char *password_hash; /* of a new user */
    const char *name;          /* 0 to 200 bytes; NULL is "" */
};

/* May it be accepted so? A read, so that nobody waits for a hash in vain.
 *   STATUS_NOT_FOUND  as above
 *   STATUS_CONFLICT   invitation_for_somebody_else: signed in with another e-mail
 *                     invitation_needs_sign_in: there is a user with this e-mail
 *   STATUS_INVALID    password: missing for a new user, or sent by one who has an account; name */
enum status invitation_may_accept(struct call *call, const struct acceptance *acceptance,
                                  struct invitation *out);

/* Makes a member, of a new user too (with a session). Failures as above. */
enum status invitation_accept(struct call *call, const struct acceptance *acceptance,
                              struct signed_in *out);

#endif
