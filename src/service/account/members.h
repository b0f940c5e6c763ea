/*
 * members.h - who works in an organization, and as what. Those who are invited and have not
 * come yet (invitations.h) stand in the same list, under the id of their invitation, and are
 * changed and removed like members.
 */
#ifndef SERVICE_ACCOUNT_MEMBERS_H
#define SERVICE_ACCOUNT_MEMBERS_H

#include "domain/role.h"
#include "service/core/call.h"

enum { MEMBERS_MOST = 1000 };

struct member {
    int64_t id; /* of the user; of the invitation when invited */
    const char *name;
    const char *email;
    enum role role;
    bool invited;
    utc_seconds expires_at; /* of the invitation; 0 for members */
    /* Of the invitation's mail: "waiting", "sent", "failed", and what the relay said of it last;
     * NULL for none. */
    const char *mail_state, *mail_error;
};

struct member_page {
    struct member *items; /* members by e-mail, then those invited */
    size_t count;
    const char *next;
};

/* STATUS_MALFORMED: the cursor. */
enum status member_list(struct call *call, int64_t organization_id, struct page_request page,
                        struct member_page *out);

/* STATUS_NOT_FOUND
 * STATUS_CONFLICT  last_administrator: somebody has to stay one */
enum status member_change(struct call *call, int64_t organization_id, int64_t id, enum role role,
                          struct member *out);

/* Ends the membership and all that belongs to it (rows that refer to it go along), or withdraws
 * the invitation. The user, and what he did, stay. Failures as above. */
enum status member_remove(struct call *call, int64_t organization_id, int64_t id);

/* Appends "member.<...>" to the organization's chain, as `actor`; a side may be NULL. */
enum status member_record(struct call *call, int64_t organization_id, const struct actor *actor,
                          const char *action, const struct member *before,
                          const struct member *after);

#endif
