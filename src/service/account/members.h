/*
 * members.h - the members of an organization and their roles.
 *
 * Open invitations (invitations.h) are in the same list, under the id of the invitation. They
 * are changed and removed like members.
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
    /* The state of the invitation's mail ("waiting", "sent", "failed") and the relay's last error.
     * NULL for none. */
    const char *mail_state, *mail_error;
};

struct member_page {
    struct member *items; /* members by e-mail, then invitations by e-mail */
    size_t count;
    const char *next;
};

/* STATUS_MALFORMED: the cursor. */
enum status member_list(struct call *call, int64_t organization_id, struct page_request page,
                        struct member_page *out);

/* Changes a role. A role that may no longer make them ends the member's calendar link and open
 * invitations.
 *   STATUS_NOT_FOUND
 *   STATUS_CONFLICT  last_administrator: an organization keeps at least one */
enum status member_change(struct call *call, int64_t organization_id, int64_t id, enum role role,
                          struct member *out);

/* Withdraws an invitation, or ends a membership: with the member's calendar link, open invitations,
 * places as a recipient, and mails that wait. The user, the audit entries, webhooks and alarm rules
 * stay. Failures as above. */
enum status member_remove(struct call *call, int64_t organization_id, int64_t id);

struct member_event {
    int64_t organization_id;
    const char *action;                  /* "member.invite" */
    const struct member *before, *after; /* one may be NULL */
};

/* Appends the event to the organization's audit chain. */
enum status member_record(struct call *call, const struct actor *actor,
                          const struct member_event *event);

/* Reads a role from the store. STATUS_BROKEN */
enum status member_parse_role(struct call *call, const char *word, enum role *out);

#endif
