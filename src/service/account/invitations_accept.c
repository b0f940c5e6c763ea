/* invitations_accept.c - the holder of an invitation's link reads and accepts it. */
#include <string.h>

#include "service/account/invitations.h"
#include "service/account/people_session.h"
#include "service/core/text_check.h"
#include "service/core/transaction.h"
#include "service/ledger/organization_lock.h"
#include "service/organization/organizations.h"
#include "statements.h"
#include "store/store.h"

enum status
invitation_read(struct call *call, const char *token, struct invitation *out)
{
    struct invitation_by_token_out row;
    uint8_t hash[HASH_BYTES];
    struct invitation_by_token_in in = { .token_hash = { hash, sizeof hash }, .now = call->now };
    bool found;

    people_hash_token(hash, token);
    enum status status = invitation_by_token(&call->db, &in, &row, &found);
    if (status)
        return status;
    if (!found)
        return call_fail(call, STATUS_NOT_FOUND, "invitation_not_valid", "",
                         "this invitation was used or withdrawn, or is older than 7 days: ask the"
                         " person who invited you for a new one");
    *out = (struct invitation){
        .organization_id = row.organization_id,
        .organization = row.organization,
        .member = {
            .id = row.id, .name = "", .email = row.email, .invited = true,
            .expires_at = row.expires_at,
        },
        .invited_by = row.invited_by,
        .user_id = row.user_id.is ? row.user_id.value : 0,
    };
    return member_parse_role(call, row.role, &out->member.role);
}

static enum status
needs_sign_in(struct call *call, const struct invitation *invitation)
{
    return call_fail(
        call, STATUS_CONFLICT, "invitation_needs_sign_in", "",
        "there is an account with the e-mail address %s: sign in with it, then open the link again",
        invitation->member.email);
}

static enum status
check_who(struct call *call, const struct acceptance *acceptance,
          const struct invitation *invitation)
{
    const char *name = acceptance->name;

    if (acceptance->user && acceptance->user->id != invitation->user_id)
        return call_fail(call, STATUS_CONFLICT, "invitation_for_somebody_else", "",
                         "this invitation is for %s: sign out, then open the link again",
                         invitation->member.email);
    if (acceptance->user && acceptance->password)
        return call_fail(call, STATUS_INVALID, "", "password",
                         "you are signed in and keep your password: accept without one");
    if (acceptance->user)
        return STATUS_OK;
    if (invitation->user_id)
        return needs_sign_in(call, invitation);
    if (!acceptance->password)
        return call_fail(call, STATUS_INVALID, "field_missing", "password",
                         "password is missing: there is no account with the e-mail address %s yet",
                         invitation->member.email);
    enum status status = people_check_password(call, acceptance->password, invitation->member.email,
                                               invitation->organization);
    return status ? status : input_text(call, "name", 0, NAME_MOST_BYTES, &name);
}

enum status
invitation_may_accept(struct call *call, const struct acceptance *acceptance,
                      struct invitation *out)
{
    enum status status = invitation_read(call, acceptance->token, out);

    return status ? status : check_who(call, acceptance, out);
}

static enum status
make_user(struct call *call, const struct acceptance *acceptance,
          const struct invitation *invitation, struct user *out)
{
    if (acceptance->user) {
        *out = *acceptance->user;
        return STATUS_OK;
    }
    *out = (struct user){ .email = invitation->member.email, .name = acceptance->name };
    enum status status = input_text(call, "name", 0, NAME_MOST_BYTES, &out->name);
    if (status)
        return status;
    status = people_make(call, out, acceptance->password_hash);
    return status == STATUS_CONFLICT ? needs_sign_in(call, invitation) : status;
}

static enum status
join(struct call *call, const struct invitation *invitation, const struct user *user)
{
    struct actor actor = { .kind = ACTOR_USER, .id = user->id, .name = user->email };
    struct member joined = {
        .id = user->id,
        .name = user->name,
        .email = user->email,
        .role = invitation->member.role,
    };
    struct invitation_delete_in used = { invitation->organization_id, invitation->member.id };
    struct member_event event = { invitation->organization_id, "member.join", &invitation->member,
                                  &joined };
    enum status status = invitation_delete(&call->db, &used, NULL);

    if (status)
        return status;
    status = organization_add_member(call, invitation->organization_id, user->id, joined.role);
    return status ? status : member_record(call, &actor, &event);
}

struct accept_context {
    const struct acceptance *acceptance;
    struct signed_in *out;
};

/* Checks again while it holds the lock: of two who accept together, one succeeds. */
static enum status
accept_body(struct call *call, void *with)
{
    const struct accept_context *context = with;
    const struct acceptance *acceptance = context->acceptance;
    struct signed_in *out = context->out;
    struct invitation invitation;
    struct organization_lock lock;
    enum status status = invitation_read(call, acceptance->token, &invitation);

    *out = (struct signed_in){ 0 };
    if (status)
        return status;
    status = organization_lock(call, invitation.organization_id, &lock);
    if (status)
        return status;
    status = invitation_may_accept(call, acceptance, &invitation);
    if (status)
        return status;
    status = make_user(call, acceptance, &invitation, &out->user);
    if (status)
        return status;
    status = join(call, &invitation, &out->user);
    if (status)
        return status;
    return acceptance->user
               ? people_memberships(call, out)
               : people_session_make(call, acceptance->client, acceptance->password_hash, out);
}

enum status
invitation_accept(struct call *call, const struct acceptance *acceptance, struct signed_in *out)
{
    struct accept_context context = { .acceptance = acceptance, .out = out };

    return transact(call, accept_body, &context);
}
